const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** A duration in milliseconds for people, in one unit and two digits at least: `26 h`, `90 s`, `1.5 h`, `400 ms`. */
export function formatDuration(ms: number): string {
  const [unit, size] = UNITS.find(([name, least]) => ms >= least * (name === 'd' ? 3 : 1)) ?? ['ms', 1];
  const count = ms / size;
  return `${count < 10 ? Math.round(count * 10) / 10 : Math.round(count)} ${unit}`;
}
