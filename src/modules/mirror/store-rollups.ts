import { ZERO } from '#kernel/decimal.ts'
import {
  arrayOf,
  type CellValue,
  type Column,
  type Constant,
  insertStatement,
  type Statement,
} from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { executeTogether, type Writer } from '#platform/postgres/together.ts'
import type { Source } from './filing.ts'
import { daysOf, type ItemDelta, monthsOf, type RollupDelta, type SalesDelta, type TenderDelta } from './rollup.ts'

// Deltas are added to the rows in the order of their keys, so that two writers of one tenant never wait for each other
// in a circle.

const SALES_FIGURES: readonly Column<SalesDelta>[] = [
  { name: 'sales', type: 'bigint', of: (row) => row.sales },
  { name: 'unpriced', type: 'bigint', of: (row) => row.unpriced },
  { name: 'voided', type: 'bigint', of: (row) => row.voided },
  { name: 'units', type: 'numeric', of: (row) => row.units },
  { name: 'gross', type: 'bigint', of: (row) => row.gross },
  { name: 'discount', type: 'bigint', of: (row) => row.discount },
  { name: 'tax_added', type: 'bigint', of: (row) => row.taxAdded },
  { name: 'tax_included', type: 'bigint', of: (row) => row.taxIncluded },
  { name: 'service_charge', type: 'bigint', of: (row) => row.serviceCharge },
  { name: 'tip', type: 'bigint', of: (row) => row.tip },
  { name: 'rounding', type: 'bigint', of: (row) => row.rounding },
  { name: 'deferred', type: 'bigint', of: (row) => row.deferred },
  { name: 'total', type: 'bigint', of: (row) => row.total },
  { name: 'refunds', type: 'bigint', of: (row) => row.refunds },
  { name: 'refunded', type: 'bigint', of: (row) => row.refunded },
  { name: 'refunded_tax', type: 'bigint', of: (row) => row.refundedTax },
  { name: 'refunded_tip', type: 'bigint', of: (row) => row.refundedTip },
]

const ITEM_FIGURES: readonly Column<ItemDelta>[] = [
  { name: 'lines', type: 'bigint', of: (row) => row.lines },
  { name: 'quantity', type: 'numeric', of: (row) => row.quantity },
  { name: 'gross', type: 'bigint', of: (row) => row.gross },
  { name: 'discount', type: 'bigint', of: (row) => row.discount },
  { name: 'tax_included', type: 'bigint', of: (row) => row.taxIncluded },
  { name: 'refunded_quantity', type: 'numeric', of: (row) => row.refundedQuantity },
  { name: 'refunded', type: 'bigint', of: (row) => row.refunded },
  { name: 'refunded_tax', type: 'bigint', of: (row) => row.refundedTax },
]

const TENDER_FIGURES: readonly Column<TenderDelta>[] = [
  { name: 'payments', type: 'bigint', of: (row) => row.payments },
  { name: 'amount', type: 'bigint', of: (row) => row.amount },
  { name: 'tip', type: 'bigint', of: (row) => row.tip },
  { name: 'refunds', type: 'bigint', of: (row) => row.refunds },
  { name: 'refunded', type: 'bigint', of: (row) => row.refunded },
]

type Rollup<Row> = {
  readonly table: string
  /**
   * Whether the delta may leave the row with no fact behind it. A row counts what stands behind it, so one that only
   * changes its sums is never left empty.
   */
  readonly mayEmpty: (row: Row) => boolean
  /** The columns of the key beside the tenant and the connection. */
  readonly key: readonly Column<Row>[]
  readonly figures: readonly Column<Row>[]
}

const losesSales = (row: SalesDelta) => row.sales + row.voided + row.refunds < 0
// Refunds of an article are not counted, only summed.
const losesLines = (row: ItemDelta) =>
  row.lines < 0 || row.refunded !== 0n || row.refundedTax !== 0n || row.refundedQuantity !== ZERO

const HOURS: Rollup<SalesDelta> = {
  table: 'pos.hourly_sales',
  mayEmpty: losesSales,
  key: [...placeColumns<SalesDelta>(), { name: 'hour', type: 'smallint', of: (row) => row.businessHour }],
  figures: SALES_FIGURES,
}
const DAYS: Rollup<SalesDelta> = {
  table: 'pos.daily_sales',
  mayEmpty: losesSales,
  key: placeColumns<SalesDelta>(),
  figures: SALES_FIGURES,
}
const ARTICLE: Column<ItemDelta> = { name: 'article_id', type: 'uuid', of: (row) => row.articleId }
const ITEMS: Rollup<ItemDelta> = {
  table: 'pos.daily_items',
  mayEmpty: losesLines,
  key: [...placeColumns<ItemDelta>(), ARTICLE],
  figures: ITEM_FIGURES,
}
const ITEM_MONTHS: Rollup<ItemDelta> = {
  table: 'pos.monthly_items',
  mayEmpty: losesLines,
  key: [...placeColumns<ItemDelta>('month'), ARTICLE],
  figures: ITEM_FIGURES,
}
const TENDERS: Rollup<TenderDelta> = {
  table: 'pos.daily_tenders',
  mayEmpty: (row) => row.payments + row.refunds < 0,
  key: [...placeColumns<TenderDelta>(), { name: 'tender', type: 'text', of: (row) => row.tender }],
  figures: TENDER_FIGURES,
}

/** Adds a delta to the roll-ups, in an order that is the same for every writer; with it goes what waits in `writer`. */
export async function addToRollups(tx: Tx, source: Source, delta: RollupDelta, writer: Writer): Promise<void> {
  const hours = changing(HOURS, delta.hours)
  const days = changing(DAYS, daysOf(delta.hours.values()))
  const items = changing(ITEMS, delta.items)
  const months = changing(ITEM_MONTHS, monthsOf(delta.items.values()))
  const tenders = changing(TENDERS, delta.tenders)
  await writer.write(hours.length + 2 * items.length + tenders.length, [
    () => adding(source, HOURS, hours),
    () => adding(source, DAYS, days),
    () => adding(source, ITEMS, items),
    () => adding(source, ITEM_MONTHS, months),
    () => adding(source, TENDERS, tenders),
  ])
  await writer.flush()
  if (!delta.takesAway) return
  await executeTogether(tx, [
    removingEmpty(source, HOURS, hours),
    removingEmpty(source, DAYS, days),
    removingEmpty(source, ITEMS, items),
    removingEmpty(source, ITEM_MONTHS, months),
    removingEmpty(source, TENDERS, tenders),
  ])
}

/**
 * The rows that a delta changes, in the order of their keys. A sale that is told again takes itself away and comes back,
 * and mostly adds up to nothing.
 */
function changing<Row>({ figures }: Rollup<Row>, rows: ReadonlyMap<string, Row>): Row[] {
  return [...rows]
    .filter(([, row]) => figures.some(({ of }) => !isNought(of(row))))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, row]) => row)
}

function isNought(figure: CellValue): boolean {
  return figure === 0 || figure === 0n || figure === ZERO
}

function adding<Row>(source: Source, rollup: Rollup<Row>, rows: readonly Row[]) {
  const sums = rollup.figures.map(({ name }) => `${name} = t.${name} + excluded.${name}`)
  const key = ['tenant_id', 'connection_id', ...rollup.key.map(({ name }) => name)]
  return insertStatement(rows, {
    into: rollup.table,
    constants: [...ownerOf(source), { name: 'pos_system', type: 'text', value: source.posSystem }],
    columns: [...rollup.key, ...rollup.figures],
    suffix: `on conflict (${key.join(', ')}) do update set ${sums.join(', ')}`,
  })
}

/** A row that sums nothing any more would say that there was a day on which nothing was sold. */
function removingEmpty<Row>(source: Source, rollup: Rollup<Row>, changed: readonly Row[]): Statement | null {
  const rows = changed.filter(rollup.mayEmpty)
  if (rows.length === 0) return null
  const keys = rollup.key.map(({ name }) => `t.${name} = v.${name}`)
  const arrays = rollup.key.map(({ type }, index) => `$${index + 3}::${type}[]`)
  const empty = rollup.figures.map(({ name }) => `t.${name} = 0`)
  const text =
    `delete from ${rollup.table} t using unnest(${arrays.join(', ')}) as v (${rollup.key.map(({ name }) => name).join(', ')}) ` +
    `where t.tenant_id = $1 and t.connection_id = $2 and ${[...keys, ...empty].join(' and ')}`
  const values = rollup.key.map(({ of }) => arrayOf(rows.map(of)))
  return { text, values: [source.tenantId, source.connectionId, ...values] }
}

function ownerOf(source: Source): Constant[] {
  return [
    { name: 'tenant_id', type: 'uuid', value: source.tenantId },
    { name: 'connection_id', type: 'uuid', value: source.connectionId },
  ]
}

function placeColumns<Row extends { businessDate: string; siteId: string; currency: string }>(
  day: 'business_date' | 'month' = 'business_date',
): Column<Row>[] {
  return [
    { name: day, type: 'date', of: (row) => row.businessDate },
    { name: 'site_id', type: 'uuid', of: (row) => row.siteId },
    { name: 'currency', type: 'text', of: (row) => row.currency },
  ]
}
