import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { narrate } from '../machine/narrate.mjs';
import { STEP_MS, tellEnd } from '../machine/step-limit.mjs';
import { findServer } from './find-server.mjs';
import { firstLine } from './first-line.mjs';
import { NotHere } from './not-here.mjs';
import { fromCache, fromVariable, intoCache } from './sources.mjs';

/** @import { Finding } from './finding.mjs' */
/** @import { FoundServer, MissingServer } from './find-server.mjs' */

const VERSION = '1.38.0';
const EXECUTABLE = 'temporal-test-server';
const COPY_DEPENDENCIES = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';

/** The SDK kills what it started, not that one's children: hence `exec`. It waits 5 s for it: hence the flags. */
const LAUNCHER = `#!/bin/sh
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
exec "\${JAVA_HOME:+$JAVA_HOME/bin/}java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC \\
  -cp "$here/lib/*" io.temporal.testserver.TestServer "$@"
`;

/** slf4j-nop: without a logger the server complains of that at every start. */
const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId>
  <artifactId>temporal-test-server-with-dependencies</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>io.temporal</groupId>
      <artifactId>temporal-test-server</artifactId>
      <version>${VERSION}</version>
    </dependency>
    <dependency>
      <groupId>org.slf4j</groupId>
      <artifactId>slf4j-nop</artifactId>
      <version>1.7.36</version>
    </dependency>
  </dependencies>
</project>
`;

/**
 * Finds Temporal's time-skipping test server; puts it together from Maven's jars when nothing else helps.
 *
 * @param {Finding} finding
 * @returns {Promise<FoundServer | MissingServer>}
 */
export function findTimeSkippingServer({ machine, cacheDir, sdkVersion, sdkDownload }) {
  const { env, run, say } = machine;
  const { bySdk, byMaven } = timeSkippingServerEntries(sdkVersion);

  /** @param {string} path started without a port, it explains itself and ends */
  async function verify(path) {
    const { code, stdout, stderr } = await run(path, [], { timeoutMs: 30_000 });
    if (`${stdout}${stderr}`.includes('Usage:')) return;
    throw new NotHere(`\`${path}\` ended with ${code}: ${firstLine(stderr || stdout)}`);
  }

  /** @param {string} folder */
  async function collectWithMaven(folder) {
    if ((await run('java', ['-version'])).code !== 0) throw new NotHere('Java is not installed');
    if ((await run('mvn', ['-version'])).code !== 0) throw new NotHere('Maven is not installed');
    const workshop = join(folder, 'maven');
    mkdirSync(workshop);
    writeFileSync(join(workshop, 'pom.xml'), POM);
    const options = [
      // Maven looks for a home in the password file alone; a user who is not in there gets a folder named `?`.
      `-Dmaven.repo.local=${join(workshop, 'repository')}`,
      `-DoutputDirectory=${join(folder, 'lib')}`,
      '-DincludeScope=runtime',
    ];
    await narrate(say, `fetching the time-skipping server ${VERSION} with Maven (once)`, async () => {
      const limits = { cwd: workshop, timeoutMs: STEP_MS };
      const { code, stdout } = await run('mvn', ['-q', '-B', COPY_DEPENDENCIES, ...options], limits);
      if (code !== 0) throw new NotHere(`it ${tellEnd(code)}: ${firstLine(stdout)}`);
    });
    rmSync(workshop, { recursive: true });
    writeFileSync(join(folder, EXECUTABLE), LAUNCHER);
    chmodSync(join(folder, EXECUTABLE), 0o755);
  }

  const entry = { cacheDir, executable: EXECUTABLE, verify };
  return findServer('time-skipping server', [
    fromVariable(env, 'TEMPORAL_TEST_SERVER_PATH', verify),
    fromCache({ cacheDir, say }, [bySdk, byMaven], EXECUTABLE, verify),
    intoCache('download by the SDK', { ...entry, name: bySdk }, (folder) =>
      sdkDownload('time-skipping', join(folder, EXECUTABLE))
    ),
    intoCache('Maven', { ...entry, name: byMaven }, collectWithMaven),
  ]);
}

/**
 * @param {string} sdkVersion
 * @returns {{ bySdk: string, byMaven: string }} entries of the cache
 */
export function timeSkippingServerEntries(sdkVersion) {
  return { bySdk: `temporal-test-server-sdk-${sdkVersion}`, byMaven: `temporal-test-server-${VERSION}` };
}
