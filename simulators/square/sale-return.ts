import type { TradeRefund, TradeRefundLine } from '../trade/sale.ts'
import { mixedId } from './ids.ts'
import { type Amounts, difference, moneyAmounts, NOTHING, shared, sumOf } from './money.ts'
import { lineUidOf, some } from './sale-order.ts'
import type { Seller } from './seller.ts'
import type { AppliedTax, LineItem, Money, Order, OrderReturn, ReturnLineItem } from './wire.ts'

// Goods that come back are an order of their own: no line items, one return that points to the order of the sale and
// to its lines. Its money is the refund's. Inclusive tax stays inside `gross_return_money` everywhere, as the official
// description says of that field alone.

type Goods = {
  readonly lines: readonly ReturnLineItem[]
  readonly returned: Omit<OrderReturn, 'return_amounts' | 'uid'>
  readonly amounts: Amounts
}

/** What came back, by its lines; `source` is the order of the sale, null for goods without a receipt. */
export function returnOf(seller: Seller, refund: TradeRefund, source: Order | null, byAmount: boolean): OrderReturn {
  const goods = byAmount ? amountOnly(refund) : itemised(seller, refund, source)
  const { amounts, returned } = goods
  return {
    uid: mixedId(22, 'return', refund.externalId),
    ...(source !== null && { source_order_id: source.id }),
    ...returned,
    return_amounts: moneyAmounts(amounts, refund.currency),
  }
}

/** The order that carries nothing but that return. */
export function returnOrderOf(
  order: Pick<Order, 'id' | 'location_id' | 'created_at' | 'updated_at' | 'refunds' | 'source'> & { currency: string },
  returned: OrderReturn,
): Order {
  const { currency, ...kept } = order
  const none: Money = { amount: 0, currency }
  const amounts = amountsOf(returned)
  return {
    ...kept,
    returns: [returned],
    return_amounts: returned.return_amounts,
    net_amounts: moneyAmounts(difference(NOTHING, amounts), currency),
    closed_at: order.created_at,
    state: 'COMPLETED',
    total_money: none,
    total_tax_money: none,
    total_discount_money: none,
    total_tip_money: none,
    total_service_charge_money: none,
    net_amount_due_money: none,
  }
}

export function amountsOf({ return_amounts: amounts }: OrderReturn): Amounts {
  return {
    total: amounts.total_money.amount,
    tax: amounts.tax_money.amount,
    discount: amounts.discount_money.amount,
    tip: amounts.tip_money.amount,
    serviceCharge: amounts.service_charge_money.amount,
  }
}

/** A refund of so much, without saying for what: one line of a custom amount. */
function amountOnly(refund: TradeRefund): Goods {
  const money = moneyIn(refund.currency)
  const amount = Number(refund.amount)
  const line: ReturnLineItem = {
    uid: mixedId(22, 'return line', refund.externalId),
    quantity: '1',
    item_type: 'CUSTOM_AMOUNT',
    base_price_money: money(amount),
    variation_total_price_money: money(amount),
    gross_return_money: money(amount),
    total_tax_money: money(0),
    total_discount_money: money(0),
    total_service_charge_money: money(0),
    total_money: money(amount),
  }
  return { lines: [line], returned: { return_line_items: [line] }, amounts: { ...NOTHING, total: amount } }
}

function itemised(seller: Seller, refund: TradeRefund, source: Order | null): Goods {
  const money = moneyIn(refund.currency)
  const charge = source?.service_charges?.find(({ treatment_type }) => treatment_type === 'APPORTIONED_TREATMENT')
  const apportioned = charge !== undefined && refund.serviceCharge > 0n
  const lines = refund.lines.map((line, at) => returnLineOf(seller, refund, line, at, source, apportioned))
  const tip = Number(refund.tip)
  const service = Number(refund.serviceCharge)
  const discount = sumOf(lines.map((line) => line.total_discount_money))
  const amounts: Amounts = {
    total: Number(refund.amount),
    tax: sumOf(lines.map((line) => line.total_tax_money)),
    discount,
    tip,
    serviceCharge: service,
  }
  const tipped = source?.tenders?.find((tender) => (tender.tip_money?.amount ?? 0) > 0)
  return {
    lines,
    amounts,
    returned: {
      return_line_items: lines,
      ...some('return_service_charges', returnedServiceOf(source, service)),
      ...some('return_taxes', returnedTaxesOf(refund, lines, source)),
      ...some('return_discounts', returnedDiscountsOf(refund, lines)),
      ...(tip > 0 && {
        return_tips: [
          {
            uid: mixedId(22, 'return tip', refund.externalId),
            applied_money: money(tip),
            source_tender_id: tipped?.id ?? '',
          },
        ],
      }),
      ...(refund.rounding !== 0n && {
        rounding_adjustment: {
          uid: mixedId(22, 'return rounding', refund.externalId),
          name: 'Cash Rounding',
          amount_money: money(Number(refund.rounding)),
        },
      }),
    },
  }
}

function returnLineOf(
  seller: Seller,
  refund: TradeRefund,
  line: TradeRefundLine,
  at: number,
  source: Order | null,
  apportioned: boolean,
): ReturnLineItem {
  const money = moneyIn(refund.currency)
  const uid = mixedId(22, 'return line', refund.externalId, String(at))
  const sourceUid = line.lineExternalId === null ? null : lineUidOf(line.lineExternalId)
  const sold = sourceUid === null ? undefined : source?.line_items?.find((each) => each.uid === sourceUid)
  if (sold === undefined) return looseLineOf(seller, line, uid, money)
  const whole = sold.quantity === line.quantity
  const share = whole ? 1 : Number(line.quantity) / Number(sold.quantity)
  const part = (amount: number) => (whole ? amount : Math.floor(amount * share))
  const taxes = taxPartsOf(sold, Number(line.tax), uid, money)
  const additive = sumOf(taxes.filter((tax) => isAdditive(source, tax)).map((tax) => tax.applied_money))
  const discount = part(sold.total_discount_money.amount)
  const service = apportioned ? part(sold.total_service_charge_money.amount) : 0
  const total = Number(line.amount) + service
  return {
    uid,
    source_line_item_uid: sold.uid,
    ...(sold.name !== undefined && { name: sold.name }),
    quantity: line.quantity,
    ...(sold.quantity_unit !== undefined && { quantity_unit: sold.quantity_unit }),
    ...(sold.catalog_object_id !== undefined && { catalog_object_id: sold.catalog_object_id }),
    ...(sold.variation_name !== undefined && { variation_name: sold.variation_name }),
    item_type: sold.item_type,
    ...some(
      'return_modifiers',
      (sold.modifiers ?? []).map((modifier, nth) => ({
        ...modifier,
        uid: `${uid}m${nth}`,
        source_modifier_uid: modifier.uid,
        total_price_money: money(part(modifier.total_price_money.amount)),
      })),
    ),
    ...some('applied_taxes', taxes),
    base_price_money: sold.base_price_money,
    variation_total_price_money: money(part(sold.variation_total_price_money.amount)),
    gross_return_money: money(total - service + discount - additive),
    total_tax_money: money(Number(line.tax)),
    total_discount_money: money(discount),
    total_service_charge_money: money(service),
    total_money: money(total),
  }
}

/** Goods without a receipt: a name, what was given back and the tax in it. */
function looseLineOf(
  seller: Seller,
  line: TradeRefundLine,
  uid: string,
  money: ReturnType<typeof moneyIn>,
): ReturnLineItem {
  const additive = taxesAreAdded(seller) ? Number(line.tax) : 0
  const gross = money(Number(line.amount) - additive)
  return {
    uid,
    name: line.name,
    quantity: line.quantity,
    item_type: 'ITEM',
    base_price_money: gross,
    variation_total_price_money: gross,
    gross_return_money: gross,
    total_tax_money: money(Number(line.tax)),
    total_discount_money: money(0),
    total_service_charge_money: money(0),
    total_money: money(Number(line.amount)),
  }
}

function taxesAreAdded(seller: Seller): boolean {
  return Object.values(seller.shop.taxGroups).some((rates) => rates.some((rate) => !rate.included))
}

function taxPartsOf(sold: LineItem, tax: number, uid: string, money: ReturnType<typeof moneyIn>): AppliedTax[] {
  const applied = sold.applied_taxes ?? []
  const parts = shared(
    tax,
    applied.map(({ applied_money }) => applied_money.amount),
  )
  return applied.map(({ tax_uid }, at) => ({ uid: `${uid}t${at}`, tax_uid, applied_money: money(parts[at] ?? 0) }))
}

function isAdditive(source: Order | null, applied: AppliedTax): boolean {
  return source?.taxes?.find(({ uid }) => uid === applied.tax_uid)?.type === 'ADDITIVE'
}

function returnedTaxesOf(refund: TradeRefund, lines: readonly ReturnLineItem[], source: Order | null) {
  const money = moneyIn(refund.currency)
  return (source?.taxes ?? []).flatMap((tax) => {
    const applied = lines.flatMap((line) => (line.applied_taxes ?? []).filter(({ tax_uid }) => tax_uid === tax.uid))
    if (applied.length === 0) return []
    const sum = sumOf(applied.map(({ applied_money }) => applied_money))
    // The return's own copy keeps the uid that its lines point to.
    return [{ ...tax, source_tax_uid: tax.uid, applied_money: money(sum) }]
  })
}

function returnedDiscountsOf(refund: TradeRefund, lines: readonly ReturnLineItem[]) {
  const money = moneyIn(refund.currency)
  const sum = sumOf(lines.map((line) => line.total_discount_money))
  if (sum === 0) return []
  return [
    {
      uid: mixedId(22, 'return discount', refund.externalId),
      name: 'Discount',
      type: 'VARIABLE_AMOUNT' as const,
      amount_money: money(sum),
      applied_money: money(sum),
      scope: 'ORDER' as const,
    },
  ]
}

function returnedServiceOf(source: Order | null, service: number) {
  if (service === 0) return []
  return (source?.service_charges ?? []).slice(0, 1).map(({ type: _, ...charge }) => ({
    ...charge,
    source_service_charge_uid: charge.uid,
  }))
}

function moneyIn(currency: string): (amount: number) => Money {
  return (amount) => ({ amount, currency })
}
