import { openCountSteps } from './count-steps';
import { openDeepSteps } from './deep-steps';
import type { Findings } from './findings';
import { type LzfProgress, passLzf, UNSOUND } from './lzf';
import { lengthAt, lengthSize } from './lengths';
import type { Preamble } from './preamble';
import { MAGIC_LENGTH } from './formats';
import { packNumbers, unpackNumbers } from './number-text';
import { AT_END, AT_RECORD, Look, MAX_NESTING, Step, VALUE_TYPES, type Walks } from './record-walks';
import { openShardSlots, type ShardSlots, type ShardSlotsState } from './shard-slots';
import { SLOT_COUNT, slotWithin } from './slots';
import type { SlotRange } from './slot-ranges';
import { emptyStringHead, FIRST_INTEGER, LZF, readStringHead } from './string-head';
import type { Tallies } from './tallies';
import { finding } from './verdict';
import { CUT, FAILED, openWholeString, type StepNotes } from './whole-string';

/** The walk over the records of a file: where each ends, whose slot its key has. It is handed stretch after stretch. */
export interface Walk {
  /**
   * Goes on over `bytes[from]` to `bytes[edge]` (not included); returns the first byte that it has to see again.
   *
   * @param base where in the file the buffer begins
   */
  advance(bytes: Uint8Array, from: number, edge: number, base: number): number;
  /** Bytes behind the last stretch that are to be passed over unseen. */
  readonly skip: number;
  /** The end mark was met. */
  readonly isAtEnd: boolean;
  /** Where what is being read begins: what is truncated, where nothing follows. */
  readonly item: number;
  /** The lowest and the highest slot of a key. */
  readonly slots: SlotRange | undefined;
  /** What slots the shard imports, and which keys are not its own. */
  readonly shard: Pick<ShardSlots, 'imported' | 'strays'>;
  /** @param ahead so many bytes before the next one are to be passed over as well */
  state(ahead: number): WalkState;
}

/** Where a walk stands, as JSON. */
export interface WalkState extends ShardSlotsState {
  /**
   * As {@link packNumbers} writes it: the step, the bytes to be passed over unseen, where what is being read begins,
   * whether the key that comes next expires, the lowest and the highest slot of a key, and how often the loops that are
   * open are to be done.
   */
  readonly at: string;
  /**
   * What is being kept at level `deep`: of a compressed string that is not over, three numbers, and of a value. Absent too
   * where the walk has ended.
   */
  readonly deep?: string;
}

/** What a walk needs to know of its file, and what it tells. */
export interface WalkSetting {
  readonly walks: Walks;
  readonly isDeep: boolean;
  /** Of the shard; undefined for any. */
  readonly slots: readonly SlotRange[] | undefined;
  /** Where in the file the checksum begins; beyond any file where that is not known. */
  readonly bodyEnd: number;
  /** Bytes of checksum behind the end mark. */
  readonly trailer: number;
  /** Judges what is behind the end mark; absent where nothing may be. */
  readonly preamble: Pick<Preamble, 'judgeEnd'> | undefined;
  readonly findings: Findings;
  readonly tallies: Tallies;
}

/** A record of which a short key is all that matters fits into so many bytes, and an element: no look for the edge. */
const SHORT_RECORD = 128;

/** From this length on a string's end is reckoned apart: positions have to stay small integers to be fast. */
const FAR = 1 << 29;

/** Lengths of scores in text from which on there is no text: not a number, and the infinities. */
const NOT_A_NUMBER = 253;

const EXPIRES = VALUE_TYPES.length;
const [STRING, IDLE, FREQ, EXPIRY_MS] = [0, 0xf8, 0xf9, 0xfc];

/** Behind the magic and the version. */
const FIRST_RECORD: WalkState = {
  at: packNumbers([AT_RECORD, MAGIC_LENGTH, MAGIC_LENGTH, 0, SLOT_COUNT, -1]),
};

/** Begins at the first record, or where another walk stood. */
export function openWalk(setting: WalkSetting, from: WalkState = FIRST_RECORD): Walk {
  const { walks, isDeep, slots, bodyEnd, trailer, preamble, findings, tallies } = setting;
  const { steps, arguments: given, widths, starts, types } = walks;
  const { fresh } = tallies;
  const shard = openShardSlots(slots, from);
  const { allowed } = shard;
  // By depth; the first is of no loop.
  const [stepBefore = AT_RECORD, skipBefore = 0, ...others] = unpackNumbers(from.at);
  const [itemBefore = 0, flag = 0, low = 0, high = -1, ...open] = others;
  const left = Float64Array.from({ length: MAX_NESTING + 1 }, (_, index) => open[index - 1] ?? 0);
  let depth = Math.min(open.length, MAX_NESTING);
  let [step, skip, item, expiring, lowest, highest] = [stepBefore, skipBefore, itemBefore, flag, low, high];
  const [stored = 0, unfolded = 0, length = 0, ...kept] = unpackNumbers(from.deep);
  const lzf: LzfProgress = { left: stored, unfolded, length };
  // Of the stretch at hand.
  let base = 0;
  let end = 0;
  let begun = 0;
  // Where a compressed string goes on that is not over.
  let lzfAt = 0;

  const notes: StepNotes = {
    fail(reason, at) {
      findings.note('fault', reason, base + at);
      return FAILED;
    },
    doubt: (at, reason = 'value-not-walked') => findings.note('doubt', reason, base + at),
    offsetOf: (at) => base + at,
    leap(start, length) {
      if (length < FAR) return (start + length) | 0;
      skip = start + length - end;
      return end;
    },
  };
  const head = emptyStringHead();
  const key = openWholeString(notes);
  const counts = openCountSteps(notes, { tallies, findings, shard, string: key, isOfCluster: slots !== undefined });
  const deep = isDeep ? openDeepSteps(notes, readString, kept) : undefined;

  function advance(bytes: Uint8Array, start: number, edge: number, offset: number): number {
    let pos = start;
    if (skip > 0) {
      const part = Math.min(skip, edge - pos);
      skip -= part;
      pos = (pos + part) | 0;
      if (skip > 0) return pos;
    }
    base = offset;
    end = edge;
    if (lzf.left > 0) {
      begun = item - base;
      const passed = passCompressed(bytes, pos, edge);
      if (passed === FAILED) return edge;
      pos = passed;
    }
    let next = pos;
    while (pos < edge) {
      next = takeStep(bytes, pos, edge);
      if (next < 0) break;
      pos = next;
    }
    if (next === FAILED) return edge;
    if (lzf.left > 0) pos = lzfAt;
    if (pos > edge) {
      skip = pos - edge;
      pos = edge;
    }
    item = base + (skip > 0 || lzf.left > 0 ? begun : pos);
    if (skip > 0 && base + edge + skip > bodyEnd) notes.fail('truncated', begun);
    return pos;
  }

  /** Takes a step, or many of those that are taken most; where the next one is. */
  function takeStep(bytes: Uint8Array, pos: number, edge: number): number {
    begun = pos;
    const taken = steps[step] ?? Step.Record;
    switch (taken) {
      case Step.Record: {
        const limit = edge - SHORT_RECORD;
        const next = pos < limit ? readShortRecords(bytes, pos, limit) : pos;
        return next === pos ? readRecord(bytes, pos, edge) : next;
      }
      case Step.String:
      case Step.Raw:
      case Step.Next:
      case Step.Done: {
        const passed = (widths[step] ?? -1) < 0 ? pos : passShortElements(bytes, pos, edge - SHORT_RECORD);
        if (passed !== pos) return passed;
        const next = passOver(bytes, pos, edge);
        return next === pos && steps[step] === Step.String ? done(readString(bytes, pos, edge)) : next;
      }
      case Step.Length: {
        const size = lengthSize(bytes[pos] ?? 0);
        return size === 0 ? notes.fail('invalid-length', pos) : done(pos + size);
      }
      case Step.Each:
      case Step.EachOfSome:
        return openLoop(bytes, pos, edge);
      case Step.TextScore: {
        const length = bytes[pos] ?? 0;
        return done(pos + 1 + (length < NOT_A_NUMBER ? length : 0));
      }
      case Step.Node: {
        const isKnown = bytes[pos] === 1 || bytes[pos] === 2;
        return isKnown ? done(readString(bytes, pos + 1, edge)) : notes.fail('invalid-value', pos);
      }
      case Step.ModuleItem: {
        const next = readModuleItem(bytes, pos, edge);
        return bytes[pos] === 0 ? done(next) : next;
      }
      case Step.ModuleWhen:
        return bytes[pos] === 2 ? done(pos + 1) : notes.fail('invalid-value', pos);
      case Step.Expiry:
        expiring = 1;
        return done(pos + (given[step] ?? 0));
      case Step.SelectDatabase:
      case Step.ResizeDatabase:
      case Step.SlotInfo:
      case Step.ImportedSlots:
        return done(counts.take(taken, bytes, pos, edge));
      case Step.Aux: {
        const next = counts.takeAux(bytes, pos, edge);
        // The two strings of any other field are still to be passed over.
        if (next >= 0) step += next === pos ? 1 : 3;
        return next;
      }
      case Step.End: {
        const { reason, offset = base } = preamble?.judgeEnd(pos) ?? finding('trailing-bytes', base + pos + trailer);
        return notes.fail(reason, offset - base);
      }
      case Step.Score:
        return done(deep?.take(Look.Score, bytes, pos, edge) ?? FAILED);
      case Step.Deep:
        return done(deep?.take(given[step] ?? 0, bytes, pos, edge) ?? FAILED);
    }
  }

  /** The step is over where that is not {@link CUT} or {@link FAILED}. */
  function done(next: number): number {
    if (next >= 0) step += 1;
    return next;
  }

  /** All elements but the last of a list, a set or a sorted set, as far as they are short: `passOver` in one step each. */
  function passShortElements(bytes: Uint8Array, from: number, limit: number): number {
    const width = widths[step] ?? 0;
    const isScored = steps[step + 1] === Step.Score;
    let pos = from;
    let last = from;
    let more = left[depth] ?? 0;
    while (pos < limit && more > 1) {
      const length = bytes[pos] ?? 0;
      if (length >= 0x40) break;
      const next = pos + 1 + length + width;
      // All bits of the exponent: what is not a number has them.
      if (isScored && ((bytes[next - 1] ?? 0) & 0x7f) === 0x7f) break;
      last = pos;
      pos = next;
      more -= 1;
    }
    left[depth] = more;
    begun = last;
    return pos;
  }

  /** The steps of which collections consist, as far as a glance at the first byte tells where they end. */
  function passOver(bytes: Uint8Array, from: number, edge: number): number {
    let pos = from;
    let last = from;
    let at = step;
    let more = left[depth] ?? 0;
    while (pos < edge) {
      const taken = steps[at];
      if (taken === Step.String) {
        const lead = bytes[pos] ?? 0;
        let next = pos + 1 + lead;
        if (lead >= 0x40) {
          if (lead < 0x80 && pos + 1 < edge) next = pos + 2 + (((lead & 0x3f) << 8) | (bytes[pos + 1] ?? 0));
          else if (lead >= FIRST_INTEGER && lead < LZF) next = pos + 1 + (1 << (lead - FIRST_INTEGER));
          else break;
        }
        last = pos;
        pos = next;
        at += 1;
      } else if (taken === Step.Next) {
        more -= 1;
        if (more > 0) at = given[at] ?? 0;
        else {
          depth -= 1;
          more = left[depth] ?? 0;
          at += 1;
        }
      } else if (taken === Step.Raw) {
        last = pos;
        pos += given[at] ?? 0;
        at += 1;
      } else {
        if (taken === Step.Done) at = AT_RECORD;
        break;
      }
    }
    left[depth] = more;
    step = at;
    begun = last;
    return pos;
  }

  /** Records of strings, and the beginning of the first other one, of short keys. The hottest loop of all. */
  function readShortRecords(bytes: Uint8Array, from: number, limit: number): number {
    let pos = from;
    let flag = expiring;
    let low = lowest;
    let high = highest;
    while (pos < limit) {
      const code = bytes[pos] ?? 0;
      const type = types[code] ?? 0;
      if (type < 0) {
        const second = bytes[pos + 1] ?? 0;
        if ((starts[code] ?? 0) === 0) break;
        if (code === EXPIRY_MS) {
          flag = 1;
          pos += 9;
        } else if (code === FREQ || (code === IDLE && second < 0x40)) pos += 2;
        else break;
        continue;
      }
      const length = bytes[pos + 1] ?? 0;
      if (length >= 0x40) break;
      const value = pos + 2 + length;
      const slot = slotWithin(bytes, pos + 2, value);
      if (allowed[slot] === 0) shard.addStray(slot, base + pos + 1);
      if (slot < low) low = slot;
      if (slot > high) high = slot;
      fresh[type] = (fresh[type] ?? 0) + 1;
      fresh[EXPIRES] = (fresh[EXPIRES] ?? 0) + flag;
      flag = 0;
      begun = value;
      pos = value;
      const lead = bytes[value] ?? 0;
      if (code === STRING && lead < 0x40) pos = value + 1 + lead;
      else if (code === STRING && lead < 0x80) pos = value + 2 + (((lead & 0x3f) << 8) | (bytes[value + 1] ?? 0));
      else if (code === STRING && lead >= FIRST_INTEGER && lead < LZF) pos = value + 1 + (1 << (lead - FIRST_INTEGER));
      else {
        step = starts[code] ?? 0;
        break;
      }
    }
    expiring = flag;
    lowest = low;
    highest = high;
    return pos;
  }

  function readRecord(bytes: Uint8Array, pos: number, edge: number): number {
    const code = bytes[pos] ?? 0;
    const start = starts[code] ?? 0;
    const type = types[code] ?? -1;
    if (start === AT_RECORD) return notes.fail('unknown-type', pos);
    if (type < 0) {
      step = start;
      if (start === AT_END) tallies.close(base + pos);
      return pos + 1;
    }
    const next = key.read(bytes, pos + 1, edge);
    if (next < 0) return next;
    if (key.isHeld) {
      const slot = slotWithin(key.bytes, key.from, key.to);
      if (allowed[slot] === 0) shard.addStray(slot, base + pos + 1);
      lowest = Math.min(lowest, slot);
      highest = Math.max(highest, slot);
    }
    fresh[type] = (fresh[type] ?? 0) + 1;
    fresh[EXPIRES] = (fresh[EXPIRES] ?? 0) + expiring;
    expiring = 0;
    step = start;
    return next;
  }

  /** A string of any form, passed over; at level `deep` a compressed one has to unfold. */
  function readString(bytes: Uint8Array, pos: number, edge: number): number {
    const outcome = readStringHead(bytes, pos, edge, head);
    if (outcome === 'cut') return CUT;
    if (outcome === 'wrong') return notes.fail('invalid-length', head.start);
    const { form, start, length, unfolded } = head;
    if (!isDeep || form !== 'lzf') return notes.leap(start, length);
    // Before a byte of it is looked at: whatever part of it is there, the finding is the same.
    if (base + start + length > bodyEnd) return notes.fail('truncated', begun);
    lzf.left = length;
    lzf.unfolded = 0;
    lzf.length = unfolded;
    return passCompressed(bytes, start, edge);
  }

  /** Goes on in a compressed string as far as it is there: the edge where more of it is to come. */
  function passCompressed(bytes: Uint8Array, from: number, edge: number): number {
    lzfAt = passLzf(lzf, bytes, from, edge);
    if (lzfAt === UNSOUND) return notes.fail('invalid-string', begun);
    return lzf.left > 0 ? edge : lzfAt;
  }

  function openLoop(bytes: Uint8Array, pos: number, edge: number): number {
    const size = lengthSize(bytes[pos] ?? 0);
    if (size === 0) return notes.fail('invalid-length', pos);
    if (pos + size > edge) return CUT;
    const count = lengthAt(bytes, pos, size);
    // An element takes a byte at least.
    if (base + pos + size + count > bodyEnd) return notes.fail('truncated', pos);
    if (count === 0) {
      if (steps[step] === Step.EachOfSome) return notes.fail('empty-value', pos);
      step = given[step] ?? 0;
      return pos + size;
    }
    depth += 1;
    left[depth] = count;
    step += 1;
    return pos + size;
  }

  /** An item of 1 or 2 is a length, of 3 and 4 a number of 4 or 8 bytes, of 5 a string; 0 ends the value. */
  function readModuleItem(bytes: Uint8Array, pos: number, edge: number): number {
    switch (bytes[pos] ?? 0) {
      case 0:
        return pos + 1;
      case 1:
      case 2: {
        if (pos + 1 >= edge) return CUT;
        const size = lengthSize(bytes[pos + 1] ?? 0);
        return size === 0 ? notes.fail('invalid-length', pos + 1) : pos + 1 + size;
      }
      case 3:
        return pos + 5;
      case 4:
        return pos + 9;
      case 5:
        return readString(bytes, pos + 1, edge);
      default:
        return notes.fail('unknown-type', pos);
    }
  }

  return {
    advance,
    get skip() {
      return skip;
    },
    get isAtEnd() {
      return step === AT_END;
    },
    get item() {
      return item;
    },
    get slots() {
      return highest < 0 ? undefined : { first: lowest, last: highest };
    },
    shard,
    state: (ahead) => ({
      at: packNumbers([step, skip + ahead, item, expiring, lowest, highest, ...left.subarray(1, depth + 1)]),
      ...shard.state(),
      ...(deep &&
        findings.fault === undefined && {
          deep: packNumbers([lzf.left, lzf.unfolded, lzf.length, ...deep.state()]),
        }),
    }),
  };
}
