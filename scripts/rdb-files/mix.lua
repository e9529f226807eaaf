-- Forty keys a unit, of every kind and encoding; every third of the users expires in the year 2096.
local FAR = 4000000000000
local WORDS = {'memory', 'snapshot', 'shard', 'slot', 'cluster', 'replica', 'and', 'of', 'the', 'with'}
local FIELDS, SENTENCE = {}, {}
for index = 1, 1000 do FIELDS[index] = 'field' .. index end
for index = 1, 300 do SENTENCE[index] = WORDS[index * index * 7 % 10 + 1] end

local function record(id)
  local from = random(100)
  local about = table.concat(SENTENCE, ' ', from, from + random(20, 150))
  return string.format('{"id":%d,"name":"%s","mail":"%s@example.com","roles":["reader","writer"],"about":"%s"}',
    id, word(10), word(6), about)
end

local function fields(index) return FIELDS[index], word(12) end
local function items(index) return index % 5 == 0 and index or word(index % 30) end
local function numbers(index) return index * 100 + random(99) end
local function words() return word(14) end
local function scores(index) return random(100000), FIELDS[index] end

for unit = first, last - 1 do
  begin(unit)
  local function key(kind, index) return kind .. ':{' .. unit * 10 + index % 10 .. '}:' .. index end
  for index = 1, 12 do
    local user = key('user', index)
    redis.call('SET', user, record(unit * 100 + index))
    redis.call('SET', key('counter', index), random(-100000, 100000))
    if index % 3 == 0 then redis.call('PEXPIREAT', user, FAR + unit) end
  end
  for index = 1, 2 do
    redis.call('SET', key('image', index), noise(random(10000, 40000)))
    add('HSET', key('profile', index), random(5, 20), 2, fields)
    add('RPUSH', key('queue', index), random(10, 300), 1, items)
    add('SADD', key('numbers', index), random(10, 300), 1, numbers)
    add('ZADD', key('rank', index), random(5, 60), 2, scores)
  end
  add('HSET', key('index', 1), random(200, 600), 2, fields)
  add('SADD', key('members', 1), random(50, 500), 1, words)
  add('ZADD', key('scores', 1), random(150, 500), 2, scores)
  local stream = key('events', 1)
  for index = 1, random(20, 100) do
    redis.call('XADD', stream, 1700000000000 + index .. '-' .. unit, 'kind', WORDS[index % 10 + 1], 'value', word(8))
  end
  if unit % 4 == 0 then
    redis.call('XGROUP', 'CREATE', stream, 'readers', 0)
    redis.call('XREADGROUP', 'GROUP', 'readers', 'one', 'COUNT', 10, 'STREAMS', stream, '>')
    redis.call('XDEL', stream, '1700000000003-' .. unit)
  end
end
return 'done'
