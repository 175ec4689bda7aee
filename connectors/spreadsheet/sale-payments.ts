import type { Payment, Tender } from '#canon/sale.ts'
import type { Instant } from '#kernel/instant.ts'
import type { Minor } from '#kernel/money.ts'
import type { Line } from './line.ts'
import type { Plan } from './plan.ts'
import type { RowReader } from './row-reader.ts'
import { absolute, tenderedSum } from './sale-amounts.ts'
import { firstText, type SaleLines } from './sale-lines.ts'
import type { SaleMoments } from './sale-moments.ts'
import { brandOf, tenderOf } from './words.ts'

// How a sale was paid: by rows of payments, by columns of tenders, or by one tender that stands beside the sale.

export type PaidSale = {
  readonly lines: SaleLines
  /** All lines of the sale, of whatever grain. */
  readonly all: readonly Line[]
  readonly total: Minor
  readonly tip: Minor
  readonly paidAt: Instant | null
}

const NO_PAYMENTS: readonly Payment[] = []

export class SalePayments {
  private readonly plan: Plan
  private readonly reader: RowReader
  private readonly moments: SaleMoments
  private readonly paid: boolean
  private readonly tendered: boolean
  /** The tenders that columns stand for, null where the row says it, in the order of `LineExtras.tendered`. */
  private readonly tenders: readonly (string | null)[]

  constructor(plan: Plan, reader: RowReader, moments: SaleMoments) {
    this.plan = plan
    this.reader = reader
    this.moments = moments
    this.tendered = Math.max(reader.place.tender, reader.place.card_brand) >= 0 || plan.grain === 'mixed'
    this.paid = this.tendered || reader.place.total >= 0
    this.tenders = reader.shared.tendered.map((at) => plan.columns[at]?.detail ?? null)
  }

  of(sale: PaidSale): readonly Payment[] {
    const { payments, heads, items } = sale.lines
    const own = payments.length > 1 || (payments.length > 0 && this.plan.grain === 'mixed')
    if (own) return payments.flatMap((line) => this.ofRow(line, sale))
    const speaking = heads.length > 0 ? heads : items
    for (const line of speaking) {
      const split = this.byTender(line, sale)
      if (split.length > 0) return split
    }
    return this.paid ? [this.payment(sale.all, sale.total, sale.tip, sale.paidAt)] : NO_PAYMENTS
  }

  /** How money went back. Of several tenders the one with the largest amount. */
  tenderOf(lines: readonly Line[]): Tender {
    let [most, tender] = [0n, 'unknown' as Tender]
    for (const line of lines) {
      line.extras?.tendered.forEach((amount, nth) => {
        if (absolute(amount) <= most) return
        most = absolute(amount)
        tender = this.tenderOfColumn(nth, line)
      })
    }
    return most > 0n ? tender : this.tenderOfText(lines)
  }

  /** What a row of a payment says was paid, the tip inside. */
  amountOf(line: Line): Minor {
    const tip = this.plan.tipInTotal ? 0n : (line.tip ?? 0n)
    if (line.total !== null) return line.total + tip
    return tenderedSum(line.extras) ?? (line.gross ?? line.net ?? 0n) + tip
  }

  private ofRow(line: Line, sale: PaidSale): readonly Payment[] {
    const paidAt = Number.isNaN(line.wall) ? sale.paidAt : this.moments.of(line)
    const split = this.byTender(line, { ...sale, total: this.amountOf(line), tip: line.tip ?? 0n, paidAt })
    return split.length > 0 ? split : [this.payment([line], this.amountOf(line), line.tip ?? 0n, paidAt)]
  }

  /** One payment for each column of a tender that has an amount. */
  private byTender(line: Line, { total, tip, paidAt }: Omit<PaidSale, 'lines' | 'all'>): readonly Payment[] {
    if (this.tenders.length === 0) return NO_PAYMENTS
    const amounts = line.extras?.tendered ?? []
    const used = amounts.flatMap((amount, nth) => (amount === null || amount === 0n ? [] : [{ amount, nth }]))
    if (used.length === 0) return NO_PAYMENTS
    const tipped = this.tippedColumn(used, line)
    const beside = used.reduce((sum, { amount }) => sum + amount, 0n) + tip === total ? tip : 0n
    return used.map(({ amount, nth }) => {
      const tender = this.tenderOfColumn(nth, line)
      const carded = tender === 'card' || used.length === 1
      const ownTip = nth === tipped ? tip : 0n
      return {
        externalId: used.length === 1 ? this.reader.text(line, 'payment_id') : null,
        tender,
        brand: carded ? this.reader.text(line, 'card_brand') : null,
        last4: carded ? lastFour(this.reader.text(line, 'last4')) : null,
        amount: nth === tipped ? amount + beside : amount,
        tip: ownTip,
        // The card's provider keeps it, wherever the tip went.
        fee: nth === tipped ? (line.extras?.fee ?? null) : null,
        paidAt,
      }
    })
  }

  /** A tip of several tenders is the card's, where one was used; nobody leaves a tip on a gift card and pays in cash. */
  private tippedColumn(used: readonly { readonly amount: Minor; readonly nth: number }[], line: Line): number {
    const cards = used.filter(({ nth }) => this.tenderOfColumn(nth, line) === 'card')
    const among = cards.length > 0 ? cards : used
    return among.reduce((most, one) => (one.amount > most.amount ? one : most)).nth
  }

  private tenderOfColumn(nth: number, line: Line): Tender {
    const named = this.tenders[nth] ?? null
    const tender = named === null ? 'other' : tenderOf(named)
    if (tender !== 'other') return tender
    const word = this.wordOf([line])
    return word === null ? tender : tenderOf(word)
  }

  /** A row of a payment in a table of all grains may say how it was paid where other rows name an article. */
  private wordOf(lines: readonly Line[]): string | null {
    const word = firstText(lines, 'tender', this.reader)
    if (word !== null || this.plan.grain !== 'mixed') return word
    return firstText(
      lines.filter((line) => line.grain === 'payment'),
      'item',
      this.reader,
    )
  }

  private payment(lines: readonly Line[], amount: Minor, tip: Minor, paidAt: Instant | null): Payment {
    const { reader } = this
    const word = this.wordOf(lines)
    const card = firstText(lines, 'card_brand', reader)
    return {
      externalId: firstText(lines, 'payment_id', reader),
      tender: this.tenderOfText(lines),
      brand: card ?? (word === null ? null : brandOf(word)),
      last4: lastFour(firstText(lines, 'last4', reader)),
      amount,
      tip,
      fee: feeOf(lines),
      paidAt,
    }
  }

  private tenderOfText(lines: readonly Line[]): Tender {
    if (!this.tendered) return 'unknown'
    const word = this.wordOf(lines)
    if (word !== null) return tenderOf(word)
    return firstText(lines, 'card_brand', this.reader) === null ? 'unknown' : 'card'
  }
}

function lastFour(text: string | null): string | null {
  if (text === null) return null
  const digits = text.replace(/\D/g, '')
  return digits.length >= 4 ? digits.slice(-4) : null
}

/** What the rows of a sale say together; null where none of them says anything. */
function feeOf(lines: readonly Line[]): Minor | null {
  let fee: Minor | null = null
  for (const { extras } of lines) if (extras !== null && extras.fee !== null) fee = (fee ?? 0n) + extras.fee
  return fee
}
