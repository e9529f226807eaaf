/** By its first byte: the first version of Redis in which a record means what it does today. */
export const FIRST_VERSIONS: Readonly<Record<number, number>> = {
  ...{ 0: 1, 1: 1, 2: 1, 3: 1, 4: 1, 5: 8, 7: 8, 9: 1, 10: 1, 11: 1, 12: 1, 13: 1, 14: 7, 15: 9, 16: 10, 17: 10 },
  ...{ 18: 10, 19: 10, 20: 11, 21: 11, 24: 12, 25: 12 },
  ...{ 244: 11, 245: 10, 247: 9, 248: 9, 249: 9, 250: 7, 251: 7, 252: 3, 253: 1, 254: 1, 255: 1 },
};
