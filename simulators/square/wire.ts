// Square's JSON as far as this simulator writes it, in Square's own names. Times are RFC 3339 in UTC; amounts are whole
// numbers of minor units, far below what a JSON number can hold.

export type Money = { readonly amount: number; readonly currency: string }

export type SquareLocation = {
  readonly id: string
  readonly name: string
  readonly business_name: string
  readonly address: { readonly country: string }
  readonly timezone: string
  readonly capabilities: readonly string[]
  status: 'ACTIVE' | 'INACTIVE'
  readonly created_at: string
  readonly merchant_id: string
  readonly country: string
  readonly language_code: string
  readonly currency: string
  readonly type: 'PHYSICAL' | 'MOBILE'
}

export type OrderState = 'DRAFT' | 'OPEN' | 'COMPLETED' | 'CANCELED'

export type AppliedTax = { readonly uid: string; readonly tax_uid: string; readonly applied_money: Money }
export type AppliedDiscount = { readonly uid: string; readonly discount_uid: string; readonly applied_money: Money }
export type AppliedServiceCharge = {
  readonly uid: string
  readonly service_charge_uid: string
  readonly applied_money: Money
}

export type LineModifier = {
  readonly uid: string
  readonly catalog_object_id?: string
  readonly catalog_version?: number
  readonly name: string
  readonly quantity: string
  readonly base_price_money: Money
  readonly total_price_money: Money
}

export type QuantityUnit = {
  readonly measurement_unit: { readonly weight_unit: string; readonly type: string }
  readonly precision: number
}

export type LineItem = {
  readonly uid: string
  readonly name?: string
  readonly quantity: string
  readonly quantity_unit?: QuantityUnit
  readonly note?: string
  readonly catalog_object_id?: string
  readonly catalog_version?: number
  readonly variation_name?: string
  readonly item_type: 'ITEM' | 'CUSTOM_AMOUNT' | 'GIFT_CARD'
  readonly modifiers?: readonly LineModifier[]
  readonly applied_taxes?: readonly AppliedTax[]
  readonly applied_discounts?: readonly AppliedDiscount[]
  readonly applied_service_charges?: readonly AppliedServiceCharge[]
  readonly base_price_money: Money
  readonly variation_total_price_money: Money
  readonly gross_sales_money: Money
  readonly total_discount_money: Money
  readonly total_tax_money: Money
  readonly total_service_charge_money: Money
  readonly total_money: Money
}

export type OrderTax = {
  readonly uid: string
  readonly catalog_object_id?: string
  readonly name: string
  readonly type: 'ADDITIVE' | 'INCLUSIVE'
  readonly percentage: string
  readonly scope: 'LINE_ITEM' | 'ORDER'
  readonly applied_money: Money
}

export type OrderDiscount = {
  readonly uid: string
  readonly catalog_object_id?: string
  readonly name: string
  readonly type: 'FIXED_PERCENTAGE' | 'FIXED_AMOUNT' | 'VARIABLE_PERCENTAGE' | 'VARIABLE_AMOUNT'
  readonly percentage?: string
  readonly amount_money?: Money
  readonly applied_money: Money
  readonly scope: 'LINE_ITEM' | 'ORDER'
}

export type ServiceCharge = {
  readonly uid: string
  readonly name?: string
  readonly percentage?: string
  readonly amount_money?: Money
  readonly applied_money: Money
  readonly total_money: Money
  readonly total_tax_money: Money
  readonly calculation_phase: string
  readonly taxable: boolean
  readonly type: 'AUTO_GRATUITY' | 'CUSTOM'
  readonly treatment_type: 'LINE_ITEM_TREATMENT' | 'APPORTIONED_TREATMENT'
  readonly scope: 'LINE_ITEM' | 'ORDER'
}

export type MoneyAmounts = {
  readonly total_money: Money
  readonly tax_money: Money
  readonly discount_money: Money
  readonly tip_money: Money
  readonly service_charge_money: Money
}

export type RoundingAdjustment = { readonly uid: string; readonly name: string; readonly amount_money: Money }

export type TenderType = 'CARD' | 'CASH' | 'SQUARE_GIFT_CARD' | 'BANK_ACCOUNT' | 'WALLET' | 'OTHER'

export type CardOnWire = {
  readonly card_brand: string
  readonly last_4: string
  readonly exp_month?: number
  readonly exp_year?: number
  readonly fingerprint?: string
  readonly card_type?: string
  readonly bin?: string
}

export type Tender = {
  readonly id: string
  readonly location_id: string
  readonly transaction_id: string
  readonly created_at: string
  readonly type: TenderType
  readonly amount_money: Money
  readonly tip_money?: Money
  readonly customer_id?: string
  readonly payment_id: string
  readonly card_details?: { readonly status: string; readonly entry_method: string; readonly card: CardOnWire }
  readonly cash_details?: { readonly buyer_tendered_money: Money; readonly change_back_money: Money }
}

export type TenderRefund = {
  readonly id: string
  readonly location_id: string
  readonly transaction_id?: string
  readonly tender_id?: string
  readonly created_at: string
  readonly reason: string
  readonly amount_money: Money
  readonly status: 'PENDING' | 'APPROVED' | 'REJECTED' | 'FAILED'
}

export type ReturnLineItem = {
  readonly uid: string
  readonly source_line_item_uid?: string
  readonly name?: string
  readonly quantity: string
  readonly quantity_unit?: QuantityUnit
  readonly catalog_object_id?: string
  readonly variation_name?: string
  readonly item_type: LineItem['item_type']
  readonly return_modifiers?: readonly (LineModifier & { readonly source_modifier_uid: string })[]
  readonly applied_taxes?: readonly AppliedTax[]
  readonly applied_discounts?: readonly AppliedDiscount[]
  readonly applied_service_charges?: readonly AppliedServiceCharge[]
  readonly base_price_money: Money
  readonly variation_total_price_money: Money
  readonly gross_return_money: Money
  readonly total_tax_money: Money
  readonly total_discount_money: Money
  readonly total_service_charge_money: Money
  readonly total_money: Money
}

export type OrderReturn = {
  readonly uid: string
  readonly source_order_id?: string
  readonly return_line_items?: readonly ReturnLineItem[]
  readonly return_service_charges?: readonly (Omit<ServiceCharge, 'type'> & {
    readonly source_service_charge_uid?: string
  })[]
  readonly return_taxes?: readonly (Omit<OrderTax, 'percentage'> & {
    readonly percentage?: string
    readonly source_tax_uid?: string
  })[]
  readonly return_discounts?: readonly (OrderDiscount & { readonly source_discount_uid?: string })[]
  readonly return_tips?: readonly {
    readonly uid: string
    readonly applied_money: Money
    readonly source_tender_id: string
  }[]
  readonly rounding_adjustment?: RoundingAdjustment
  readonly return_amounts: MoneyAmounts
}

export type Fulfillment = {
  readonly uid: string
  readonly type: string
  readonly state: string
  readonly [detail: string]: unknown
}

export type Order = {
  readonly id: string
  readonly location_id: string
  readonly reference_id?: string
  readonly source?: { readonly name?: string }
  readonly customer_id?: string
  readonly line_items?: readonly LineItem[]
  readonly taxes?: readonly OrderTax[]
  readonly discounts?: readonly OrderDiscount[]
  readonly service_charges?: readonly ServiceCharge[]
  readonly fulfillments?: readonly Fulfillment[]
  readonly returns?: readonly OrderReturn[]
  readonly return_amounts?: MoneyAmounts
  readonly net_amounts: MoneyAmounts
  readonly rounding_adjustment?: RoundingAdjustment
  readonly tenders?: readonly Tender[]
  readonly refunds?: readonly TenderRefund[]
  readonly metadata?: Readonly<Record<string, string>>
  readonly created_at: string
  readonly updated_at: string
  readonly closed_at?: string
  readonly state: OrderState
  /** Only on orders that the API made. */
  readonly version?: number
  readonly total_money: Money
  readonly total_tax_money: Money
  readonly total_discount_money: Money
  readonly total_tip_money: Money
  readonly total_service_charge_money: Money
  readonly net_amount_due_money: Money
  readonly ticket_name?: string
}

export type PaymentStatus = 'APPROVED' | 'PENDING' | 'COMPLETED' | 'CANCELED' | 'FAILED'

export type Payment = {
  readonly id: string
  readonly created_at: string
  readonly updated_at: string
  readonly amount_money: Money
  readonly tip_money?: Money
  readonly total_money: Money
  readonly approved_money?: Money
  readonly refunded_money?: Money
  readonly processing_fee?: readonly {
    readonly effective_at: string
    readonly type: 'INITIAL' | 'ADJUSTMENT'
    readonly amount_money: Money
  }[]
  readonly status: PaymentStatus
  readonly source_type: 'CARD' | 'CASH' | 'WALLET' | 'BANK_ACCOUNT' | 'EXTERNAL'
  readonly card_details?: {
    readonly status: string
    readonly card: CardOnWire
    readonly entry_method: string
  }
  readonly cash_details?: { readonly buyer_supplied_money: Money; readonly change_back_money: Money }
  readonly external_details?: {
    readonly type: string
    readonly source: string
    readonly source_id?: string
    readonly source_fee_money?: Money
  }
  readonly wallet_details?: { readonly status: string; readonly brand: string }
  readonly bank_account_details?: { readonly transfer_type: string; readonly account_ownership_type: string }
  readonly location_id: string
  readonly order_id: string
  readonly reference_id?: string
  readonly customer_id?: string
  readonly team_member_id?: string
  readonly refund_ids?: readonly string[]
  readonly note?: string
  readonly receipt_number?: string
  readonly receipt_url?: string
  readonly device_details?: { readonly device_name: string }
  readonly application_details?: { readonly square_product: string; readonly application_id?: string }
  readonly is_offline_payment?: boolean
  readonly offline_payment_details?: { readonly client_created_at: string }
  readonly version_token: string
}

export type Refund = {
  readonly id: string
  readonly status: 'PENDING' | 'COMPLETED' | 'REJECTED' | 'FAILED'
  readonly location_id: string
  readonly unlinked?: boolean
  readonly destination_type: 'CARD' | 'CASH' | 'WALLET' | 'BANK_ACCOUNT' | 'EXTERNAL'
  readonly amount_money: Money
  readonly payment_id?: string
  readonly order_id: string
  readonly reason: string
  readonly created_at: string
  readonly updated_at: string
  readonly team_member_id?: string
}
