import { CallLog, type CallRecord } from './call-log';
import { Clock, type Duration, parseDuration, parseMoment } from './clock';
import { type ClusterOptions, createCluster } from './clusters';
import { type HttpServer, startHttpServer } from './http-server';
import { type ServiceParts, answerMemoryDB } from './memorydb-service';
import type { InputOf, OperationName } from './memorydb-wire';
import { type Fault, type FaultInput, type FaultScript, ScriptedFaults } from './scripted-faults';
import { type SimulatorSettings, changeSettings } from './settings';
import type { SimulatorClients, SimulatorOptions, SnapshotOptions } from './simulator-options';
import { type SimulatedSnapshot, type SnapshotRecord, inspectSnapshot } from './snapshots';
import { State } from './state';
import { type TagsInput, toTags } from './tags';

/**
 * A MemoryDB service in this process, at a local port, with the time of your choice.
 *
 * Everything that is set up takes effect at once, and a duration given here starts at that moment of the simulated
 * clock; what the service does later follows from the clock alone.
 *
 * @example
 * const sim = await MemoryDBSimulator.start({ now: () => env.currentTimeMs() });
 * sim.addCluster('prod', { shards: 3 });
 * sim.addSnapshot('automatic.prod-2026-11-23-03-15', { cluster: 'prod' });
 * sim.set({ copyTakes: '4h' });
 * const client = new MemoryDBClient(sim.aws.memorydb);
 */
export class MemoryDBSimulator {
  /** The address, such as `http://127.0.0.1:50123`. */
  readonly endpoint: string;
  /** What clients and the plugin take. */
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
    const credentials = { accessKeyId: 'simulator', secretAccessKey: 'simulator' };
    this.aws = { memorydb: { region: parts.state.region, endpoint, credentials } };
  }

  /** Starts a simulator; throws when the port cannot be had or `now` gives no time. */
  static async start(options: SimulatorOptions = {}): Promise<MemoryDBSimulator> {
    const { now = Date.now, port = 0, host = '127.0.0.1', region = 'us-east-1', accountId = '123456789012' } = options;
    const clock = new Clock(now);
    await clock.read();
    const bugs: unknown[] = [];
    const reportBug = (bug: unknown): unknown => bugs.push(bug);
    const [state, faults, log] = [new State(region, accountId), new ScriptedFaults(), new CallLog(reportBug)];
    const parts = { clock, state, faults, log, reportBug, bugs };
    const server = await startHttpServer({ host, port }, (request) => answerMemoryDB(request, parts));
    const endpoint = `http://${host.includes(':') ? `[${host}]` : host}:${server.port}`;
    return new MemoryDBSimulator(server, endpoint, parts);
  }

  /** Adds a cluster; throws a TypeError when there is one of that name. */
  addCluster(name: string, options: ClusterOptions = {}): void {
    const key = readFixtureName(name);
    if (this.#state.findCluster(key)) throw new TypeError(`there is a cluster ${key} already`);
    this.#state.putCluster(createCluster(key, this.#state.formatArn('cluster', key), options));
  }

  /**
   * Adds a snapshot, of any name and with any tags; a manual one counts against the quota from `createdAt` on. Throws
   * a TypeError when there is one of that name, or no such cluster.
   */
  addSnapshot(name: string, options: SnapshotOptions): void {
    const key = readFixtureName(name);
    const cluster = this.#state.findCluster(options.cluster);
    if (!cluster) throw new TypeError(`no cluster ${options.cluster}: addCluster('${options.cluster}') comes first`);
    const now = this.#clock.mark();
    if (this.#state.findSnapshot(key, now.ms)) throw new TypeError(`there is a snapshot ${key} already`);
    const createdAt = options.createdAt === undefined ? now : parseMoment(options.createdAt, 'createdAt');
    const forMs = parseDuration(options.availableAfter ?? 0, 'availableAfter');
    this.#state.putSnapshot({
      name: key,
      arn: this.#state.formatArn('snapshot', key),
      cluster,
      source: options.source ?? (key.startsWith('automatic.') ? 'automated' : 'manual'),
      kmsKeyArn: options.kmsKeyId === undefined ? undefined : this.#state.formatKeyArn(options.kmsKeyId),
      createdAt,
      takenAt: createdAt,
      making: { since: now, forMs, interim: 'creating', ends: 'available' },
      hidden: { since: now, forMs: 0 },
      tagsHidden: { since: now, forMs: 0, answer: 'not-found' },
      tags: toTags(options.tags),
      forcedStatus: options.status,
    });
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

  /** Changes how the service behaves from now on; throws a TypeError that names the setting and its fault. */
  set(changes: SimulatorSettings): void {
    this.#state.settings = changeSettings(this.#state.settings, changes);
  }

  /** Makes a snapshot busy: until then it can be neither copied nor deleted, and reads `status`, by default `copying`. */
  busy(name: string, options: { readonly for: Duration; readonly status?: string }): void {
    const forMs = parseDuration(options.for, 'for');
    this.#getSnapshot(name).busy = { since: this.#clock.mark(), forMs, status: options.status ?? 'copying' };
  }

  /** Refuses every new manual snapshot of a cluster for some time; throws a TypeError when there is no such cluster. */
  exhaustQuota(cluster: string, options: { readonly for: Duration }): void {
    const found = this.#state.findCluster(cluster);
    if (!found) throw new TypeError(`no cluster ${cluster}`);
    this.#state.quotas.exhaust(found.name, this.#clock.mark(), parseDuration(options.for, 'for'));
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
    await this.#server.close();
  }

  #getSnapshot(name: string): SnapshotRecord {
    const snapshot = this.#state.findSnapshot(name, this.#clock.lastRead);
    if (!snapshot) throw new TypeError(`no snapshot ${name}`);
    return snapshot;
  }
}

interface SimulatorParts extends ServiceParts {
  readonly bugs: unknown[];
}

function readFixtureName(name: string): string {
  if (name.trim() === '') throw new TypeError('a name must not be blank');
  return name.toLowerCase();
}
