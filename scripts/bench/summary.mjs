import { totalActions } from './actions.mjs';
import { WAYS } from './ways.mjs';

/** @import { Run } from './plan.mjs' */
/** @import { WayName } from './ways.mjs' */

/**
 * All runs of one way with copies of one duration: medians, and the longest delay.
 *
 * @typedef {object} Row
 * @property {number} copyTakesMs
 * @property {WayName} way
 * @property {number} awsCalls
 * @property {number} events
 * @property {number} actions
 * @property {{ readonly median: number, readonly max: number }} noticedAfterMs
 */

/**
 * @param {readonly Run[]} runs
 * @returns {Row[]} by duration, in it by the order of the ways
 */
export function summarize(runs) {
  const durations = [...new Set(runs.map(({ copyTakesMs }) => copyTakesMs))].sort((a, b) => a - b);
  return durations.flatMap((copyTakesMs) =>
    /** @type {WayName[]} */ (Object.keys(WAYS)).flatMap((way) => {
      const group = runs.filter((run) => run.copyTakesMs === copyTakesMs && run.way === way);
      if (group.length === 0) return [];
      const delays = group.map((run) => run.noticedAfterMs);
      return [
        {
          copyTakesMs,
          way,
          awsCalls: median(group.map(({ calls }) => Object.values(calls).reduce((sum, n) => sum + n, 0))),
          events: median(group.map((run) => run.events)),
          actions: median(group.map((run) => totalActions(run.actions))),
          noticedAfterMs: { median: median(delays), max: Math.max(...delays) },
        },
      ];
    })
  );
}

/**
 * @param {readonly number[]} values at least one
 * @returns {number} of an even count the upper one in the middle: a value that occurred
 */
export function median(values) {
  const middle = [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
  if (middle === undefined) throw new RangeError('no values');
  return middle;
}
