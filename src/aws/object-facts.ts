import type { ObjectFacts } from '../contract/export';
import { formatSlots, type CountWarning, type RdbReport } from '../rdb';
import type { ScannedObject } from './scan-object';

/** Warnings that are told: there may be 500 objects in a history. */
const TOLD_WARNINGS = 2;

/** What a job tells of an object of which every byte was read: short, and without a byte of its content. */
export function factsOf({ report, versionId, encryption, s3Checksum }: ScannedObject): ObjectFacts {
  const { verdict, reason, offset, checksum } = report;
  return {
    verdict,
    ...(reason !== undefined && { reason }),
    ...(offset !== undefined && { offset }),
    ...(versionId !== undefined && { versionId }),
    ...(encryption !== undefined && { encryption }),
    ...(checksum !== undefined && { checksum }),
    ...(s3Checksum === 'matches' && { s3Checksum }),
    ...contentOf(report),
  };
}

/** Of a file that was not read on, or that is proven wrong, the counts say nothing. */
function contentOf({
  verdict,
  level,
  databases,
  otherDatabases,
  slots,
  strayKeys,
  straySlots,
  warnings,
}: RdbReport): Partial<ObjectFacts> {
  if (level === 'checksum' || verdict === 'unsupported' || verdict === 'corrupt') return {};
  const types: Record<string, number> = {};
  const counts = otherDatabases ? [...databases, otherDatabases] : databases;
  for (const [type, count] of counts.flatMap((database) => Object.entries(database.types))) {
    types[type] = (types[type] ?? 0) + count;
  }
  return {
    keys: counts.reduce((sum, { keys }) => sum + keys, 0),
    expires: counts.reduce((sum, { expires }) => sum + expires, 0),
    types,
    ...(slots && { slotsSeen: formatSlots([slots]) }),
    ...(strayKeys !== undefined && { strayKeys }),
    ...(straySlots && { straySlots: formatSlots(straySlots) }),
    ...(warnings.length > 0 && { warnings: warnings.slice(0, TOLD_WARNINGS).map(describe) }),
  };
}

function describe({ kind, of, expected, found }: CountWarning): string {
  const where = 'db' in of ? `database ${of.db}` : `slot ${of.slot}`;
  return `${where}: ${found} ${kind === 'keys' ? 'keys' : 'keys with an expiry'} instead of ${expected}`;
}
