import type { components, paths } from './api.gen.d.ts'

// What the hub answers, under the names that this dashboard uses. Everything comes from the OpenAPI document; this file
// only says which of its shapes are meant, so that a change of the document is met in one place.

type Schemas = components['schemas']
type Answer<Operation> = Operation extends { readonly responses: { readonly 200: infer Found } }
  ? Found extends { readonly content: { readonly 'application/json': infer Body } }
    ? Body
    : never
  : never

export type Money = Schemas['Money']
export type Page<T> = { readonly data: readonly T[]; readonly next_cursor: string | null }

export type Me = Answer<paths['/api/v1/auth/me']['get']>
export type TenantSummary = Me['tenants'][number]
export type LinkAnswer = Answer<paths['/api/v1/auth/link']['post']>

export type Site = Schemas['Site']
export type SiteInput = Omit<Site, 'id' | 'slug'>

export type Sale = Schemas['Sale']
export type SaleItem = Sale['items'][number]
export type SaleStatus = Sale['status']
export type SaleDetail = Schemas['SaleDetail']
export type Revision = SaleDetail['revisions'][number]

export type Import = Schemas['Import']
export type ImportState = Import['state']
export type FileDetection = Schemas['FileDetection']
export type FileNote = FileDetection['notes'][number]
export type PreviewSale = Schemas['PreviewSale']
export type Rejection = Schemas['ImportRejection']

export type Connection = Schemas['Configuration']
export type ApiKey = Schemas['ApiKey']
export type NewApiKey = Schemas['NewApiKey']

export type PosSystem = {
  readonly id: string
  readonly name: string
  readonly available: boolean
  readonly can: readonly string[]
  readonly connects_by: readonly string[]
  readonly connected: boolean
  readonly connections: readonly { readonly id: string; readonly name: string; readonly state: string }[]
}

export type ConnectionHealth = {
  readonly connection_id: string
  readonly name: string
  readonly pos_system: string
  readonly state: 'active' | 'empty' | 'disconnected'
  readonly say: string
  readonly last_arrival: { readonly kind: string; readonly at: string; readonly outcome: string } | null
  readonly newest_sale_at: string | null
  readonly newest_sale_stored_at: string | null
  readonly coverage: { readonly from: string; readonly to: string } | null
  readonly sales: number
  readonly refunds: number
  readonly voided: number
  readonly unpriced: number
}
export type Health = {
  readonly state: 'ok' | 'attention' | 'empty'
  readonly as_of: string
  readonly connections: readonly ConnectionHealth[]
}

export type Comparison = 'previous' | 'same_weekdays' | 'last_year'
export type FiguresRequest = {
  readonly from: string
  readonly to: string
  readonly pos_system?: string
  readonly locations?: readonly string[]
  readonly compare?: Comparison
}
export type Coverage = {
  readonly state: 'complete' | 'partial' | 'unknown'
  readonly gaps: readonly {
    readonly from: string
    readonly to: string
    readonly connection_id: string | null
    readonly reason: string
  }[]
  readonly say: string
}
export type Change = { readonly before: number; readonly change: number; readonly percent: number | null }
export type Summary = {
  readonly total_revenue: number
  readonly total_transactions: number
  readonly total_items_sold: number
  readonly average_transaction_value: number | null
  readonly gross_sales: number
  readonly discounts: number
  readonly refunds: number
  readonly refund_count: number
  readonly net_sales: number
  readonly tax: number
  readonly tips: number
  readonly service_charges: number
  readonly rounding: number
  readonly gift_cards_sold: number
  readonly total_collected: number
  readonly voided_transactions: number
  readonly unpriced_transactions: number
}
export type Growth = {
  readonly basis: Comparison
  readonly from: string
  readonly to: string
  readonly coverage: Coverage
  readonly total_revenue: Change
  readonly total_transactions: Change
  readonly total_items_sold: Change
  readonly average_transaction_value: Change | null
}
export type TrendDay = {
  readonly date: string
  readonly revenue: number
  readonly transactions: number
  readonly items_sold: number
  readonly compare_date: string | null
  readonly compare_revenue: number | null
}
export type ItemFigure = {
  readonly item_name: string | null
  readonly variant: string | null
  readonly category: string | null
  readonly quantity_sold: number
  readonly revenue: number | null
  readonly share: number | null
  readonly last_sold_on: string
}
export type HourFigure = {
  /** 1 Monday to 7 Sunday. */
  readonly weekday: number
  readonly hour: number
  readonly revenue: number
  readonly transactions: number
}
export type FiguresBlock = {
  readonly currency: string
  readonly summary: Summary
  readonly growth: Growth | null
  readonly daily_trend: readonly TrendDay[]
  readonly top_items: readonly ItemFigure[]
  readonly slow_items: readonly ItemFigure[]
  readonly categories: readonly {
    readonly category: string | null
    readonly quantity_sold: number
    readonly revenue: number
    readonly share: number | null
  }[]
  readonly hours: readonly HourFigure[]
  readonly payment_methods: readonly {
    readonly method: string
    readonly amount: number
    readonly payments: number
    readonly share: number | null
    readonly refunded: number
  }[]
  readonly sites: readonly {
    readonly location_id: string
    readonly name: string
    readonly revenue: number
    readonly transactions: number
    readonly share: number | null
  }[]
}
export type Figures = FiguresBlock & {
  readonly from: string
  readonly to: string
  readonly demo: boolean
  readonly as_of: string | null
  readonly coverage: Coverage
  readonly other_currencies: readonly FiguresBlock[]
  readonly definitions: Readonly<Record<string, string>>
  readonly customers: { readonly known: number; readonly share_of_transactions: number | null } | null
  readonly baskets: readonly {
    readonly items: readonly string[]
    readonly sales: number
    readonly support: number
    readonly lift: number
  }[]
  readonly basket: {
    readonly average_lines: number | null
    readonly average_units: number | null
    readonly sales_looked_at: number
  }
}
