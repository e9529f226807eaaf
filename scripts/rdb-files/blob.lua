-- A value of 0.1 to 1 MB a unit, which nothing compresses.
for unit = first, last - 1 do
  begin(unit)
  redis.call('SET', 'blob:' .. unit, noise(math.random(100000, 1000000)))
end
return 'done'
