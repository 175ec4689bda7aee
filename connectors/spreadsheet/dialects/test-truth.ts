import type { Payment, Refund, Sale, SaleItem } from '#canon/sale.ts'
import type { LocalDate } from '#kernel/instant.ts'
import type { Minor } from '#kernel/money.ts'
import { dateOf, type WallClock } from '#kernel/zone.ts'
import type { FileDetection } from '../../contract-files.ts'
import { instantIn, wallIn } from './cells.ts'
import type { Dialect } from './dialect.ts'
import {
  discountOf,
  dueOf,
  grossOf,
  returnedItem,
  sharesOf,
  type Trade,
  type TradedItem,
  type TradedSale,
  taxOf,
  totalled,
} from './trade.ts'
import { rowsAreTurned } from './write.ts'

// What a file in a dialect still says of what was sold: all that must come out of it again, and nothing else.

export type ToldSale = Pick<
  Sale,
  | 'externalId'
  | 'number'
  | 'register'
  | 'status'
  | 'currency'
  | 'openedAt'
  | 'timePrecision'
  | 'gross'
  | 'discount'
  | 'taxAdded'
  | 'taxIncluded'
  | 'tip'
  | 'total'
> & {
  readonly part: string
  readonly day: LocalDate | null
  readonly items: readonly unknown[]
  readonly payments: readonly unknown[]
  readonly refunds: readonly unknown[]
}

/**
 * `levels`: how the file was understood. An amount taken for the sale's own is not shared out among its items; the
 * sale's own amount is the same either way.
 */
export function toldBy(
  trade: Trade,
  dialect: Dialect,
  lasting: boolean,
  levels: FileDetection['levels'],
): readonly ToldSale[] {
  return trade.sales.map((sale) => toldSale(sale, trade, dialect, lasting, levels))
}

function toldSale(
  sale: TradedSale,
  trade: Trade,
  dialect: Dialect,
  lasting: boolean,
  levels: FileDetection['levels'],
): ToldSale {
  const { layout, tipColumn, registerColumn, dates } = dialect
  const { items } = sale
  const taxed = layout !== 'items' && layout !== 'payments'
  const due = totalled(items, (item) => dueIn(item, trade, dialect))
  const tip = tipColumn ? sale.tip : 0n
  const tax = taxed ? totalled(items, (item) => taxOf(item, trade.tax)) : 0n
  const dayOnly = dates.clock === 'none' && dates.style !== 'iso_offset'
  const day = dateOf(sale.wall as WallClock)
  const register = registerColumn ? sale.register : null
  const externalId = lasting ? sale.number : `${sale.number}@${day}${register === null ? '' : `@/${register}`}`
  const payments = layout === 'payments' ? sale.tenders : sale.tenders.slice(0, 1)
  const shares = sharesOf(dialect.tipInTotal ? due + tip : due, payments).map((share, nth) =>
    nth === 0 && !dialect.tipInTotal ? share + tip : share,
  )
  const itemised = layout !== 'sales' && layout !== 'payments'
  return {
    part: itemised ? 'items' : 'sale',
    externalId,
    number: sale.number,
    register,
    status: 'closed',
    currency: trade.currency,
    openedAt: instantIn(sale.wall, dialect),
    timePrecision: dayOnly ? 'day' : 'instant',
    day: dayOnly ? day : null,
    gross: layout === 'payments' ? due : totalled(items, grossOf),
    discount: layout === 'payments' ? 0n : totalled(items, discountOf),
    taxAdded: trade.tax === 'added' ? tax : 0n,
    taxIncluded: trade.tax === 'included' ? tax : 0n,
    tip,
    total: due + tip,
    items: itemised ? inRows(items, dialect).map((item) => toldItem(item, trade, dialect, levels)) : [],
    payments: inRows(
      payments.map((tender, nth) => [tender, shares[nth], nth === 0 ? tip : 0n]),
      dialect,
    ),
    refunds: toldRefunds(sale, externalId, trade, dialect, levels),
  }
}

function dueIn(item: TradedItem, trade: Trade, { layout }: Dialect): Minor {
  return layout === 'items' ? grossOf(item) - discountOf(item) : dueOf(item, trade.tax)
}

/** In the order of the rows. */
function inRows<T>(list: readonly T[], dialect: Dialect): readonly T[] {
  return rowsAreTurned(dialect) ? list.toReversed() : list
}

function toldItem(item: TradedItem, trade: Trade, { layout }: Dialect, levels: FileDetection['levels']): unknown {
  const tax = layout === 'items' || levels.tax === 'sale' ? 0n : taxOf(item, trade.tax)
  const price = layout === 'lines' ? null : item.price
  const discount = levels.discount === 'sale' ? 0n : discountOf(item)
  return [item.name, item.sku, item.quantity, price, grossOf(item), discount, tax === 0n ? [] : [tax]]
}

function toldRefunds(
  sale: TradedSale,
  saleId: string,
  trade: Trade,
  dialect: Dialect,
  levels: FileDetection['levels'],
): readonly unknown[] {
  const item = returnedItem(sale)
  if (item === null) return []
  const wall = sale.wall + (sale.refundedAfter ?? 0)
  const { layout, dates } = dialect
  const shown =
    dates.clock === 'none' && dates.style !== 'iso_offset' ? wall - (wall % 86_400_000) : wallIn(wall, dates)
  const taxed = layout !== 'items' && layout !== 'payments'
  const amount = dueIn(item, trade, dialect)
  const taken = levels.discount === 'sale' ? 0n : discountOf(item)
  const added = taxed && trade.tax === 'added' && levels.tax === 'line' ? taxOf(item, trade.tax) : 0n
  const own = layout === 'lines' ? amount : grossOf(item) - taken + added
  const items = layout === 'sales' || layout === 'payments' ? [] : [[item.name, item.quantity, own]]
  const stamp = new Date(shown).toISOString().slice(0, 19)
  const tax = taxed ? taxOf(item, trade.tax) : 0n
  return [[`${saleId}/refund@${stamp}`, instantIn(wall, dialect), amount, tax, 0n, sale.tenders[0], items]]
}

/** A sale as it was read, in the same words. */
export function toldOf(sale: Sale, part: string, day: LocalDate | null): ToldSale {
  const { externalId, number, register, status, currency, openedAt, timePrecision } = sale
  const { gross, discount, taxAdded, taxIncluded, tip, total } = sale
  return {
    // A row for each sale and a row for each payment are the same thing where no sale has two payments.
    ...{
      // Whether a table of items tells all of a sale, or of its payments the sale as well, hangs on its columns.
      part: part === 'payments' ? 'sale' : part === 'whole' ? 'items' : part,
      day,
      externalId,
      number,
      register,
      status,
      currency,
      openedAt,
      timePrecision,
    },
    ...{ gross, discount, taxAdded, taxIncluded, tip, total },
    items: sale.items.map(readItem),
    payments: sale.payments.map(({ tender, amount, tip: own }: Payment) => [tender, amount, own]),
    refunds: sale.refunds.map(readRefund),
  }
}

function readItem({ article, quantity, unitPrice, gross, discount, taxes }: SaleItem): unknown {
  return [article.name, article.sku, quantity, unitPrice, gross, discount, taxes.map(({ amount }) => amount)]
}

function readRefund({ externalId, refundedAt, amount, tax, tip, tender, items }: Refund): unknown {
  const given = items.map((item) => [item.article.name, item.quantity, item.amount])
  return [externalId, refundedAt, amount, tax, tip, tender, given]
}
