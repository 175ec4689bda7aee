import { isCurrencyCode } from '#kernel/currency.ts'
import { instantText } from '#kernel/instant.ts'
import { type BookFigures, type Books, type BooksRequest, Garbled, type Talk } from '../contract.ts'
import { type Json, jsonOf, objectsIn, query, textIn } from './answers.ts'
import { checkShape } from './read/drift.ts'
import { momentOf } from './read/moments.ts'
import { minorOrZero } from './read/money.ts'
import { amountOf } from './read/payments.ts'
import type { Compiled, Shape, Told } from './shape.ts'
import { list } from './streams/pages.ts'
import { PAYMENT, REFUND } from './wire.ts'

// What Square says was paid and given back at a place: its own payments and refunds, added up as they come, without any
// order. A day of an ordinary shop is a handful of pages.

const PAGES_MAX = 1_000

type Sums = { -readonly [K in keyof BookFigures]: BookFigures[K] }

export const books: Books = { figures }

function* figures(_link: unknown, request: BooksRequest): Talk<readonly BookFigures[]> {
  const sums = new Map<string, Sums>()
  for (const json of yield* everything('payments', request)) {
    const payment = soundly(json, PAYMENT, 'payment')
    if (payment.status !== 'COMPLETED' || !isWithin(payment.created_at, request)) continue
    const sum = sumOf(sums, payment.amount_money?.currency)
    sum.payments++
    sum.paid += amountOf(payment)
    sum.tips += minorOrZero(payment.tip_money)
  }
  for (const json of yield* everything('refunds', request)) {
    const refund = soundly(json, REFUND, 'refund')
    if (refund.status !== 'COMPLETED' || !isWithin(refund.created_at, request)) continue
    const sum = sumOf(sums, refund.amount_money?.currency)
    sum.refunds++
    sum.refunded += minorOrZero(refund.amount_money)
  }
  return [...sums.values()].sort((a, b) => (a.currency < b.currency ? -1 : 1))
}

function* everything(what: 'payments' | 'refunds', { location, from, to }: BooksRequest): Talk<readonly Json[]> {
  const found: Json[] = []
  let cursor: string | null = null
  for (let page = 0; page < PAGES_MAX; page++) {
    const times = { begin_time: instantText(from), end_time: instantText(to) }
    const path = query(`/v2/${what}`, { ...times, sort_order: 'ASC', location_id: location, limit: 100, cursor })
    const answer: Json = jsonOf(yield list(`books.${what}`, path))
    found.push(...objectsIn(answer[what]))
    cursor = textIn(answer.cursor)
    if (cursor === null) return found
  }
  throw new Garbled(`${what} go on after ${PAGES_MAX} pages`)
}

/** Whether Square counts the end of a span is not said, so nothing is left to it. */
function isWithin(time: string | null | undefined, { from, to }: BooksRequest): boolean {
  const at = momentOf(time)
  return at !== null && at >= from && at < to
}

function soundly<S extends Shape>(json: Json, of: Compiled<S>, root: string): Told<S> {
  const { told } = checkShape(json, of, root)
  if (told === null) throw new Garbled(`a ${root} is not what it used to be`)
  return told
}

function sumOf(sums: Map<string, Sums>, currency: string | null | undefined): Sums {
  if (!currency || !isCurrencyCode(currency)) throw new Garbled('an amount says no currency')
  const known = sums.get(currency)
  if (known !== undefined) return known
  const made: Sums = { currency, payments: 0, paid: 0n, tips: 0n, refunds: 0, refunded: 0n }
  sums.set(currency, made)
  return made
}
