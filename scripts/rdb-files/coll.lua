-- A large collection a unit, of elements of 8 to 16 bytes: set, hash, sorted set and list in turn.
local COUNT = 100000
local COMMANDS = {[0] = 'SADD', 'HSET', 'ZADD', 'RPUSH'}
local NUMBERS = {}
for index = 0, 999 do NUMBERS[index] = string.format('%.3f', index * index / 7) end

for unit = first, last - 1 do
  begin(unit)
  -- Pieces of the noise in a row: hardly two are the same.
  local at = random(#pool - 16 * COUNT)
  local function piece(index)
    local from = at
    at = at + 8 + index % 9
    return sub(pool, from, at - 1)
  end
  local makers = {
    SADD = piece,
    RPUSH = piece,
    HSET = function(index) return piece(index), NUMBERS[index % 1000] end,
    ZADD = function(index) return NUMBERS[index % 1000], piece(index) end,
  }
  local command = COMMANDS[unit % 4]
  add(command, 'collection:' .. unit, COUNT, unit % 4 % 3 == 0 and 1 or 2, makers[command])
end
return 'done'
