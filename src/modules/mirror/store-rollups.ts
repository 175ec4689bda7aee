import { type Column, insertStatement, type Statement } from '#platform/postgres/bulk.ts'
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

/** The statements that add a delta to the roll-ups, in an order that is the same for every writer. */
export function rollupInserts(source: Source, delta: RollupDelta): readonly (() => Statement | null)[] {
  const hours = inOrder(delta.hours)
  const constants = [
    { name: 'tenant_id', type: 'uuid', value: source.tenantId },
    { name: 'connection_id', type: 'uuid', value: source.connectionId },
    { name: 'pos_system', type: 'text', value: source.posSystem },
  ]
  const place = placeColumns<SalesDelta>()
  return [
    () =>
      insertStatement(hours, {
        into: 'pos.hourly_sales',
        constants,
        columns: [...place, { name: 'hour', type: 'smallint', of: (row) => row.businessHour }, ...SALES_FIGURES],
        suffix: adding(['business_date', 'hour', 'site_id', 'connection_id', 'currency'], SALES_FIGURES),
      }),
    () =>
      insertStatement(inOrder(daysOf(hours)), {
        into: 'pos.daily_sales',
        constants,
        columns: [...place, ...SALES_FIGURES],
        suffix: adding(['business_date', 'site_id', 'connection_id', 'currency'], SALES_FIGURES),
      }),
    () =>
      insertStatement(inOrder(delta.items), {
        into: 'pos.daily_items',
        constants,
        columns: [
          ...placeColumns<ItemDelta>(),
          { name: 'article_id', type: 'uuid', of: (row) => row.articleId },
          ...ITEM_FIGURES,
        ],
        suffix: adding(['business_date', 'site_id', 'connection_id', 'currency', 'article_id'], ITEM_FIGURES),
      }),
    () =>
      insertStatement(inOrder(monthsOf(delta.items.values())), {
        into: 'pos.monthly_items',
        constants,
        columns: [
          { name: 'month', type: 'date', of: (row) => row.businessDate },
          { name: 'site_id', type: 'uuid', of: (row) => row.siteId },
          { name: 'currency', type: 'text', of: (row) => row.currency },
          { name: 'article_id', type: 'uuid', of: (row) => row.articleId },
          ...ITEM_FIGURES,
        ],
        suffix: adding(['month', 'site_id', 'connection_id', 'currency', 'article_id'], ITEM_FIGURES),
      }),
    () =>
      insertStatement(inOrder(delta.tenders), {
        into: 'pos.daily_tenders',
        constants,
        columns: [
          ...placeColumns<TenderDelta>(),
          { name: 'tender', type: 'text', of: (row) => row.tender },
          ...TENDER_FIGURES,
        ],
        suffix: adding(['business_date', 'site_id', 'connection_id', 'currency', 'tender'], TENDER_FIGURES),
      }),
  ]
}

function placeColumns<Row extends { businessDate: string; siteId: string; currency: string }>(): Column<Row>[] {
  return [
    { name: 'business_date', type: 'date', of: (row) => row.businessDate },
    { name: 'site_id', type: 'uuid', of: (row) => row.siteId },
    { name: 'currency', type: 'text', of: (row) => row.currency },
  ]
}

function inOrder<Row>(rows: ReadonlyMap<string, Row>): Row[] {
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
}

function adding<Row>(key: readonly string[], figures: readonly Column<Row>[]): string {
  const sums = figures.map(({ name }) => `${name} = t.${name} + excluded.${name}`)
  return `on conflict (tenant_id, ${key.join(', ')}) do update set ${sums.join(', ')}`
}
