import type { BucketOptions, BucketRecord } from './buckets';
import { CallLog, type CallRecord } from './call-log';
import { MEMORYDB_SETTINGS, S3_SETTINGS } from './client-settings';
import { Clock, parseDuration } from './clock';
import type { ClusterOptions } from './clusters';
import { type HttpServer, startHttpServer } from './http-server';
import { ForeignExports } from './foreign-exports';
import * as fixtures from './fixtures';
import * as objects from './object-fixtures';
import type { Corruption, SimulatedObject } from './object-fixtures';
import type { InputOf, OperationName } from './operations';
import { checkOptions } from './option-rules';
import { type Fault, type FaultInput, type FaultScript, ScriptedFaults } from './scripted-faults';
import { type ServiceParts, answerRequest } from './service';
import { type SimulatorSettings, changeSettings, checkShards } from './settings';
import {
  type BusyOptions,
  type ElsewhereOptions,
  type ExhaustOptions,
  type ForeignS3Options,
  type SimulatorClients,
  type SimulatorOptions,
  type SnapshotOptions,
  busyRules,
  exhaustRules,
  startRules,
} from './simulator-options';
import { type SimulatedSnapshot, type SnapshotRecord, inspectSnapshot } from './snapshots';
import { State } from './state';
import { type TagsInput, toTags } from './tags';

const anyCredentials = { accessKeyId: 'simulator', secretAccessKey: 'simulator' };

/**
 * A MemoryDB service, and an S3 for its exports, in this process, at a local port, with the time of your choice.
 *
 * Everything that is set up takes effect at once, and a duration given here starts at that moment of the simulated
 * clock; what the service does later follows from the clock alone.
 *
 * @example
 * ```ts
 * const sim = await MemoryDBSimulator.start({ now: () => env.currentTimeMs() });
 * sim.addCluster('prod', { shards: 3 });
 * sim.addSnapshot('automatic.prod-2026-11-23-03-15', { cluster: 'prod' });
 * sim.addBucket('acme-backups');
 * sim.set({ copyTakes: '4h', exportTakes: '10m' });
 * const client = new MemoryDBClient(sim.aws.memorydb);
 * ```
 */
export class MemoryDBSimulator {
  /** The address, such as `http://127.0.0.1:50123`. */
  readonly endpoint: string;
  /** What clients and the plugin take, whatever the environment and the profiles of this machine say. */
  readonly aws: SimulatorClients;
  readonly #server: HttpServer;
  readonly #clock: Clock;
  readonly #state: State;
  readonly #faults: ScriptedFaults;
  readonly #log: CallLog;
  readonly #bugs: unknown[];
  #ended: Promise<void> | undefined;

  private constructor(server: HttpServer, endpoint: string, parts: SimulatorParts) {
    this.#server = server;
    this.#clock = parts.clock;
    this.#state = parts.state;
    this.#faults = parts.faults;
    this.#log = parts.log;
    this.#bugs = parts.bugs;
    this.endpoint = endpoint;
    const own = { region: parts.state.region, endpoint, credentials: anyCredentials };
    this.aws = {
      memorydb: { ...MEMORYDB_SETTINGS, ...own },
      s3: { ...S3_SETTINGS, ...own, ...parts.foreign, forcePathStyle: true },
    };
  }

  /** Starts a simulator; throws when the port cannot be had, `now` gives no time, or there is no such option. */
  static async start(options: SimulatorOptions = {}): Promise<MemoryDBSimulator> {
    checkOptions('start()', options, startRules);
    const { now = Date.now, port = 0, host = '127.0.0.1', region = 'us-east-1', accountId = '123456789012' } = options;
    const { s3Endpoint, s3Credentials = anyCredentials } = options;
    const foreign = s3Endpoint === undefined ? undefined : { endpoint: s3Endpoint, credentials: s3Credentials };
    const clock = new Clock(now);
    await clock.read();
    const bugs: unknown[] = [];
    const reportBug = (bug: unknown): unknown => bugs.push(bug);
    const [state, faults, log] = [new State(region, accountId), new ScriptedFaults(), new CallLog(reportBug)];
    const parts = { clock, state, faults, log, reportBug, bugs, foreign };
    if (foreign) {
      const { connectForeignS3 } = await import('./foreign-s3.js'); // its client is a peer that not everybody has
      state.foreignExports = new ForeignExports(connectForeignS3({ ...foreign, region }), clock, reportBug);
    }
    const server = await startHttpServer({ host, port }, (request) => answerRequest(request, parts));
    const endpoint = `http://${host.includes(':') ? `[${host}]` : host}:${server.port}`;
    return new MemoryDBSimulator(server, endpoint, parts);
  }

  /** Adds a cluster; throws a TypeError when there is one of that name. */
  addCluster(name: string, options: ClusterOptions = {}): void {
    fixtures.addCluster(this.#state, name, options);
  }

  /**
   * Adds a snapshot, of any name and with any tags; a manual one counts against the quota from `createdAt` on. Throws
   * a TypeError when there is one of that name, or no such cluster.
   */
  addSnapshot(name: string, options: SnapshotOptions): void {
    fixtures.addSnapshot(this.#state, name, options, this.#clock.mark());
  }

  /** Adds a bucket; throws a TypeError when there is one of that name, or S3 would have none. */
  addBucket(name: string, options: BucketOptions = {}): void {
    fixtures.addBucket(this.#state, name, options, this.#clock.mark());
  }

  /** Puts an object, as if somebody had just written it; throws a TypeError when there is no such bucket. */
  putObject(bucket: string, key: string, content: Uint8Array | string): void {
    objects.putFixture(this.#getBucket(bucket), key, content, this.#clock.mark());
  }

  /** Puts another object in place of one; throws a TypeError when there is none, as all that follow. */
  replaceObject(bucket: string, key: string, content: Uint8Array | string): void {
    objects.getFixture(this.#getBucket(bucket), key, this.#clock.mark().ms);
    this.putObject(bucket, key, content);
  }

  /** Cuts an object to a length, as if it had been written so: the current one, or else the one that is to appear. */
  truncateObject(bucket: string, key: string, length: number): void {
    objects.spoilObject(this.#getBucket(bucket), key, this.#clock.mark().ms, length);
  }

  /** Changes bits of an object, of the current one, or else of the one that is to appear. */
  corruptObject(bucket: string, key: string, damage: Corruption): void {
    objects.spoilObject(this.#getBucket(bucket), key, this.#clock.mark().ms, damage);
  }

  /** Deletes an object, or hides it behind a delete marker; one that is still to appear will not. */
  deleteObject(bucket: string, key: string): void {
    objects.deleteFixture(this.#getBucket(bucket), key, this.#clock.mark());
  }

  /** Makes a snapshot vanish, as if somebody had deleted it a while ago; throws a TypeError when there is none. */
  removeSnapshot(name: string): void {
    this.#state.removeSnapshot(this.#getSnapshot(name).name);
  }

  /** Forces a status, or gives it back to the clock; throws a TypeError when there is no such snapshot. */
  setStatus(name: string, status: string | undefined): void {
    this.#getSnapshot(name).forcedStatus = status;
  }

  /** Replaces a snapshot's tags; throws a TypeError when there is no such snapshot. */
  setTags(name: string, tags: TagsInput): void {
    this.#getSnapshot(name).tags = toTags(tags);
  }

  /**
   * Changes how the service behaves from now on; throws a TypeError that names the setting and its fault. The shards
   * that exports lose, or get late, are those of clusters that are there.
   */
  set(changes: SimulatorSettings): void {
    const settings = changeSettings(this.#state.settings, changes);
    checkShards(changes, this.#state.listClusters());
    this.#state.settings = settings;
  }

  /** Makes a snapshot busy: until then it can be neither copied nor deleted, and reads `status`, by default `copying`. */
  busy(name: string, options: BusyOptions): void {
    checkOptions('busy()', options, busyRules);
    const forMs = parseDuration(options.for, 'for');
    this.#getSnapshot(name).busy = { since: this.#clock.mark(), forMs, status: options.status ?? 'copying' };
  }

  /**
   * Lets somebody else export a snapshot: it is busy until then, and its files appear where told, if told. Throws a
   * TypeError when there is no such snapshot or bucket.
   */
  exportElsewhere(name: string, options: ElsewhereOptions): void {
    fixtures.exportElsewhere(this.#state, this.#getSnapshot(name), options, this.#clock.mark());
  }

  /** Refuses every new manual snapshot of a cluster for some time; throws a TypeError when there is no such cluster. */
  exhaustQuota(cluster: string, options: ExhaustOptions): void {
    checkOptions('exhaustQuota()', options, exhaustRules);
    const { name } = fixtures.getCluster(this.#state, cluster);
    this.#state.quotas.exhaust(name, this.#clock.mark(), parseDuration(options.for, 'for'));
  }

  /** Scripts a fault for calls to come; throws a TypeError when it makes no sense. */
  fail<O extends OperationName | '*'>(operation: O, fault: Fault<FaultInput<O>>): FaultScript {
    return this.#faults.add(operation, fault, this.#clock.mark());
  }

  /** All snapshots as they stand now, those included that reads do not find yet. */
  async snapshots(): Promise<SimulatedSnapshot[]> {
    const now = await this.#clock.read();
    return this.#state.listSnapshots(now).map((snapshot) => inspectSnapshot(snapshot, now));
  }

  /** A snapshot as it stands now, or undefined. */
  async snapshot(name: string): Promise<SimulatedSnapshot | undefined> {
    const now = await this.#clock.read();
    const snapshot = this.#state.findSnapshot(name, now);
    return snapshot && inspectSnapshot(snapshot, now);
  }

  /** The objects of a bucket as they stand now, those behind delete markers left out. */
  async objects(bucket: string): Promise<SimulatedObject[]> {
    const now = await this.#clock.read();
    return this.#getBucket(bucket).objects.list(now).map(objects.inspectObject);
  }

  /** An object as it stands now, or undefined. */
  async object(bucket: string, key: string): Promise<SimulatedObject | undefined> {
    return (await this.objects(bucket)).find((object) => object.key === key);
  }

  /** Every call so far, refused ones included, in the order of arrival. */
  get calls(): readonly CallRecord[] {
    return this.#log.calls;
  }

  /** The calls of one operation. */
  callsTo<O extends OperationName>(operation: O): readonly CallRecord<InputOf<O>>[] {
    return this.#log.calls.filter((call): call is CallRecord<InputOf<O>> => call.operation === operation);
  }

  /** Resolves with the n-th call of an operation as soon as it has arrived; rejects when the simulator is closed before. */
  async calledTimes<O extends OperationName>(operation: O, n: number): Promise<CallRecord<InputOf<O>>> {
    await this.#log.wait(() => this.callsTo(operation).length >= n, `call ${n} of ${operation}`);
    const call = this.callsTo(operation)[n - 1];
    if (!call) throw new RangeError(`calls are counted from 1, not ${n}`);
    return call;
  }

  /** Tells `listener` of each call once its outcome is known, and again if it changes; returns what ends that. */
  onCall(listener: (call: CallRecord) => void): () => void {
    return this.#log.listen(listener);
  }

  /** Ends everything at once, calls that hang included; throws, once, when an answer was broken or a callback threw. */
  async close(): Promise<void> {
    this.#ended ??= this.#end();
    await this.#ended;
    const bugs = this.#bugs.splice(0);
    if (bugs.length > 0) throw new AggregateError(bugs, `the simulator failed: ${String(bugs[0])}`);
  }

  async #end(): Promise<void> {
    this.#log.close();
    this.#faults.close();
    this.#state.foreignExports?.close();
    await this.#server.close();
  }

  #getBucket(name: string): BucketRecord {
    return fixtures.getBucket(this.#state, name);
  }

  #getSnapshot(name: string): SnapshotRecord {
    return fixtures.getSnapshot(this.#state, name, this.#clock.lastRead);
  }
}

interface SimulatorParts extends ServiceParts {
  readonly bugs: unknown[];
  readonly foreign: ForeignS3Options | undefined;
}
