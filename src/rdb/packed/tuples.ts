/** How the elements of a packed value belong together. */
export interface Tuple {
  /** Elements that belong together: members alone, fields with their values, members with their scores, … */
  readonly length: 1 | 2 | 3;
  /** The first of each occurs once in the whole value. */
  readonly unique: boolean;
  /** The second is a score. */
  readonly scored?: true;
  /** The third is the time at which a field goes (ms), 0 for never: ascending, those without it last. */
  readonly expiring?: true;
}

/** A list: any elements. */
export const ELEMENTS: Tuple = { length: 1, unique: false };
/** A set. */
export const MEMBERS: Tuple = { length: 1, unique: true };
/** A hash. */
export const FIELDS: Tuple = { length: 2, unique: true };
/** A sorted set. */
export const SCORES: Tuple = { length: 2, unique: true, scored: true };
/** A hash whose fields may expire. */
export const EXPIRING_FIELDS: Tuple = { length: 3, unique: true, expiring: true };
