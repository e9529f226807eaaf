import { safeText } from '../../contract/text';
import type { CallRecord, MemoryDBSimulator } from '../../testing';
import type { Stage } from './stage';

/** Tells on stdout where the simulator is and how the AWS CLI is pointed at it. */
export function announce(
  simulator: MemoryDBSimulator,
  stage: Stage & { readonly accountId: string; readonly buckets: readonly string[] },
  json = false
): void {
  const { region, endpoint, credentials } = simulator.aws.memorydb;
  const command =
    `AWS_ACCESS_KEY_ID=${credentials.accessKeyId} AWS_SECRET_ACCESS_KEY=${credentials.secretAccessKey} ` +
    `aws memorydb describe-snapshots --endpoint-url ${endpoint} --region ${region}`;
  if (json) {
    console.log(JSON.stringify({ endpoint, region, credentials, ...stage, command }));
    return;
  }
  console.log(`MemoryDB simulator at ${endpoint}, ${region}, account ${stage.accountId}`);
  for (const { name, shards } of stage.clusters)
    console.log(`  cluster ${name}, ${shards} shard${shards === 1 ? '' : 's'}`);
  for (const { name, cluster } of stage.snapshots) console.log(`  snapshot ${name} of ${cluster}`);
  for (const name of stage.buckets) console.log(`  bucket ${name}`);
  console.log(`\n${command}`);
}

/** Logs a call in one line on stderr. */
export function logCall(call: CallRecord, json = false): void {
  const { n, operation, at, input, outcome } = call;
  const line = `${new Date(at).toISOString()} #${n} ${operation} ${JSON.stringify(input)} ${outcome}`;
  console.error(json ? JSON.stringify(call) : safeText(line, Infinity));
}
