/** What `worker --help` says beside the options. */
export const DETAILS = `
Variables; one that is empty counts as absent:
  TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS, TEMPORAL_PROFILE, ...
                              as the Temporal CLI takes them, profiles too; localhost:7233 and default if none
  TEMPORAL_TASK_QUEUE         the task queue to poll; memorydb-snapshots if none
  AWS_REGION, AWS_PROFILE, AWS_ENDPOINT_URL_MEMORYDB, AWS_ENDPOINT_URL_S3, ...
                              the AWS SDK's own
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY
                              the proxy to AWS, and what is reached without it
  SNAPSHOTS_ALLOWED_BUCKETS   the buckets that exports may go to, separated by commas; any if none
  SNAPSHOTS_BUCKET_OWNER      the account that must own the bucket of an export; the source's if none
  SNAPSHOTS_MANIFEST_ENCRYPTION, SNAPSHOTS_MANIFEST_KMS_KEY_ID
                              AES256, aws:kms or aws:kms:dsse, and the key, where the bucket demands that writes say so
  SNAPSHOTS_VERIFY_OBJECTS    how many objects are read at once, over all jobs; 4 if none
  SNAPSHOTS_VERIFY_RANGES     how many ranges of an object are under way or in memory; 3 if none
  SNAPSHOTS_VERIFY_RANGE_MIB  the size of a range, in MiB; 8 if none
  SNAPSHOTS_OWNER             together with the workflow id it makes a job; the namespace if none
  SNAPSHOTS_METRICS_ADDRESS   IP address and port for Prometheus; no metrics if none
  SNAPSHOTS_LOG_LEVEL         TRACE, DEBUG, INFO, WARN or ERROR; INFO if none

It logs one line of JSON per entry to stderr. A signal lets calls to AWS that are under way end, for 20 s; a second one
ends it at once.

Exit codes:
  0  it was told to stop
  1  something cannot be had: Temporal, the namespace, the address for metrics
  2  bad usage, or a variable that cannot work: all of them are named

Examples:
  AWS_REGION=eu-central-1 memorydb-snapshots worker
  TEMPORAL_PROFILE=prod AWS_PROFILE=backup SNAPSHOTS_ALLOWED_BUCKETS=acme-backups memorydb-snapshots worker
`;
