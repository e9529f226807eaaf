import { defineConfig } from 'vitest/config';

/** A lane is a folder of `test/`; `npm test` runs them all and says which were left out, and why. */
const lane = (name: string, options: { readonly testTimeout?: number; readonly setup?: readonly string[] } = {}) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: options.testTimeout ?? 30_000,
    hookTimeout: 60_000,
    // What is polled for comes at once; how long that takes on a busy machine is nothing to fail for.
    expect: { poll: { timeout: 10_000 } },
    globalSetup: [...(options.setup ?? [])],
  },
});

export default defineConfig({
  test: {
    projects: [
      lane('unit'),
      lane('rdb', { testTimeout: 60_000 }),
      lane('setup', { testTimeout: 60_000 }),
      lane('simulator', { testTimeout: 60_000 }),
      lane('time-skipping', { testTimeout: 180_000 }),
      lane('dev-server', { testTimeout: 300_000, setup: ['test/support/dev-server.ts'] }),
      lane('replay', { testTimeout: 60_000 }),
      lane('package', { testTimeout: 180_000 }),
      lane('peers', { testTimeout: 60_000 }),
    ],
  },
});
