/**
 * How long some work took, over several runs.
 *
 * @typedef {object} Timed
 * @property {number} bytes each run
 * @property {readonly number[]} seconds
 */

/**
 * Lets contenders do their work by turns: what slows the machine down for a while slows all of them down.
 *
 * @template {string} Name
 * @param {number} runs
 * @param {number} bytes that each of them works on
 * @param {Readonly<Record<Name, () => Promise<void> | void>>} contenders
 * @returns {Promise<Record<Name, Timed>>}
 */
export async function timeByTurns(runs, bytes, contenders) {
  const names = /** @type {Name[]} */ (Object.keys(contenders));
  const seconds = new Map(names.map((name) => [name, /** @type {number[]} */ ([])]));
  for (let run = 0; run < runs; run += 1) {
    for (const name of names) {
      const begun = performance.now();
      await contenders[name]();
      seconds.get(name)?.push((performance.now() - begun) / 1_000);
    }
  }
  const timed = names.map((name) => [name, { bytes, seconds: seconds.get(name) ?? [] }]);
  return /** @type {Record<Name, Timed>} */ (Object.fromEntries(timed));
}
