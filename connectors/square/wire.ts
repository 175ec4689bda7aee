import { known, many, one, shape, type ToldBy, words } from './shape.ts'

// Sales as Square's API writes them, version 2026-09-16: the fields that are read, with their types, and the names of
// those that are not. What stands in neither list is drift. Facts and sources: README.md.

const QUANTITY_UNIT = shape({ ...known('measurement_unit', 'precision', 'catalog_object_id', 'catalog_version') })

const MODIFIER = shape({
  name: 'text',
  quantity: 'decimal',
  base_price_money: 'money',
  total_price_money: 'money',
  ...known('uid', 'catalog_object_id', 'catalog_version', 'metadata', 'parent_modifier_uid', 'source_modifier_uid'),
})

const APPLIED_TAX = shape({ tax_uid: 'text', applied_money: 'money', ...known('uid', 'auto_applied') })

export const ITEM_TYPES = words('ITEM', 'CUSTOM_AMOUNT', 'GIFT_CARD')

const LINE = shape({
  uid: 'text',
  name: 'text',
  quantity: 'decimal',
  quantity_unit: one(QUANTITY_UNIT),
  catalog_object_id: 'text',
  variation_name: 'text',
  item_type: ITEM_TYPES,
  modifiers: many(MODIFIER),
  applied_taxes: many(APPLIED_TAX),
  base_price_money: 'money',
  variation_total_price_money: 'money',
  gross_sales_money: 'money',
  total_discount_money: 'money',
  total_tax_money: 'money',
  total_service_charge_money: 'money',
  total_money: 'money',
  ...known('note', 'catalog_version', 'metadata', 'applied_discounts', 'applied_service_charges', 'pricing_blocklists'),
})

const TAX = shape({
  uid: 'text',
  name: 'text',
  type: words('ADDITIVE', 'INCLUSIVE', 'UNKNOWN_TAX'),
  percentage: 'decimal',
  applied_money: 'money',
  ...known('catalog_object_id', 'catalog_version', 'metadata', 'scope', 'auto_applied', 'source_tax_uid'),
})

const SERVICE_CHARGE = shape({
  applied_money: 'money',
  total_money: 'money',
  total_tax_money: 'money',
  applied_taxes: many(APPLIED_TAX),
  treatment_type: words('LINE_ITEM_TREATMENT', 'APPORTIONED_TREATMENT'),
  ...known('uid', 'name', 'catalog_object_id', 'catalog_version', 'percentage', 'amount_money', 'calculation_phase'),
  ...known('taxable', 'metadata', 'type', 'scope', 'source_service_charge_uid', 'refunded_quantity'),
})

export const CARD_BRANDS = words(
  ...['OTHER_BRAND', 'VISA', 'MASTERCARD', 'AMERICAN_EXPRESS', 'DISCOVER', 'DISCOVER_DINERS', 'JCB', 'CHINA_UNIONPAY'],
  ...['SQUARE_GIFT_CARD', 'SQUARE_CAPITAL_CARD', 'INTERAC', 'EFTPOS', 'FELICA', 'EBT'],
)

const CARD = shape({
  card_brand: CARD_BRANDS,
  last_4: 'text',
  ...known('id', 'exp_month', 'exp_year', 'cardholder_name', 'billing_address', 'fingerprint', 'customer_id'),
  ...known('merchant_id', 'reference_id', 'enabled', 'card_type', 'prepaid_type', 'bin', 'version', 'card_co_brand'),
  ...known('issuer_alert', 'issuer_alert_at', 'hsa_fsa', 'created_at', 'disabled_at'),
})

const DEVICE = shape({ device_id: 'text', ...known('device_installation_id', 'device_name') })

/** Ways to settle a tender that say how far it is. */
const TENDER_STATUS = words('AUTHORIZED', 'CAPTURED', 'VOIDED', 'FAILED', 'PENDING', 'COMPLETED')

const TENDER = shape({
  id: 'text',
  payment_id: 'text',
  type: words(
    ...['CARD', 'CASH', 'THIRD_PARTY_CARD', 'SQUARE_GIFT_CARD', 'NO_SALE', 'BANK_ACCOUNT', 'WALLET'],
    ...['BUY_NOW_PAY_LATER', 'SQUARE_ACCOUNT', 'OTHER'],
  ),
  created_at: 'time',
  amount_money: 'money',
  tip_money: 'money',
  processing_fee_money: 'money',
  card_details: one(shape({ status: TENDER_STATUS, card: one(CARD), ...known('entry_method') })),
  bank_account_details: one(shape({ status: TENDER_STATUS })),
  buy_now_pay_later_details: one(shape({ status: TENDER_STATUS, brand: 'text' })),
  square_account_details: one(shape({ status: TENDER_STATUS })),
  ...known('location_id', 'transaction_id', 'note', 'customer_id', 'cash_details', 'additional_recipients'),
  ...known('wallet_details', 'external_details'),
})

const AMOUNTS = shape({
  total_money: 'money',
  tax_money: 'money',
  discount_money: 'money',
  tip_money: 'money',
  service_charge_money: 'money',
})

const ROUNDING = shape({ amount_money: 'money', ...known('uid', 'name') })

const RETURN_LINE = shape({
  source_line_item_uid: 'text',
  name: 'text',
  quantity: 'decimal',
  quantity_unit: one(QUANTITY_UNIT),
  catalog_object_id: 'text',
  variation_name: 'text',
  item_type: ITEM_TYPES,
  gross_return_money: 'money',
  total_discount_money: 'money',
  total_tax_money: 'money',
  total_service_charge_money: 'money',
  total_money: 'money',
  ...known('uid', 'note', 'catalog_version', 'return_modifiers', 'applied_taxes', 'applied_discounts', 'metadata'),
  ...known('applied_service_charges', 'base_price_money', 'variation_total_price_money'),
})

const RETURN = shape({
  source_order_id: 'text',
  return_line_items: many(RETURN_LINE),
  return_tips: many(shape({ applied_money: 'money', source_tender_id: 'text', ...known('uid', 'source_tender_uid') })),
  rounding_adjustment: one(ROUNDING),
  return_amounts: one(AMOUNTS),
  ...known('uid', 'return_service_charges', 'return_taxes', 'return_discounts'),
})

export const ORDER = shape({
  id: 'text',
  location_id: 'text',
  state: words('OPEN', 'COMPLETED', 'CANCELED', 'DRAFT'),
  version: 'whole',
  source: one(shape({ name: 'text' })),
  customer_id: 'text',
  created_at: 'time',
  updated_at: 'time',
  closed_at: 'time',
  line_items: many(LINE),
  taxes: many(TAX),
  service_charges: many(SERVICE_CHARGE),
  returns: many(RETURN),
  return_amounts: one(AMOUNTS),
  net_amounts: one(AMOUNTS),
  rounding_adjustment: one(ROUNDING),
  tenders: many(TENDER),
  refunds: many(
    shape({
      id: 'text',
      ...known('location_id', 'transaction_id', 'tender_id', 'created_at', 'reason', 'amount_money', 'status'),
      ...known('processing_fee_money', 'additional_recipients'),
    }),
  ),
  total_money: 'money',
  total_tax_money: 'money',
  total_discount_money: 'money',
  total_tip_money: 'money',
  total_service_charge_money: 'money',
  ...known('merchant_id', 'reference_id', 'discounts', 'fulfillments', 'metadata', 'ticket_name', 'pricing_options'),
  ...known('rewards', 'net_amount_due_money', 'creation_source'),
})

const FEE = shape({ amount_money: 'money', ...known('type', 'effective_at') })

export const PAYMENT = shape({
  id: 'text',
  created_at: 'time',
  updated_at: 'time',
  location_id: 'text',
  order_id: 'text',
  status: words('APPROVED', 'PENDING', 'COMPLETED', 'CANCELED', 'FAILED'),
  source_type: words(...['CARD', 'BANK_ACCOUNT', 'WALLET', 'BUY_NOW_PAY_LATER', 'SQUARE_ACCOUNT', 'CASH', 'EXTERNAL']),
  amount_money: 'money',
  tip_money: 'money',
  total_money: 'money',
  processing_fee: many(FEE),
  card_details: one(
    shape({
      card: one(CARD),
      ...known('status', 'entry_method', 'cvv_status', 'avs_status', 'auth_result_code', 'application_identifier'),
      ...known('application_name', 'application_cryptogram', 'verification_method', 'verification_results'),
      ...known('statement_description', 'device_details', 'card_payment_timeline', 'refund_requires_card_presence'),
      ...known('errors'),
    }),
  ),
  external_details: one(
    shape({
      type: words(
        ...[
          'CHECK',
          'BANK_TRANSFER',
          'OTHER_GIFT_CARD',
          'CRYPTO',
          'SQUARE_CASH',
          'SOCIAL',
          'EXTERNAL',
          'EMONEY',
          'CARD',
        ],
        ...['STORED_BALANCE', 'FOOD_VOUCHER', 'OTHER'],
      ),
      ...known('source', 'source_id', 'source_fee_money'),
    }),
  ),
  wallet_details: one(shape({ brand: 'text', ...known('status', 'cash_app_details', 'lightning_details', 'errors') })),
  buy_now_pay_later_details: one(shape({ brand: 'text', ...known('afterpay_details', 'clearpay_details', 'errors') })),
  customer_id: 'text',
  employee_id: 'text',
  team_member_id: 'text',
  receipt_number: 'text',
  device_details: one(DEVICE),
  is_offline_payment: 'flag',
  offline_payment_details: one(shape({ client_created_at: 'time' })),
  ...known('app_fee_money', 'approved_money', 'refunded_money', 'delay_duration', 'delay_action', 'delayed_until'),
  ...known('cash_details', 'bank_account_details', 'square_account_details', 'electronic_money_details'),
  ...known('reference_id', 'refund_ids', 'risk_evaluation', 'terminal_checkout_id', 'buyer_email_address'),
  ...known('billing_address', 'shipping_address', 'note', 'statement_description_identifier', 'capabilities'),
  ...known('receipt_url', 'application_details', 'version_token', 'version', 'app_fee_allocations'),
})

export const REFUND = shape({
  id: 'text',
  payment_id: 'text',
  order_id: 'text',
  location_id: 'text',
  status: words('PENDING', 'COMPLETED', 'REJECTED', 'FAILED'),
  destination_type: words(
    ...['CARD', 'BANK_ACCOUNT', 'WALLET', 'BUY_NOW_PAY_LATER', 'SQUARE_ACCOUNT', 'CASH', 'EXTERNAL'],
  ),
  amount_money: 'money',
  reason: 'text',
  created_at: 'time',
  updated_at: 'time',
  ...known('unlinked', 'destination_details', 'app_fee_money', 'processing_fee', 'team_member_id'),
  ...known('terminal_refund_id', 'version', 'app_fee_allocations', 'terminal_checkout_id'),
})

export type WireOrder = ToldBy<typeof ORDER>
export type WireLine = ToldBy<typeof LINE>
export type WireTax = ToldBy<typeof TAX>
export type WireServiceCharge = ToldBy<typeof SERVICE_CHARGE>
export type WireTender = ToldBy<typeof TENDER>
export type WireCard = ToldBy<typeof CARD>
export type WireReturn = ToldBy<typeof RETURN>
export type WireReturnLine = ToldBy<typeof RETURN_LINE>
export type WirePayment = ToldBy<typeof PAYMENT>
export type WireRefund = ToldBy<typeof REFUND>
