// What the hub answers, as this dashboard reads it. The only place where wire shapes are written down: once
// `api.gen.d.ts` is generated from the OpenAPI document, each name here becomes an alias of its schema there.

export type Money = { readonly amount: number; readonly currency: string }
export type Page<T> = { readonly data: readonly T[]; readonly next_cursor: string | null }

export type Scope = string
export type TenantSummary = {
  readonly id: string
  readonly slug: string
  readonly name: string
  readonly kind: 'live' | 'demo'
  readonly role: string
  readonly scopes: readonly Scope[]
  readonly currency: string
  readonly time_zone: string
}
export type Me = {
  readonly person: { readonly id: string; readonly name: string; readonly email: string }
  readonly tenants: readonly TenantSummary[]
  readonly hub: { readonly mode: 'live' | 'demo'; readonly version: string }
}

export type SiteInput = {
  readonly name: string
  readonly slug?: string
  readonly time_zone: string
  readonly currency: string
  /** Wall-clock time at which the business day ends, `HH:MM`. */
  readonly close_out: string
}
export type Site = SiteInput & { readonly id: string; readonly slug: string }

export type Tax = {
  readonly name: string | null
  readonly rate: string | null
  readonly amount: Money
  readonly included: boolean
}
export type SaleItem = {
  readonly position: number
  readonly external_id: string | null
  readonly kind: 'article' | 'gift_card'
  readonly article: {
    readonly id: string | null
    readonly external_id: string | null
    readonly sku: string | null
    readonly name: string | null
    readonly variant: string | null
    readonly category: string | null
  }
  readonly quantity: string
  readonly unit_price: Money | null
  readonly gross: Money | null
  readonly discount: Money
  readonly modifiers: readonly { readonly name: string; readonly quantity: string; readonly price: Money }[]
  readonly taxes: readonly Tax[]
}
export type Payment = {
  readonly external_id: string | null
  readonly tender: string
  readonly brand: string | null
  readonly last4: string | null
  readonly amount: Money
  readonly tip: Money
  readonly paid_at: string | null
}
export type Refund = {
  readonly id: string
  readonly external_id: string
  readonly refunded_at: string
  readonly business_date: string
  readonly amount: Money
  readonly tax: Money
  readonly tip: Money
  readonly tender: string
  readonly reason: string | null
  readonly unallocated: Money
  readonly items: readonly {
    readonly sale_item_external_id: string | null
    readonly name: string | null
    readonly quantity: string
    readonly amount: Money
    readonly tax: Money
  }[]
}
export type SaleStatus = 'open' | 'closed' | 'voided'
export type SaleIdentity = 'holds' | 'differs' | 'incomplete'
export type Sale = {
  readonly id: string
  readonly connection_id: string
  readonly pos_system: string
  readonly external_id: string
  readonly number: string | null
  readonly version: number
  readonly location_id: string
  readonly register: string | null
  readonly staff: string | null
  readonly channel: string | null
  readonly customer: string | null
  readonly status: SaleStatus
  readonly currency: string
  readonly opened_at: string
  readonly closed_at: string | null
  readonly time_precision: 'instant' | 'day'
  readonly business_date: string
  readonly gross: Money | null
  readonly discount: Money
  readonly tax_added: Money
  readonly tax_included: Money
  readonly service_charge: Money
  readonly tip: Money
  readonly rounding: Money
  readonly deferred: Money
  readonly total: Money | null
  readonly refunded: Money
  readonly identity: SaleIdentity
  readonly difference: Money | null
  readonly items: readonly SaleItem[]
  readonly payments: readonly Payment[]
  readonly refunds: readonly Refund[]
}
export type Revision = {
  readonly version: number
  readonly recorded_at: string
  readonly source_version: string | null
  readonly source_updated_at: string | null
  readonly late: boolean
  readonly stands: boolean
  readonly source: {
    readonly import_id: string | null
    readonly rows: readonly number[] | null
    readonly raw: string | null
  }
  readonly sale: unknown
}
export type SaleDetail = Sale & {
  readonly identity_reasons: readonly string[]
  readonly revisions: readonly Revision[]
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

export type ImportState = 'receiving' | 'detected' | 'queued' | 'running' | 'done' | 'failed'
export type FileNote = {
  readonly code: string
  readonly severity: 'info' | 'warning' | 'confirm'
  readonly say: string
}
export type FileDetection = {
  readonly container: string
  readonly encoding: string
  readonly byte_order_mark: boolean
  readonly delimiter: string
  readonly preamble: readonly string[]
  readonly header_row: number
  readonly columns: readonly {
    readonly index: number
    readonly header: string
    readonly role: string
    readonly confidence: number
    readonly because: string
  }[]
  readonly shape: string
  readonly grain: 'item' | 'sale' | 'payment'
  readonly date_order: 'ymd' | 'dmy' | 'mdy' | null
  readonly decimal_mark: '.' | ','
  readonly currency: string
  readonly currency_from: 'file' | 'site'
  readonly rows_looked_at: number
  readonly whole_file: boolean
  readonly notes: readonly FileNote[]
}
export type PreviewSale = Omit<Sale, 'id' | 'connection_id' | 'pos_system' | 'version'> & {
  /** Row numbers of the file. */
  readonly rows: readonly number[]
}
export type Import = {
  readonly id: string
  readonly state: ImportState
  readonly file_name: string
  readonly file_bytes: number
  readonly file_sha256: string | null
  readonly site_id: string
  readonly connection_id: string | null
  readonly detection: FileDetection | null
  readonly preview: readonly PreviewSale[] | null
  readonly progress: number
  readonly rows_read: number
  readonly rows_rejected: number
  readonly rows_per_second: number | null
  readonly seconds_left: number | null
  readonly sales_created: number
  readonly sales_updated: number
  readonly sales_unchanged: number
  readonly refunds_created: number
  readonly refunds_unchanged: number
  readonly items: number
  readonly units: string
  readonly gross: Money | null
  readonly first_at: string | null
  readonly last_at: string | null
  readonly noticed: Readonly<Record<string, number>>
  readonly fault: { readonly code: string; readonly detail: string } | null
  readonly actor: string
  readonly created_at: string
  readonly started_at: string | null
  readonly finished_at: string | null
}
export type Rejection = {
  readonly row: number
  readonly raw: string
  readonly code: string
  readonly say: string
  readonly column: string | null
}

export type Connection = {
  readonly id: string
  readonly pos_system: string
  readonly name: string
  readonly state: 'active' | 'disconnected'
}
export type PosSystem = {
  readonly id: string
  readonly name: string
  readonly available: boolean
  readonly can: readonly string[]
  readonly connects_by: readonly string[]
  readonly connected: boolean
  readonly connections: readonly { readonly id: string; readonly name: string; readonly state: string }[]
}

export type ApiKey = {
  readonly id: string
  readonly name: string
  readonly prefix: string
  readonly scopes: readonly Scope[]
  readonly created_at: string
  readonly last_used_at: string | null
  readonly revoked_at?: string | null
}
export type NewApiKey = ApiKey & { readonly secret: string }

export type HubEvent = {
  readonly seq: number | string
  readonly type: string
  readonly subject: string
  readonly occurred_at: string
  readonly data: unknown
}
