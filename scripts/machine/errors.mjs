/** Something only a person can put right. Its message says what; nothing in the set-up swallows it. */
export class SetUpError extends Error {}

/** The set-up was told to end: every step unwinds, and takes its temporary folders along. */
export class Interrupted extends SetUpError {
  constructor() {
    super('interrupted');
  }
}
