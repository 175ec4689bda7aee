import { CompiledQuery } from 'kysely'
import { arrayOf, type Column, type Constant, executeInTurn, insertStatement } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
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
  /** The columns of the key beside the tenant and the connection. */
  readonly key: readonly Column<Row>[]
  readonly figures: readonly Column<Row>[]
}

const HOURS: Rollup<SalesDelta> = {
  table: 'pos.hourly_sales',
  key: [...placeColumns<SalesDelta>(), { name: 'hour', type: 'smallint', of: (row) => row.businessHour }],
  figures: SALES_FIGURES,
}
const DAYS: Rollup<SalesDelta> = { table: 'pos.daily_sales', key: placeColumns<SalesDelta>(), figures: SALES_FIGURES }
const ARTICLE: Column<ItemDelta> = { name: 'article_id', type: 'uuid', of: (row) => row.articleId }
const ITEMS: Rollup<ItemDelta> = {
  table: 'pos.daily_items',
  key: [...placeColumns<ItemDelta>(), ARTICLE],
  figures: ITEM_FIGURES,
}
const ITEM_MONTHS: Rollup<ItemDelta> = {
  table: 'pos.monthly_items',
  key: [...placeColumns<ItemDelta>('month'), ARTICLE],
  figures: ITEM_FIGURES,
}
const TENDERS: Rollup<TenderDelta> = {
  table: 'pos.daily_tenders',
  key: [...placeColumns<TenderDelta>(), { name: 'tender', type: 'text', of: (row) => row.tender }],
  figures: TENDER_FIGURES,
}

/** Adds a delta to the roll-ups, in an order that is the same for every writer. */
export async function addToRollups(tx: Tx, source: Source, delta: RollupDelta): Promise<void> {
  const hours = inOrder(delta.hours)
  await executeInTurn(tx, [
    () => adding(source, HOURS, hours),
    () => adding(source, DAYS, inOrder(daysOf(hours))),
    () => adding(source, ITEMS, inOrder(delta.items)),
    () => adding(source, ITEM_MONTHS, inOrder(monthsOf(delta.items.values()))),
    () => adding(source, TENDERS, inOrder(delta.tenders)),
  ])
  if (!delta.takesAway) return
  await removeEmpty(tx, source, HOURS, hours)
  await removeEmpty(tx, source, DAYS, inOrder(daysOf(hours)))
  await removeEmpty(tx, source, ITEMS, inOrder(delta.items))
  await removeEmpty(tx, source, ITEM_MONTHS, inOrder(monthsOf(delta.items.values())))
  await removeEmpty(tx, source, TENDERS, inOrder(delta.tenders))
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
async function removeEmpty<Row>(tx: Tx, source: Source, rollup: Rollup<Row>, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return
  const keys = rollup.key.map(({ name }) => `t.${name} = v.${name}`)
  const arrays = rollup.key.map(({ type }, index) => `$${index + 3}::${type}[]`)
  const empty = rollup.figures.map(({ name }) => `t.${name} = 0`)
  const text =
    `delete from ${rollup.table} t using unnest(${arrays.join(', ')}) as v (${rollup.key.map(({ name }) => name).join(', ')}) ` +
    `where t.tenant_id = $1 and t.connection_id = $2 and ${[...keys, ...empty].join(' and ')}`
  const values = rollup.key.map(({ of }) => arrayOf(rows.map(of)))
  await tx.executeQuery(CompiledQuery.raw(text, [source.tenantId, source.connectionId, ...values]))
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

function inOrder<Row>(rows: ReadonlyMap<string, Row>): Row[] {
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
}
