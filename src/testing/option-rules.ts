import { inspect } from 'node:util';

/** What an option may hold. */
export interface OptionRule {
  readonly allows: (value: unknown) => boolean;
  /** What to use instead, for the message. */
  readonly use: string;
}

/** A rule for each option of a call: the compiler sees to it that none is left out. */
export type OptionRules<Options> = { readonly [Name in keyof Options]-?: OptionRule };

/** Any text. */
export const text: OptionRule = { allows: (value) => typeof value === 'string', use: 'text' };
/** Any list of texts. */
export const texts: OptionRule = {
  allows: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
  use: 'a list of texts',
};
/** True or false. */
export const flag: OptionRule = oneOf(true, false);
/** A function. */
export const callback: OptionRule = { allows: (value) => typeof value === 'function', use: 'a function' };
/** Real time in milliseconds, as timers take it. */
export const milliseconds: OptionRule = {
  allows: (value) => typeof value === 'number' && value >= 0 && value < 2 ** 31,
  use: 'milliseconds, from 0 up to 24 days',
};
/** What its own reader judges: there it is turned into something else. */
export const readElsewhere: OptionRule = { allows: () => true, use: '' };

/** One of these values. */
export function oneOf(...values: readonly unknown[]): OptionRule {
  return { allows: (value) => values.includes(value), use: values.map((value) => inspect(value)).join(' or ') };
}

/** A whole number, or Infinity. */
export function countFrom(least: number): OptionRule {
  return {
    allows: (value) => typeof value === 'number' && value >= least && (Number.isInteger(value) || value === Infinity),
    use: `a whole number from ${least}`,
  };
}

/** Throws a TypeError that names the option, its value and the fix, where a call has no such option or no such value. */
export function checkOptions(call: string, options: unknown, rules: Readonly<Record<string, OptionRule>>): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`${call} takes an object of options, not ${inspect(options)}`);
  }
  for (const [name, value] of Object.entries<unknown>({ ...options })) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (!rule) {
      throw new TypeError(`${name}: ${inspect(value)} is no option of ${call}; use ${Object.keys(rules).join(', ')}`);
    }
    if (value !== undefined && !rule.allows(value)) {
      throw new TypeError(`${name}: ${inspect(value)} is no value for ${call}; use ${rule.use}`);
    }
  }
}
