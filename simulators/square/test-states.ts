import type { Records } from './test-tour.ts'
import type { Answered } from './test-witness.ts'

/** What a day and a week of trade must have brought about, or the tour has proved little. */
export const STATES: Readonly<Record<string, (records: Records) => boolean>> = {
  'a sale with a tip': ({ orders }) => orders.some((order) => order.total_tip_money.amount > 0),
  'a tax inside and a tax on top': ({ orders }) =>
    ['INCLUSIVE', 'ADDITIVE'].every((type) => orders.some(({ taxes }) => has(taxes, (tax) => tax.type === type))),
  'a discount on a line and one on the order': ({ orders }) =>
    ['LINE_ITEM', 'ORDER'].every((scope) => orders.some(({ discounts }) => has(discounts, (of) => of.scope === scope))),
  'a service charge of each treatment': ({ orders }) =>
    ['LINE_ITEM_TREATMENT', 'APPORTIONED_TREATMENT'].every((treatment) =>
      orders.some(({ service_charges: charges }) => has(charges, (of) => of.treatment_type === treatment)),
    ),
  modifiers: ({ orders }) => orders.some(({ line_items: lines }) => has(lines, (line) => line.modifiers !== undefined)),
  'goods by weight': ({ orders }) => orders.some(({ line_items: lines }) => has(lines, (line) => line.quantity_unit)),
  'a gift card sold': ({ orders }) =>
    orders.some(({ line_items: lines }) => has(lines, (line) => line.item_type === 'GIFT_CARD')),
  'a payment by gift card': ({ payments }) =>
    payments.some((payment) => payment.card_details?.card.card_brand === 'SQUARE_GIFT_CARD'),
  'cash that was rounded': ({ orders }) => orders.some((order) => order.rounding_adjustment !== undefined),
  'payments by card, cash, wallet and from elsewhere': ({ payments }) =>
    ['CARD', 'CASH', 'WALLET', 'EXTERNAL'].every((type) => payments.some((payment) => payment.source_type === type)),
  'an offline payment': ({ payments }) => payments.some((payment) => payment.is_offline_payment),
  'a fee': ({ payments }) => payments.some(({ processing_fee: fees }) => has(fees, () => true)),
  'a bill that was split': ({ orders }) => orders.some(({ tenders = [] }) => tenders.length > 1),
  'a void': ({ orders, payments }) =>
    orders.some(({ state }) => state === 'CANCELED') && payments.some(({ status }) => status === 'CANCELED'),
  'an open ticket': ({ orders }) => orders.some(({ state }) => state === 'OPEN'),
  'an online order with versions and a fulfilment': ({ orders }) =>
    orders.some((order) => order.version > 1 && has(order.fulfillments, () => true)),
  'a return with items, one without, and one without a sale': ({ orders }) =>
    [isItemised, isByAmount, isUnlinked].every((kind) => orders.some((order) => has(order.returns, kind))),
  'an exchange': ({ orders }) => orders.some((order) => order.line_items !== undefined && order.returns !== undefined),
  'a refund that was completed and one that failed': ({ refunds }) =>
    ['COMPLETED', 'FAILED'].every((status) => refunds.some((refund) => refund.status === status)),
  'an object of the catalogue that was deleted': ({ catalogue }) => catalogue.some((object) => object.is_deleted),
  'prices that differ by location': ({ catalogue }) =>
    catalogue.some(({ item_variation_data: data }) => has(data?.location_overrides, () => true)),
  'a price that is settled at the till': ({ catalogue }) =>
    catalogue.some(({ item_variation_data: data }) => data?.pricing_type === 'VARIABLE_PRICING'),
  'stock, with decimals and without': ({ counts }) =>
    [/^-?\d+$/, /^-?\d+\.\d+$/].every((form) => counts.some(({ quantity }) => form.test(quantity))),
  'points given and taken back': ({ loyaltyEvents }) =>
    ['ACCUMULATE_POINTS', 'ADJUST_POINTS'].every((type) => loyaltyEvents.some((event) => event.type === type)),
  'gift cards activated, imported, redeemed': ({ giftCardActivities }) =>
    ['ACTIVATE', 'IMPORT', 'REDEEM'].every((type) => giftCardActivities.some((activity) => activity.type === type)),
}

function has(list: readonly Answered[] | undefined, what: (entry: Answered) => unknown): boolean {
  return (list ?? []).some((entry) => Boolean(what(entry)))
}

function isItemised({ return_line_items: lines }: Answered): boolean {
  return has(lines, (line) => line.source_line_item_uid !== undefined)
}

function isByAmount({ return_line_items: lines }: Answered): boolean {
  return !has(lines, (line) => line.item_type === 'ITEM')
}

function isUnlinked({ source_order_id: source }: Answered): boolean {
  return source === undefined
}

export function mergedOf(all: readonly Records[]): Records {
  const of = (name: keyof Records) => all.flatMap((records) => records[name])
  return {
    orders: of('orders'),
    payments: of('payments'),
    refunds: of('refunds'),
    catalogue: of('catalogue'),
    customers: of('customers'),
    counts: of('counts'),
    loyaltyEvents: of('loyaltyEvents'),
    giftCardActivities: of('giftCardActivities'),
  }
}
