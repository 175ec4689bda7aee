import type { PosSystem } from '../../../connectors/contract.ts'

/** A system's word as a sentence for a person begins with it: `square` is “Square”, `dine-pos` “Dine Pos”. */
export function spoken(posSystem: PosSystem | string): string {
  return posSystem
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ')
}
