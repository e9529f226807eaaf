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

/** The options with their defaults. */
export function fillVerification(given: VerificationOptions = {}): Required<VerificationOptions> {
  const { objectsAtOnce, rangesInFlight, rangeBytes } = VERIFICATION_BOUNDS;
  return {
    objectsAtOnce: given.objectsAtOnce ?? objectsAtOnce.usual,
    rangesInFlight: given.rangesInFlight ?? rangesInFlight.usual,
    rangeBytes: given.rangeBytes ?? rangeBytes.usual,
  };
}
