import { isObject } from './request-problem';

/** Whether a value that came over the wire is a T. */
export type Guard<T> = (value: unknown) => value is T;

export const isText: Guard<string> = (value) => typeof value === 'string';

export const isName: Guard<string> = (value): value is string => typeof value === 'string' && value !== '';

export const isFlag: Guard<boolean> = (value) => typeof value === 'boolean';

/** What can be a number of bytes or milliseconds. */
export const isCount: Guard<number> = (value): value is number =>
  typeof value === 'number' && value >= 0 && value < Infinity;

/** One of a few words. */
export function isOneOf<Word extends string>(...words: readonly Word[]): Guard<Word> {
  return (value): value is Word => words.some((word) => word === value);
}

export function isEither<A, B>(isA: Guard<A>, isB: Guard<B>): Guard<A | B> {
  return (value): value is A | B => isA(value) || isB(value);
}

/** A list whose every item is one. */
export function isListOf<T>(isItem: Guard<T>): Guard<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every(isItem);
}

/** A field that may be left out. */
export function isOptional<T>(is: Guard<T>): Guard<T> {
  return (value): value is T => value === undefined || is(value);
}

/** An object with these fields. What is not named is not looked at: a newer worker may add fields. */
export function hasFields<T extends object>(guards: { readonly [Field in keyof T]?: Guard<T[Field]> }): Guard<T> {
  const fields = Object.entries<Guard<unknown> | undefined>(guards);
  return (value): value is T => isObject(value) && fields.every(([field, is]) => is === undefined || is(value[field]));
}
