export type { BucketGrants, BucketOptions } from './buckets';
export type { CallRecord } from './call-log';
export type { Duration, Now } from './clock';
export type { ClusterOptions } from './clusters';
export type { Corruption, SimulatedObject } from './object-fixtures';
export type { InputOf, OperationName } from './operations';
export type { RdbVersion } from './rdb-writer';
export type { S3Input } from './s3-wire';
export type { Fault, FaultInput, FaultScript, Release } from './scripted-faults';
export type { SimulatorSettings } from './settings';
export { MemoryDBSimulator } from './simulator';
export type {
  BusyOptions,
  Credentials,
  ElsewhereOptions,
  ExhaustOptions,
  SimulatorClients,
  SimulatorOptions,
  SnapshotOptions,
} from './simulator-options';
export type { DataOptions } from './snapshot-data';
export type { SimulatedSnapshot } from './snapshots';
export type { TagsInput } from './tags';
