import { fileFault } from './faults.ts'

// How much may come out of a packed file. Real exports pack ten to thirty times; a bomb packs a thousand times, or a
// million with the tricks of the trade.

export type UnpackingLimit = {
  /** Never more than this, however large the file. */
  readonly bytesMax: number
  /** From here on the ratio counts. */
  readonly bytesFree: number
  readonly ratioMax: number
}

export const UNPACKING_LIMIT: UnpackingLimit = { bytesMax: 4 * 1024 ** 3, bytesFree: 256 * 1024 ** 2, ratioMax: 200 }

/** Throws `file.unpacks_too_large`. */
export function checkUnpacked(unpacked: number, packed: number, limit: UnpackingLimit): void {
  if (unpacked > limit.bytesMax || (unpacked > limit.bytesFree && unpacked > limit.ratioMax * packed)) {
    throw fileFault('file.unpacks_too_large')
  }
}
