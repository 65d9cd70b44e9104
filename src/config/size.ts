/** Sizes as people write them. */
import { SessionConfigError } from "../core/errors.ts";

/** Digits and a unit; each stands for 1024 of the one before. */
const SIZE = /^(?<count>\d+)(?: ?(?:(?<unit>[kmgt])(?:i?b)?|b))?$/i;
const UNITS = "kmgt";

/**
 * Reads a size: bytes, or a whole number of `k`, `M`, `G` or `T`, in any case,
 * with `B` or `iB` after it or without. All are powers of 1024, also `MB`: one
 * letter must not be one unit in one place and another unit in the next.
 *
 * @returns The size in bytes.
 * @throws {SessionConfigError} If it is none.
 *
 * @example
 * ```ts ignore
 * parseSize("10MiB"); // 10485760
 * parseSize("10M"); // 10485760
 * parseSize("65536"); // 65536
 * ```
 */
export function parseSize(text: string, key: string): number {
  const { count, unit } = SIZE.exec(text)?.groups ?? {};
  if (count === undefined) {
    throw new SessionConfigError(
      key,
      `${JSON.stringify(text)} is no size: it is a whole number of bytes, or ` +
        "of k, M or G, such as 65536, 500k, 10M or 10MiB (k is 1024 bytes, " +
        "M is 1024 k, G is 1024 M)",
    );
  }
  if (/^0\d/.test(count)) {
    throw new SessionConfigError(
      key,
      `${text} begins with 0, which some read as octal: leave the 0 out`,
    );
  }
  const power = unit === undefined ? 0 : UNITS.indexOf(unit.toLowerCase()) + 1;
  return Number(count) * 1024 ** power;
}
