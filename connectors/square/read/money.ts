import type { Minor } from '#kernel/money.ts'
import type { WireMoney } from '../shape.ts'

/** Minor units as they were written; null when nothing was. The currency was compared when the record was checked. */
export function minorOf(money: WireMoney | null | undefined): Minor | null {
  return money?.amount === null || money?.amount === undefined ? null : BigInt(money.amount)
}

/** For amounts that Square leaves out when there is nothing of the kind: tips, discounts, taxes, charges. */
export function minorOrZero(money: WireMoney | null | undefined): Minor {
  return minorOf(money) ?? 0n
}
