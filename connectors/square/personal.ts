// Where Square puts what is about people, by kind of record. A path stands for all that lies below it, and passes through
// lists without a word. Free text is here wherever a shopper may have dictated it. The reason of a refund is not: it is
// about goods, and it is told.

/** Of a fulfilment, whichever way it goes. */
const HANDED_OVER = ['recipient', 'note', 'cancel_reason', 'failure_reason', 'dropoff_notes', 'shipping_note']

const CARD = [
  ...['cardholder_name', 'billing_address', 'fingerprint', 'bin', 'exp_month', 'exp_year', 'reference_id'],
  ...['customer_id', 'id'],
]

function below(path: string, names: readonly string[]): readonly string[] {
  return names.map((name) => `${path}.${name}`)
}

export const PERSONAL: Readonly<Record<string, readonly string[]>> = {
  order: [
    ...['ticket_name', 'reference_id', 'metadata'],
    ...below('line_items', ['note', 'metadata']),
    ...below('fulfillments', ['metadata']),
    ...below('fulfillments.pickup_details', [...HANDED_OVER, 'curbside_pickup_details']),
    ...below('fulfillments.delivery_details', [...HANDED_OVER, 'courier_support_phone_number']),
    ...below('fulfillments.shipment_details', [...HANDED_OVER, 'tracking_number', 'tracking_url']),
    ...below('fulfillments.in_store_details', HANDED_OVER),
    ...below('fulfillments.digital_details', HANDED_OVER),
    ...below('tenders', ['note']),
    ...below('tenders.card_details.card', CARD),
    ...below('returns.return_line_items', ['note', 'metadata']),
  ],
  payment: [
    ...['buyer_email_address', 'billing_address', 'shipping_address', 'note', 'reference_id', 'receipt_url'],
    ...['statement_description_identifier', 'risk_evaluation', 'device_details.device_name'],
    ...below('card_details.card', CARD),
    ...below('card_details', ['statement_description', 'application_cryptogram', 'device_details.device_name']),
    ...below('bank_account_details', ['bank_name', 'fingerprint', 'ach_details', 'statement_description']),
    ...below('wallet_details', ['cash_app_details', 'lightning_details']),
    ...below('buy_now_pay_later_details', ['afterpay_details', 'clearpay_details']),
    ...below('square_account_details', ['payment_source_token']),
    ...below('external_details', ['source', 'source_id']),
  ],
  refund: ['destination_details.external_details', ...below('destination_details.card_details.card', CARD)],
  catalog: [],
  inventory_count: [],
  customer: [
    ...['given_name', 'family_name', 'nickname', 'company_name', 'email_address', 'address', 'phone_number'],
    ...['birthday', 'reference_id', 'note', 'tax_ids', 'cards'],
  ],
}
