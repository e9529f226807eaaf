import { commonKindOf, COMMON_NAMES, kindsOf, readPath, readUnsupported, type CommonKind } from './common-faults';
import { COMMON_HINTS, specialHint } from './fault-hints';
import { readThrown, type Thrown } from './thrown';

/** What a refusal or a broken answer of MemoryDB means for us. The status decides only where the name is unknown. */
export type FaultKind =
  | CommonKind
  | 'quota' // a limit that time clears
  | 'state' // the source is busy
  | 'exists' // the target's name is taken
  | 'missing' // the snapshot is not there
  | 'refused' // waiting cannot help
  | 'unknown'; // a name that nobody has told us about

export interface Fault {
  /** AWS's error name in its long form, or the name of what broke on the way. */
  readonly name: string;
  readonly kind: FaultKind;
  readonly message: string;
  readonly hint: string;
  readonly httpStatus?: number;
  readonly requestId?: string;
}

/** The errors that MemoryDB's service model of 2021-01-01 has of its own. */
const FAULTS = kindsOf<FaultKind>({
  quota: 'SnapshotQuotaExceededFault',
  state: 'InvalidSnapshotStateFault InvalidClusterStateFault InvalidMultiRegionClusterStateFault',
  exists: 'SnapshotAlreadyExistsFault',
  missing: 'SnapshotNotFoundFault',
  access: 'InvalidCredentialsException',
  client: 'InvalidARNFault',
  trouble: 'APICallRateForCustomerExceededFault InsufficientClusterCapacityFault',
  refused: `InvalidParameterValueException InvalidParameterCombinationException ServiceLinkedRoleNotFoundFault
    TagQuotaPerResourceExceeded ClusterNotFoundFault InvalidKMSKeyFault
    ACLAlreadyExistsFault ACLNotFoundFault ACLQuotaExceededFault ClusterAlreadyExistsFault
    ClusterQuotaForCustomerExceededFault DefaultUserRequired DuplicateUserNameFault InvalidACLStateFault
    InvalidNodeStateFault InvalidParameterGroupStateFault InvalidSubnet InvalidUserStateFault
    InvalidVPCNetworkStateFault MultiRegionClusterAlreadyExistsFault MultiRegionClusterNotFoundFault
    MultiRegionParameterGroupNotFoundFault NoOperationFault NodeQuotaForClusterExceededFault
    NodeQuotaForCustomerExceededFault ParameterGroupAlreadyExistsFault ParameterGroupNotFoundFault
    ParameterGroupQuotaExceededFault ReservedNodeAlreadyExistsFault ReservedNodeNotFoundFault
    ReservedNodeQuotaExceededFault ReservedNodesOfferingNotFoundFault ServiceUpdateNotFoundFault ShardNotFoundFault
    ShardsPerClusterQuotaExceededFault SubnetGroupAlreadyExistsFault SubnetGroupInUseFault SubnetGroupNotFoundFault
    SubnetGroupQuotaExceededFault SubnetInUse SubnetNotAllowedFault SubnetQuotaExceededFault TagNotFoundFault
    TestFailoverNotAvailableFault UserAlreadyExistsFault UserNotFoundFault UserQuotaExceededFault`,
});

const HINTS: Readonly<Record<FaultKind, string>> = {
  ...COMMON_HINTS,
  quota: 'MemoryDB allows 20 manual snapshots per cluster in any 24 hours: delete some, or let the job wait.',
  state: 'The source is busy: it can be copied when its status is `available` again.',
  exists: 'Choose another TargetSnapshotName, or delete the snapshot of that name.',
  missing: 'Check the name, the account and the region of the worker.',
  refused: 'MemoryDB refused the request: the message says why.',
  unknown: 'AWS answered with an error that this version does not know: look it up by its name.',
};

const HINTS_BY_NAME: ReadonlyMap<string, string> = new Map([
  ['InvalidParameterValueException', 'Correct the value that the message names.'],
  ['InvalidParameterCombinationException', 'Leave out one of the parameters that the message names.'],
  [
    'ServiceLinkedRoleNotFoundFault',
    'Create the role: aws iam create-service-linked-role --aws-service-name memorydb.amazonaws.com',
  ],
  ['TagQuotaPerResourceExceeded', "A snapshot holds 50 tags, one of them is the job's: pass 49 at most."],
  ['ClusterNotFoundFault', 'Check the name of the cluster, and the account and region of the worker.'],
  ['InvalidKMSKeyFault', 'Use a symmetric, enabled KMS key of the same region.'],
]);

/** The names of the Query protocol, which MemoryDB's sister services use and its model lists. */
const SHORT_FORMS: ReadonlyMap<string, string> = new Map([
  ['SnapshotQuotaExceeded', 'SnapshotQuotaExceededFault'],
  ['InvalidSnapshotState', 'InvalidSnapshotStateFault'],
  ['SnapshotAlreadyExists', 'SnapshotAlreadyExistsFault'],
  ['SnapshotNotFound', 'SnapshotNotFoundFault'],
  ['InvalidParameterValue', 'InvalidParameterValueException'],
  ['InvalidParameterCombination', 'InvalidParameterCombinationException'],
  ['ServiceLinkedRoleNotFound', 'ServiceLinkedRoleNotFoundFault'],
  ['TagQuotaPerResourceExceededFault', 'TagQuotaPerResourceExceeded'],
  ['APICallRateForCustomerExceeded', 'APICallRateForCustomerExceededFault'],
  ['InvalidKMSKey', 'InvalidKMSKeyFault'],
  ['InvalidARN', 'InvalidARNFault'],
]);

/** Every name the table knows, short forms included: what the tests walk. */
export const KNOWN_FAULT_NAMES: readonly string[] = [...COMMON_NAMES, ...FAULTS.keys(), ...SHORT_FORMS.keys()];

/** Reads an error of the MemoryDB client by its name, never by its message: that chooses a hint at most. */
export function classifyFault(err: unknown): Fault {
  const thrown = readThrown(err);
  const { httpStatus, requestId } = thrown;
  const fault = identify(thrown);
  return {
    ...fault,
    hint: specialHint(fault) ?? HINTS_BY_NAME.get(fault.name) ?? HINTS[fault.kind],
    ...(httpStatus !== undefined && { httpStatus }),
    ...(requestId !== undefined && { requestId }),
  };
}

function identify(thrown: Thrown): Pick<Fault, 'name' | 'kind' | 'message'> {
  const special = readUnsupported(thrown) ?? readPath(thrown, isOfMemoryDB);
  if (special) return special;
  const { message, httpStatus, isService } = thrown;
  // The SDK throws plain errors where its set-up is incomplete, for example without a region.
  const name = longForm(thrown.name ?? (httpStatus === undefined ? 'ClientError' : `Http${httpStatus}`));
  const kind = FAULTS.get(name) ?? commonKindOf(name);
  if (kind) return { name, kind, message };
  if (httpStatus !== undefined && httpStatus >= 500) return { name, kind: 'trouble', message };
  return { name, kind: isService ? 'unknown' : 'client', message };
}

function longForm(name: string): string {
  return SHORT_FORMS.get(name) ?? name;
}

/** MemoryDB names every error that it answers, in its own kind of JSON. */
function isOfMemoryDB(contentType: string | undefined): boolean {
  return contentType?.startsWith('application/x-amz-json') === true;
}
