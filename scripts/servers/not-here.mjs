/** A server is not to be had from one source, for the reason in the message: the next source is asked. */
export class NotHere extends Error {}
