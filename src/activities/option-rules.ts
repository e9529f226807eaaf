import { inspect } from 'node:util';
import { safeText } from '../contract/text';

/** Says what is wrong with the value of an option, in sentences that name the option, its value and the fix. */
export type OptionRule = (option: string, value: unknown) => readonly string[];

/** A rule for each option: the compiler sees to it that none is left out. */
export type OptionRules<Options> = { readonly [Name in keyof Options]-?: OptionRule };

/** @param findProblem what is wrong, if anything: it goes on from the option and its value, and ends with the fix */
export function judgedBy(findProblem: (value: unknown) => string | undefined): OptionRule {
  return (option, value) => {
    const problem = findProblem(value);
    return problem === undefined ? [] : [`${option} ${show(value)} ${problem}`];
  };
}

/** @param problem as {@link judgedBy} takes it */
export function must(allows: (value: unknown) => boolean, problem: string): OptionRule {
  return judgedBy((value) => (allows(value) ? undefined : problem));
}

/** Text that matches. */
export function textLike(pattern: RegExp, message: string): OptionRule {
  return must((value) => typeof value === 'string' && pattern.test(value), message);
}

/** A list in which every item keeps the rule. */
export function listOf(rule: OptionRule, message: string): OptionRule {
  const isList = must(Array.isArray, message);
  return (option, value) =>
    Array.isArray(value)
      ? Array.from<unknown, readonly string[]>(value, (item, i) => rule(`${option}[${i}]`, item)).flat()
      : isList(option, value);
}

/** An object with none but these members, each of which may be absent. */
export function anyOf(rules: Readonly<Record<string, OptionRule>>, message: string): OptionRule {
  const optional =
    (rule: OptionRule): OptionRule =>
    (option, value) =>
      value === undefined ? [] : rule(option, value);
  return allOf(Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, optional(rule)])), message);
}

/** An object with all of these members, and no others. */
export function allOf(rules: Readonly<Record<string, OptionRule>>, message: string): OptionRule {
  const isPlain = must(isPlainObject, message);
  return (option, value) => {
    if (!isPlainObject(value)) return isPlain(option, value);
    const nameOf = (member: string) => (option === '' ? member : `${option}.${member}`);
    const known = Object.keys(rules).join(', ');
    return [
      // Without the value: somebody may have put a secret into the wrong place.
      ...Object.keys(value)
        .filter((member) => !Object.hasOwn(rules, member))
        .map((member) => `${safeText(nameOf(member), 100)} is not an option: remove it, or use one of ${known}`),
      ...Object.entries(rules).flatMap(([member, rule]) => rule(nameOf(member), value[member])),
    ];
  };
}

/** Not an instance of a class, so that neither a promise nor a client passes for options. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Never the inside of an object, which may be a secret. */
function show(value: unknown): string {
  return safeText(inspect(value, { depth: -1, customInspect: false }), 100);
}
