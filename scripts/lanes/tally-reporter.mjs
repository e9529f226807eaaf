import { writeFileSync } from 'node:fs';

/** @import { Reporter, TestModule, TestSuite } from 'vitest/node' */
/** @import { Tally } from './judge-run.mjs' */

/**
 * Counts what a run did, for the last line of `npm test`. Other reporters count tests alone: a file that does not load
 * and a hook that throws fail none.
 *
 * @implements {Reporter}
 */
export default class TallyReporter {
  /**
   * @param {readonly TestModule[]} modules
   * @param {readonly unknown[]} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    const file = process.env['TALLY_FILE'];
    if (file !== undefined) writeFileSync(file, JSON.stringify(countTests(modules, unhandledErrors.length)));
  }
}

/**
 * @param {readonly TestModule[]} modules
 * @param {number} unhandledErrors
 * @returns {Tally}
 */
function countTests(modules, unhandledErrors) {
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const groups = modules.flatMap((module) => [module, ...module.children.allSuites()]);
  const count = (/** @type {string} */ state) => tests.filter((test) => test.result().state === state).length;
  const skipped = tests.filter((test) => test.result().state === 'skipped');
  const broken = groups.filter((group) => group.errors().length > 0).length;
  return {
    passed: count('passed'),
    failed: count('failed') + count('pending') + broken + unhandledErrors,
    skipped: skipped.length,
    skippedGroups: [...new Set(skipped.map((test) => nameGroup(test.parent)))],
  };
}

/**
 * @param {TestModule | TestSuite} group
 * @returns {string} file and outermost group, whose name gives the reason
 */
function nameGroup(group) {
  if (group.type === 'module') return group.relativeModuleId;
  return group.parent.type === 'module' ? `${group.parent.relativeModuleId} > ${group.name}` : nameGroup(group.parent);
}
