-- Given to every profile: noise, the same as text, a seed, and the units to add, the last one not included.
local pool, letters, seed, first, last = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])

-- The most words that one command takes from unpack.
local MOST = 4000

local random, sub = math.random, string.sub

local function begin(unit)
  math.randomseed(seed * 1000003 + unit)
end

local function noise(length)
  local at = random(#pool - length)
  return sub(pool, at, at + length - 1)
end

local function word(length)
  local at = random(#letters - length)
  return sub(letters, at, at + length - 1)
end

-- Adds `count` elements, `width` words each, in as few commands as it takes.
local function add(command, key, count, width, make)
  local words, used = {}, 0
  for index = 1, count do
    words[used + 1], words[used + 2] = make(index)
    used = used + width
    if used + width > MOST or index == count then
      redis.call(command, key, unpack(words, 1, used))
      used = 0
    end
  end
end
