import { safeText } from '../../contract/text';

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** A number of bytes as people read it: `45 bytes`, `1.2 GiB`. */
export function formatBytes(bytes: number): string {
  return `${inStep(bytes, stepOf(bytes))} ${UNITS[stepOf(bytes)]}`;
}

/** A part of a number of bytes, in the unit of the whole: `0.4 of 1.2 GiB`. */
export function formatPart(bytes: number, whole: number): string {
  return `${inStep(bytes, stepOf(whole))} of ${formatBytes(whole)}`;
}

function stepOf(bytes: number): number {
  return bytes < 1024 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length - 1);
}

function inStep(bytes: number, step: number): string {
  return (bytes / 1024 ** step).toFixed(step === 0 ? 0 : 1);
}

/** A whole number in groups of three digits. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** A duration to the second: `4 s`, `2 m 10 s`, `1 h 5 m`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} m ${whole % 60} s`;
  return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} m`;
}

/** Text of unknown origin, without what a terminal would obey; it is not cut. */
export function showSafely(text: string): string {
  return safeText(text, Infinity);
}
