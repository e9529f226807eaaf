/**
 * Whole numbers as text: in base 36, with a dot between two of them. Half as long as JSON has them; what is beyond
 * 2^53 - 1 is that.
 */
export function packNumbers(numbers: readonly number[]): string {
  return numbers.map((number) => Math.min(number, Number.MAX_SAFE_INTEGER).toString(36)).join('.');
}

/** The numbers in a text of {@link packNumbers}. */
export function unpackNumbers(text = ''): readonly number[] {
  return text === '' ? [] : text.split('.').map((digits) => Number.parseInt(digits, 36));
}

/** Whether there is such a text, of so many numbers at most. */
export function isNumberText(value: unknown, most: number): value is string {
  return (
    typeof value === 'string' &&
    value.split('.').length <= most &&
    /^(|-?[\da-z]{1,11}(\.-?[\da-z]{1,11})*)$/.test(value)
  );
}
