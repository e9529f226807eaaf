import type { CountWarning, DatabaseCounts } from '../../rdb/report';
import { formatSlots } from '../../rdb/slot-ranges';
import { REASONS } from '../../rdb/verdict';
import type { Reading } from './source';
import { PROBLEMS } from './subject';
import { formatBytes, formatCount, showSafely } from './units';
import type { Outcome } from './verdicts';
import type { ObjectResult, SubjectResult } from './verify-subject';

type Row = readonly [label: string, text: string];

/** What was found out about an argument, for people. */
export function formatText({ kind, argument, outcome, manifest, problems, objects }: SubjectResult): string {
  const parts = objects.map((object) => block(`${object.name}: ${object.outcome}`, describeObject(object)));
  if (kind === 'object') return parts.join('');
  const rows: Row[] = [
    ...problems.map(({ problem, detail }): Row => [
      'why',
      detail === undefined ? PROBLEMS[problem].means : `${PROBLEMS[problem].means}: ${detail}`,
    ]),
    ...(manifest === undefined ? [] : [['manifest', manifest] as const]),
    ['objects', countOutcomes(objects)],
  ];
  return [...parts, block(`export ${argument}: ${outcome}`, rows)].join('');
}

/** The verdict alone, with the reason: what `--quiet` shows of what is not verified. */
export function formatFailures({ kind, argument, outcome, problems, objects }: SubjectResult): string {
  const failures = objects
    .filter((object) => object.outcome !== 'verified')
    .map(({ name, outcome: found, error, reading }) => `${error ?? `${name}: ${found}: ${reasonOf(reading) ?? ''}`}\n`);
  const whole = problems.map(({ problem, detail = '' }) => `  ${PROBLEMS[problem].means} ${detail}\n`);
  const head = kind === 'export' && outcome !== 'verified' ? [`export ${argument}: ${outcome}\n`] : [];
  return [...failures, ...head, ...whole].map((line) => showLine(line)).join('');
}

function describeObject({ error, reading, shard, expectedSlots }: ObjectResult): Row[] {
  const rows: (Row | undefined)[] = [
    row('why', error ?? reasonOf(reading)),
    row('shard', shard),
    ...(reading === undefined ? [] : describeReading(reading)),
    row('expected', expectedSlots && `slots ${expectedSlots}`),
  ];
  return rows.filter((some) => some !== undefined);
}

function describeReading(reading: Reading): (Row | undefined)[] {
  const { level, bytes, checksum, computedChecksum, checksumOfS3, databases, slots, warnings, createdAt } = reading;
  const { otherDatabases, strayKeys = 0, straySlots = [], importedSlots } = reading;
  return [
    row('level', level),
    row('size', `${formatBytes(bytes)}${bytes < 1024 ? '' : ` (${formatCount(bytes)} bytes)`}`),
    row('format', formatOf(reading)),
    row('created', createdAt),
    row('checksum', compareChecksums(checksum, computedChecksum)),
    row('', checksumOfS3 && `S3's own checksum of the whole object ${checksumOfS3}`),
    ...databases.map((counts) => row(`database ${counts.db}`, describeCounts(counts))),
    row('others', otherDatabases && describeCounts(otherDatabases)),
    row('slots', slots && `keys from ${formatSlots([{ first: slots.first, last: slots.first }])} to ${slots.last}`),
    row('imported', importedSlots && `slots ${formatSlots(importedSlots)}`),
    row('stray', strayKeys > 0 ? `${formatKeys(strayKeys)} of slots ${formatSlots(straySlots)}` : undefined),
    ...warnings.map((warning) => row('warning', describeWarning(warning))),
  ];
}

function row(label: string, text: string | undefined): Row | undefined {
  return text === undefined || text === '' ? undefined : [label, text];
}

function reasonOf({ reason, offset }: Partial<Reading> = {}): string | undefined {
  if (reason === undefined) return undefined;
  return `${REASONS[reason].means}${offset === undefined ? '' : `, at byte ${formatCount(offset)}`} (${reason})`;
}

function formatOf({ format, magic, version, engine, engineVersion }: Reading): string | undefined {
  if (magic === undefined) return format;
  const name = engine && { redis: 'Redis', valkey: 'Valkey' }[engine];
  const rdb = `RDB${version === undefined ? '' : ` ${version}`}${magic === 'VALKEY' ? ' of Valkey’s own' : ''}`;
  const writer = name && `${name} ${engineVersion ?? ''}`.trimEnd();
  return [rdb, writer, format && APPEND_ONLY[format]].filter((part) => part !== undefined).join(', ');
}

/** What an RDB file is a part of, by its format. */
const APPEND_ONLY: Readonly<Record<string, string>> = {
  'aof-base': 'the base of an append-only file',
  'aof-preamble': 'the beginning of an append-only file',
};

function compareChecksums(stored: string | undefined, computed: string | undefined): string | undefined {
  if (computed === undefined) return stored && `${stored} stored, not compared at this level`;
  if (stored === undefined) return `none stored, ${computed} computed`;
  return stored === computed ? `${stored}, stored and computed` : `${stored} stored, ${computed} computed`;
}

function describeCounts({ keys, expires, types }: Omit<DatabaseCounts, 'db'>): string {
  const kinds = Object.entries(types).map(([type, count]) => `${formatCount(count)} ${type}`);
  return `${formatKeys(keys)}${kinds.length > 0 ? ` (${kinds.join(', ')})` : ''}, ${formatCount(expires)} with an expiry`;
}

function formatKeys(keys: number): string {
  return `${formatCount(keys)} ${keys === 1 ? 'key' : 'keys'}`;
}

function describeWarning({ kind, of, expected, found }: CountWarning): string {
  const where = 'db' in of ? `database ${of.db}` : `slot ${of.slot}`;
  return `the file says ${formatCount(expected)} ${kind} of ${where}, and holds ${formatCount(found)}`;
}

function countOutcomes(objects: readonly ObjectResult[]): string {
  const counts = new Map<Outcome, number>();
  for (const { outcome } of objects) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ') || 'none';
}

function block(title: string, rows: readonly Row[]): string {
  const width = Math.max(...rows.map(([label]) => label.length));
  const lines = rows.map(([label, text]) => `  ${label.padEnd(width)}  ${text}`);
  return [title, ...lines].map((line) => showLine(`${line}\n`)).join('');
}

/** Names and versions come from files and listings: a terminal must not obey them. */
function showLine(line: string): string {
  return `${showSafely(line.slice(0, -1))}\n`;
}
