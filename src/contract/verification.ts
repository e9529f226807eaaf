/**
 * How much of a worker the verification of exports may take, over all its jobs. Its memory is about `objectsAtOnce` x
 * (`rangesInFlight` x `rangeBytes` + 2 MiB).
 */
export interface VerificationOptions {
  /** How many objects are read to their end at once; others wait for their turn. @default 4 */
  readonly objectsAtOnce?: number;
  /** How many ranges of an object are under way or in memory. @default 3 */
  readonly rangesInFlight?: number;
  /** Of one range, in bytes. @default 8 MiB */
  readonly rangeBytes?: number;
}

/** What each of the options may be, whole numbers all of them. */
export const VERIFICATION_BOUNDS = {
  objectsAtOnce: { least: 1, most: 256, usual: 4 },
  rangesInFlight: { least: 1, most: 64, usual: 3 },
  rangeBytes: { least: 1 << 10, most: 1 << 30, usual: 8 << 20 },
} as const satisfies Record<keyof VerificationOptions, unknown>;

/**
 * The options with their defaults.
 *
 * @throws RangeError that names the option, its value and the fix
 */
export function readVerification(given: VerificationOptions = {}): Required<VerificationOptions> {
  const unknown = Object.keys(given).find((name) => !(name in VERIFICATION_BOUNDS));
  if (unknown !== undefined) {
    const known = Object.keys(VERIFICATION_BOUNDS).join(', ');
    throw new RangeError(`verification.${unknown} is not an option: remove it, or use one of ${known}`);
  }
  return {
    objectsAtOnce: readCount(given, 'objectsAtOnce'),
    rangesInFlight: readCount(given, 'rangesInFlight'),
    rangeBytes: readCount(given, 'rangeBytes'),
  };
}

function readCount(given: VerificationOptions, name: keyof VerificationOptions): number {
  const { least, most, usual } = VERIFICATION_BOUNDS[name];
  const value = given[name] ?? usual;
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new RangeError(
    `verification.${name} ${JSON.stringify(value)} is not a whole number from ${least} to ${most}: ` +
      `use one, or leave it out for ${usual}`
  );
}
