import { type Duration, parseDuration } from './clock';
import type { ClusterRecord } from './clusters';
import { type OptionRules, checkOptions, countFrom, flag, oneOf, readElsewhere, text, texts } from './option-rules';

/** How the simulated service behaves from now on; what has begun keeps the settings that it began with. */
export interface SimulatorSettings {
  /** How long a copy takes. @default '1m' */
  readonly copyTakes?: Duration;
  /** How long CreateSnapshot's snapshot takes. @default '1m' */
  readonly createTakes?: Duration;
  /** How long a deleted snapshot stays listed as `deleting`. @default '0s' */
  readonly deleteTakes?: Duration;
  /** How long reads do not find a new snapshot yet. @default '0s' */
  readonly visibleAfter?: Duration;
  /** How long ListTags does not tell a new snapshot's tags yet. @default '0s' */
  readonly tagsVisibleAfter?: Duration;
  /** What ListTags answers until then: SnapshotNotFoundFault, or an empty list. @default 'not-found' */
  readonly tagsUntilVisible?: 'not-found' | 'empty';
  /** The status of a copy in progress. @default 'creating' */
  readonly copyStatus?: string;
  /** The status in which a copy ends, such as `failed`. @default 'available' */
  readonly copyEnds?: string;
  /** Manual snapshots that a cluster may be given in any 24 hours, copies included. @default 20 */
  readonly quota?: number;
  /** Whether the source of a copy reads `copying`, and is busy, until the copy is done. @default false */
  readonly sourceBusyWhileCopying?: boolean;
  /** How long an export takes; the shards' files appear evenly over it. @default '1m' */
  readonly exportTakes?: Duration;
  /** The status of the source meanwhile. @default 'exporting' */
  readonly exportStatus?: string;
  /** The status of the source afterwards, such as `failed`. @default 'available' */
  readonly exportEnds?: string;
  /** What CopySnapshot answers to an export: the source's record, or nothing. @default 'source' */
  readonly exportAnswer?: 'source' | 'empty';
  /** Whether files appear one by one in the order of the shards or against it, or all at the end. @default 'ascending' */
  readonly exportOrder?: 'ascending' | 'descending' | 'together';
  /** The shards that get no file. @default none */
  readonly exportLoses?: 'all' | readonly string[];
  /** The shards whose files appear only so long after the source is back; a duration is for all. @default none */
  readonly exportLate?: Duration | Readonly<Record<string, Duration>>;
  /** Whether the target's name is in lower case in the keys, or as it was sent. @default 'as-sent' */
  readonly exportKeys?: 'as-sent' | 'lower-case';
  /** How S3 answers for a bucket of another region: with a redirect, or as for a wrong signature. @default 301 */
  readonly wrongRegionAnswer?: 301 | 400;
  /** Snapshots and clusters in one answer when the request sets no MaxResults. @default 50 */
  readonly pageSize?: number;
  /** Whether unknown request members and doubtful snapshot names are refused; the service ignores the former. @default true */
  readonly strict?: boolean;
}

const settingRules: OptionRules<SimulatorSettings> = {
  copyTakes: readElsewhere,
  createTakes: readElsewhere,
  deleteTakes: readElsewhere,
  visibleAfter: readElsewhere,
  tagsVisibleAfter: readElsewhere,
  tagsUntilVisible: oneOf('not-found', 'empty'),
  copyStatus: text,
  copyEnds: text,
  quota: countFrom(0),
  sourceBusyWhileCopying: flag,
  exportTakes: readElsewhere,
  exportStatus: text,
  exportEnds: text,
  exportAnswer: oneOf('source', 'empty'),
  exportOrder: oneOf('ascending', 'descending', 'together'),
  exportLoses: { allows: (shards) => shards === 'all' || texts.allows(shards), use: "'all' or a list of shards" },
  exportLate: readElsewhere,
  exportKeys: oneOf('as-sent', 'lower-case'),
  wrongRegionAnswer: oneOf(301, 400),
  pageSize: countFrom(1),
  strict: flag,
};

/** The settings in force, durations in milliseconds. */
export interface Settings {
  readonly copyTakes: number;
  readonly createTakes: number;
  readonly deleteTakes: number;
  readonly visibleAfter: number;
  readonly tagsVisibleAfter: number;
  readonly tagsUntilVisible: 'not-found' | 'empty';
  readonly copyStatus: string;
  readonly copyEnds: string;
  readonly quota: number;
  readonly sourceBusyWhileCopying: boolean;
  readonly exportTakes: number;
  readonly exportStatus: string;
  readonly exportEnds: string;
  readonly exportAnswer: 'source' | 'empty';
  readonly exportOrder: 'ascending' | 'descending' | 'together';
  readonly exportLoses: 'all' | readonly string[];
  readonly exportLate: number | Readonly<Record<string, number>>;
  readonly exportKeys: 'as-sent' | 'lower-case';
  readonly wrongRegionAnswer: 301 | 400;
  readonly pageSize: number;
  readonly strict: boolean;
}

type DurationName = 'copyTakes' | 'createTakes' | 'deleteTakes' | 'visibleAfter' | 'tagsVisibleAfter' | 'exportTakes';

/** The settings that a simulator starts with. */
export const defaultSettings: Settings = {
  copyTakes: 60_000,
  createTakes: 60_000,
  deleteTakes: 0,
  visibleAfter: 0,
  tagsVisibleAfter: 0,
  tagsUntilVisible: 'not-found',
  copyStatus: 'creating',
  copyEnds: 'available',
  quota: 20,
  sourceBusyWhileCopying: false,
  exportTakes: 60_000,
  exportStatus: 'exporting',
  exportEnds: 'available',
  exportAnswer: 'source',
  exportOrder: 'ascending',
  exportLoses: [],
  exportLate: {},
  exportKeys: 'as-sent',
  wrongRegionAnswer: 301,
  pageSize: 50,
  strict: true,
};

/** The settings with some of them changed; throws a TypeError that names a setting and why its value is none. */
export function changeSettings(settings: Settings, changes: SimulatorSettings): Settings {
  checkOptions('set()', changes, settingRules);
  const readDuration = (name: DurationName): number => {
    const given = changes[name];
    return given === undefined ? settings[name] : parseDuration(given, name);
  };
  return {
    copyTakes: readDuration('copyTakes'),
    createTakes: readDuration('createTakes'),
    deleteTakes: readDuration('deleteTakes'),
    visibleAfter: readDuration('visibleAfter'),
    tagsVisibleAfter: readDuration('tagsVisibleAfter'),
    tagsUntilVisible: changes.tagsUntilVisible ?? settings.tagsUntilVisible,
    copyStatus: changes.copyStatus ?? settings.copyStatus,
    copyEnds: changes.copyEnds ?? settings.copyEnds,
    quota: changes.quota ?? settings.quota,
    sourceBusyWhileCopying: changes.sourceBusyWhileCopying ?? settings.sourceBusyWhileCopying,
    exportTakes: readDuration('exportTakes'),
    exportStatus: changes.exportStatus ?? settings.exportStatus,
    exportEnds: changes.exportEnds ?? settings.exportEnds,
    exportAnswer: changes.exportAnswer ?? settings.exportAnswer,
    exportOrder: changes.exportOrder ?? settings.exportOrder,
    exportLoses: changes.exportLoses ?? settings.exportLoses,
    exportLate: changes.exportLate === undefined ? settings.exportLate : readLateness(changes.exportLate),
    exportKeys: changes.exportKeys ?? settings.exportKeys,
    wrongRegionAnswer: changes.wrongRegionAnswer ?? settings.wrongRegionAnswer,
    pageSize: changes.pageSize ?? settings.pageSize,
    strict: changes.strict ?? settings.strict,
  };
}

/** Throws a TypeError where a change names a shard that no cluster has: it would change nothing. */
export function checkShards(changes: SimulatorSettings, clusters: readonly ClusterRecord[]): void {
  const { exportLoses = [], exportLate = {} } = changes;
  const named = {
    exportLoses: exportLoses === 'all' ? [] : exportLoses,
    exportLate: typeof exportLate === 'object' ? Object.keys(exportLate) : [],
  };
  const known = [...new Set(clusters.flatMap(({ shards }) => shards.map(({ name }) => name)))];
  const there = known.length === 0 ? 'addCluster() comes first' : `there are ${known.join(', ')}`;
  for (const [setting, shards] of Object.entries(named)) {
    const unknown = shards.find((shard) => !known.includes(shard));
    if (unknown !== undefined) throw new TypeError(`${setting}: '${unknown}' is a shard of no cluster; ${there}`);
  }
}

function readLateness(late: Duration | Readonly<Record<string, Duration>>): Settings['exportLate'] {
  if (typeof late !== 'object') return parseDuration(late, 'exportLate');
  const read = Object.entries(late).map(
    ([shard, delay]) => [shard, parseDuration(delay, `exportLate.${shard}`)] as const
  );
  return Object.fromEntries(read);
}
