import { allocated, big, dividedHalfUp } from './money.ts'
import type { TradeLineTax } from './sale.ts'
import type { Shop } from './shop-shape.ts'

// A tax is worked out once per sale, group and rate, rounded half up, and then handed down to the lines, so that a
// receipt's tax is that of its sum and the lines still add up to it.

const WHOLE = 100_000

type Rate = {
  readonly name: string
  readonly ratePercent: string
  readonly included: boolean
  /** In thousandths of a percent: 8.875 % is 8875. */
  readonly thousandths: number
}

type Group = { readonly rates: readonly Rate[]; readonly includedThousandths: number }

export type Levies = ReadonlyMap<string, Group>

/** The part of a line that taxes read and write. */
export type Taxable = { readonly taxGroup: string | null; readonly net: number; taxes: TradeLineTax[] }

export function leviesOf(shop: Shop): Levies {
  return new Map(
    Object.entries(shop.taxGroups).map(([key, taxRates]) => {
      const rates = taxRates.map((rate) => ({ ...rate, thousandths: thousandthsOf(rate.ratePercent) }))
      const included = rates.filter((rate) => rate.included)
      return [key, { rates, includedThousandths: included.reduce((sum, rate) => sum + rate.thousandths, 0) }]
    }),
  )
}

function thousandthsOf(ratePercent: string): number {
  const match = /^(\d{1,2})(?:\.(\d{1,3}))?$/.exec(ratePercent)
  if (match === null) throw new RangeError(`"${ratePercent}" is not a tax rate with up to three decimals.`)
  return Number(match[1]) * 1000 + Number((match[2] ?? '').padEnd(3, '0'))
}

/** Writes its taxes into each line, and answers what they come to. */
export function levy(levies: Levies, lines: readonly Taxable[]): { added: number; included: number } {
  let added = 0
  let included = 0
  for (const [key, group] of levies) {
    const taxed = lines.filter((line) => line.taxGroup === key)
    if (taxed.length === 0) continue
    const nets = taxed.map((line) => line.net)
    let net = 0
    for (const part of nets) net += part
    for (const rate of group.rates) {
      const divisor = rate.included ? WHOLE + group.includedThousandths : WHOLE
      const amount = dividedHalfUp(net * rate.thousandths, divisor)
      if (rate.included) included += amount
      else added += amount
      const parts = allocated(amount, nets)
      const { name, ratePercent } = rate
      taxed.forEach((line, at) => {
        line.taxes.push({ name, ratePercent, amount: big(parts[at] ?? 0), included: rate.included })
      })
    }
  }
  return { added, included }
}
