import type { TradeRefund, TradeSale } from '../trade/sale.ts'
import { type Act, play } from './acting.ts'
import { luckOf } from './ids.ts'
import { onlineActs } from './online-sale.ts'
import { Returns } from './returns.ts'
import { Scribe } from './scribe.ts'
import type { Seller } from './seller.ts'
import type { Square } from './square.ts'
import { feeActs, offlineActs, paidActs, ticketActs, voidedActs } from './till-sale.ts'

// What becomes of a sale at Square, act by act, each at its instant:
//
//   till        payments (a card is authorised, then captured) ─ order COMPLETED ─ fee ─ refunds
//   open ticket order OPEN with its first lines ─ the rest of the lines, unannounced ─ as above
//   online      order DRAFT ─ paid, OPEN with a fulfilment ─ COMPLETED; the only orders with version and events
//   offline     nothing, then days later all at once with the till's old times
//   void        authorised ─ payments and order CANCELED

const MINUTE_MS = 60_000
const OFFLINE_HOURS_MAX = 72

export class Till {
  readonly #square: Square
  readonly #seller: Seller
  readonly #scribe: Scribe
  readonly #returns: Returns

  constructor(square: Square, seller: Seller) {
    this.#square = square
    this.#seller = seller
    this.#scribe = new Scribe(square, seller)
    this.#returns = new Returns(this.#scribe)
  }

  /** Rings a sale up with all that will become of it. Answers false if it has been rung up before. */
  ring(sale: TradeSale): boolean {
    if (this.#seller.soldIds.has(sale.externalId)) return false
    this.#seller.soldIds.add(sale.externalId)
    play(this.#square, this.#actsOf(sale))
    return true
  }

  /** Goods brought back without a receipt; once. */
  takeBack(refund: TradeRefund): void {
    if (this.#seller.soldIds.has(refund.externalId)) return
    this.#seller.soldIds.add(refund.externalId)
    play(this.#square, this.#returns.actsOf(refund, refund.at))
  }

  #actsOf(sale: TradeSale): Act[] {
    const scribe = this.#scribe
    if (sale.status === 'voided') return voidedActs(scribe, sale)
    if (sale.closedAt === null) return ticketActs(scribe, sale)
    if (sale.channel === 'online') {
      const { acts, collectedAt } = onlineActs(scribe, sale, sale.closedAt)
      return [...acts, ...feeActs(scribe, sale, sale.closedAt), ...this.#refundsOf(sale, collectedAt)]
    }
    const uploadedAt = this.#uploadOf(sale, sale.closedAt)
    const ticket = this.#seller.shop.kind === 'restaurant' ? ticketActs(scribe, sale) : []
    const acts =
      uploadedAt === null
        ? [...ticket, ...paidActs(scribe, sale, sale.closedAt)]
        : offlineActs(scribe, sale, sale.closedAt, uploadedAt)
    const paidAt = uploadedAt ?? sale.closedAt
    return [...acts, ...feeActs(scribe, sale, paidAt), ...this.#refundsOf(sale, paidAt)]
  }

  /** When a sale by card that was rung up without a network reaches Square; null: it was not. */
  #uploadOf(sale: TradeSale, closedAt: number): number | null {
    const byCard = sale.payments.length > 0 && sale.payments.every(({ tender }) => tender === 'card')
    if (!byCard || luckOf('offline', sale.externalId) >= this.#seller.habits.offline) return null
    const hours = 1 + luckOf('uploaded', sale.externalId) * (OFFLINE_HOURS_MAX - 1)
    return closedAt + Math.round(hours * 3_600_000)
  }

  #refundsOf(sale: TradeSale, notBefore: number): Act[] {
    return sale.refunds.flatMap((refund) => this.#returns.actsOf(refund, Math.max(refund.at, notBefore + MINUTE_MS)))
  }
}
