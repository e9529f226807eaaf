/** Who accepts a file: `redis-check-rdb`, a server that loads it, and the engine at level `deep`. */
export interface Accepted {
  readonly check: boolean;
  readonly load: boolean;
  readonly engine: boolean;
}

/** Files of the corpus, by name, on which the judges do not agree, and why we say what we say. */
export interface Difference extends Accepted {
  readonly of: readonly string[];
  readonly because: string;
}

const WE_ALONE_REFUSE: Accepted = { check: true, load: true, engine: false };
const WE_ALONE_ACCEPT: Accepted = { check: false, load: false, engine: true };
const THE_SERVER_ALONE_REFUSES: Accepted = {
  check: true,
  load: false,
  engine: true,
};

/** Every difference there is. */
export const DIFFERENCES: readonly Difference[] = [
  {
    of: ['bytes behind its end', 'another file behind its end'],
    ...WE_ALONE_REFUSE,
    because: 'Redis stops at the end; an object that is longer than its file is not what was written',
  },
  {
    of: [
      'an append-only file that begins with RDB',
      'an append-only file that begins with RDB, of no key',
      'an append-only file that begins with RDB without a checksum',
      'a preamble with something else than commands behind it',
      'the base of an append-only file with commands behind it',
    ],
    ...WE_ALONE_REFUSE,
    because: 'Redis stops at the end of the RDB part; what was written since is in the commands',
  },
  {
    of: ['a version with a letter'],
    ...WE_ALONE_REFUSE,
    because: 'Redis reads the digits of a version up to the first that is none',
  },
  {
    of: ['packed hashes before version 10', 'lists of ziplists before version 7', 'fields before version 7'],
    ...WE_ALONE_REFUSE,
    because: 'Redis reads what it knows in any version; the same number may mean something else in another one',
  },
  {
    of: [
      'an encoding where the number of a database has to be',
      'an encoding where a number of keys has to be',
      'an encoding where an idle time has to be',
      'an encoding where the length of a stream has to be',
      'an encoding where a number of deliveries has to be',
    ],
    ...WE_ALONE_REFUSE,
    because: 'where a length has to be, Redis reads the mark of an encoding as a length of six bits',
  },
  {
    of: ['a kind of node behind 14 bits'],
    ...WE_ALONE_REFUSE,
    because: 'Redis writes such a number into one byte, and would read it out of more',
  },
  {
    of: ['the kind of an item of a module behind 14 bits', 'the time of what a module keeps behind 14 bits'],
    check: true,
    load: false,
    engine: false,
    because: 'the same; a server needs the module',
  },
  {
    of: ['an item of a module of a kind that is not known'],
    check: true,
    load: false,
    engine: false,
    because: 'redis-check-rdb walks on as if such an item had no content',
  },
  {
    of: [
      'a score of a text that begins with a number',
      'a score of a text with a sign that is not needed',
      'a score of a text in hexadecimal digits',
      'a score of a text that says infinity',
    ],
    ...WE_ALONE_REFUSE,
    because: 'Redis takes what strtod and sscanf take for a number; it writes decimals, and marks for the infinities',
  },
  {
    of: ['a packed score that is no number', 'a score in a ziplist that is no number'],
    ...WE_ALONE_REFUSE,
    because: 'no command makes one, and a server ends when it unpacks the value',
  },
  {
    of: ['a compressed string that says it has no bytes'],
    ...WE_ALONE_REFUSE,
    because: 'Redis takes the zero by which its decoder says that it failed for the length',
  },
  {
    of: ['a stream with a listpack of another count', 'a stream of none, with one'],
    ...WE_ALONE_REFUSE,
    because: 'Redis does not count the elements there; no engine is known to write another number',
  },
  {
    of: [
      'a stream of more entries than it has',
      ...[15, 19].map((type) => `a stream of more entries than are not deleted, type ${type}`),
    ],
    ...WE_ALONE_REFUSE,
    because: 'Redis takes the number as it is; an old error of XDEL left such ones behind, so that we say unproven',
  },
  {
    of: ['a stream with its nodes out of order', 'a stream with what is awaited out of order'],
    ...WE_ALONE_REFUSE,
    because:
      'engines write them in order, so that an id that occurs twice is next to itself; otherwise it is not found',
  },
  {
    of: [
      ...['no elements of type 1', 'no elements of type 2', 'no elements of type 3', 'no elements of type 4'],
      ...['no elements of type 5', 'no elements of type 14', 'no elements of type 18'],
      ...['a packed hash of no fields', 'a packed zset of no members', 'a ziplist for a list of nothing'],
      ...['a ziplist for a hash of nothing', 'a ziplist for a zset of nothing', 'a list of an empty listpack'],
    ],
    check: false,
    load: true,
    engine: false,
    because: 'a server leaves such a key out; redis-check-rdb and we do not take that for the data that was written',
  },
  {
    of: ['a set with a member twice', 'a hash with a field twice', 'a zset with a member twice'],
    ...WE_ALONE_ACCEPT,
    because: 'a collection that is not packed may have any size: to know that takes its memory',
  },
  {
    of: ['a stream with a group twice', 'a group with a consumer twice'],
    ...WE_ALONE_ACCEPT,
    because: 'the same: names of any number and length',
  },
  {
    of: ['a key twice'],
    ...THE_SERVER_ALONE_REFUSES,
    because: 'the same, of the whole file',
  },
  {
    of: ['a library of functions that does not compile'],
    ...THE_SERVER_ALONE_REFUSES,
    because: 'a string to all but a server, which runs it',
  },
  {
    of: ['a database of a number above 15'],
    ...THE_SERVER_ALONE_REFUSES,
    because: 'how many there may be is set by a server: 16 where nothing else is said',
  },
  {
    of: ['REDIS0010 with a value of a module', 'REDIS0010 with what a module keeps beside the data'],
    ...THE_SERVER_ALONE_REFUSES,
    because: 'a server needs the module; what it wrote can be walked without',
  },
];

/** Where the engine accepts a changed file that redis-check-rdb does not, by what that says of it. */
export const MORE_LENIENT: Readonly<Record<string, string>> = {
  'Duplicate set members detected': 'an element twice in a collection of any size: to know that takes its memory',
  'Duplicate hash fields detected': 'the same',
  'Hash with dup elements': 'the same',
  'Duplicate zset fields detected': 'the same',
  'Duplicated consumer group name': 'the same, of the groups of a stream',
  'Duplicate stream consumer detected.': 'the same, of the consumers of a group',
};
