/** What `verify --help` says beside the options. */
export const DETAILS = `
What can be verified:
  FILE                            a file, or a named pipe
  -                               stdin
  s3://bucket/key.rdb             one object
  s3://bucket/target              a whole export: target.manifest.json and target-0001.rdb, ...
  s3://bucket/t.manifest.json     the same, by its manifest
  folder/target, folder/t.manifest.json   a downloaded export

Levels, each with those before it:
  header     magic, version and the end mark; content is never proven, so that the best exit code is 3
  checksum   every byte, against the file's CRC-64
  structure  every record; the slot of every key
  deep       every packed value, as a server checks it when it loads the file

A whole export is verified with the slots of its manifest, and against the sizes, ETags and checksums in it. Without
a manifest its objects are verified, and the export is unproven.

Exit codes; of several the first that applies:
  1    corrupt, or an object of the export is missing
  2    bad usage, or something cannot be read (not there, not permitted, not reachable) or reported
  3    unproven (no checksum, level header, no manifest) or unsupported (a format that is not known)
  0    all verified
  130  interrupted

With --json one document on stdout: { verdict, exitCode, level, results: [{ argument, kind, verdict, manifest?,
problems: [{ problem, verdict, means, detail? }], objects: [{ name, verdict, shard?, expectedSlots?, error?, reason?,
means?, offset?, bytes, version, engine, engineVersion, createdAt, checksum, computedChecksum, databases, slots,
warnings, ... }] }] }. A verdict is verified, unproven, unsupported, unreadable, incomplete or corrupt.

S3 is found as the AWS SDK finds it: AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL_S3, ...; HTTPS_PROXY, HTTP_PROXY and
NO_PROXY count. It takes s3:ListBucket on the bucket and s3:GetObject on the objects.

Examples:
  memorydb-snapshots verify dump.rdb
  zstd -dc dump.rdb.zst | memorydb-snapshots verify --slots 0-5460 -
  memorydb-snapshots verify --level deep s3://acme-backups/nightly
`;
