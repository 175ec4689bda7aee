import type { Order, OrderItem, OrderModifier, OrderTax } from '#canon/order.ts'
import { type CurrencyCode, isCurrencyCode } from '#kernel/currency.ts'
import { isNegative, ONE, ZERO } from '#kernel/decimal.ts'
import type { Id } from '#kernel/ids.ts'
import { findInstant, instant } from '#kernel/instant.ts'
import { type Minor, majorText } from '#kernel/money.ts'
import { checkPerson, checkTexts } from './check-texts.ts'
import { findPlainDecimal, type Remark, type Remarks, readAmount, readQuantity, startRemarks } from './remark.ts'
import { lineGross, orderTotal } from './sums.ts'
import { type NewOrder, type NewOrderItem, NUMBER_LENGTH_MAX } from './wire-in.ts'

// From the wire to an order, with everything that is wrong in itself: whatever the hour, the catalogue and the tenant. An
// order that has a remark is never kept, so what is put in place of an unreadable part does not matter.

export type ReadOrder = { readonly order: Order; readonly remarks: readonly Remark[] }

export function readOrder(given: NewOrder, id: Id): ReadOrder {
  const remarks = startRemarks()
  const currency = given.currency as CurrencyCode
  if (!isCurrencyCode(given.currency)) {
    remarks.add('orders.currency-unknown', '/currency', 'is not a currency of ISO 4217, such as EUR')
  }
  const amount = (money: { amount: number; currency: string } | undefined, pointer: string) =>
    money === undefined ? 0n : readAmount(money, currency, pointer, remarks)
  const items = readItems(given.items, currency, remarks)
  const parts = {
    items,
    discounts: (given.discounts ?? []).map((one, at) => ({
      name: one.name,
      code: one.code ?? null,
      amount: amount(one.amount, `/discounts/${at}/amount`),
    })),
    taxes: readTaxes(given, currency, items, remarks),
    charges: (given.charges ?? []).map((one, at) => ({
      kind: one.kind,
      name: one.name,
      amount: amount(one.amount, `/charges/${at}/amount`),
    })),
    tip: amount(given.tip, '/tip'),
  }
  const order: Order = {
    id,
    channel: given.channel,
    externalId: given.external_id,
    number: given.number ?? numberOf(given.external_id),
    placedAt: momentOf(given.placed_at),
    currency,
    fulfilment: readFulfilment(given.fulfilment),
    customer: readCustomer(given.customer),
    ...parts,
    total: amount(given.total, '/total'),
    payment: {
      state: given.payment.state,
      method: given.payment.method ?? 'other',
      reference: given.payment.reference ?? null,
    },
    note: given.note ?? null,
    test: given.test ?? false,
  }
  checkTotal(order, remarks)
  checkPerson(order, remarks)
  checkTexts(order, remarks)
  return { order, remarks: remarks.all }
}

function readItems(given: readonly NewOrderItem[], currency: CurrencyCode, remarks: Remarks): OrderItem[] {
  const lineIds = lineIdsOf(given, remarks)
  return given.map((one, at) => {
    const pointer = `/items/${at}`
    const modifiers = (one.modifiers ?? []).map((modifier, place): OrderModifier => {
      const where = `${pointer}/modifiers/${place}`
      return {
        itemId: modifier.item_id ?? null,
        name: modifier.name,
        quantity: readQuantity(modifier.quantity ?? 1, `${where}/quantity`, remarks) ?? ONE,
        unitPrice: readAmount(modifier.unit_price, currency, `${where}/unit_price`, remarks),
      }
    })
    const quantity = readQuantity(one.quantity, `${pointer}/quantity`, remarks)
    const line = {
      lineId: lineIds[at] ?? String(at + 1),
      itemId: one.item_id ?? null,
      name: one.name,
      sku: one.sku ?? null,
      quantity: quantity ?? ONE,
      unitPrice: readAmount(one.unit_price, currency, `${pointer}/unit_price`, remarks),
      modifiers,
      discount: one.discount === undefined ? 0n : readAmount(one.discount, currency, `${pointer}/discount`, remarks),
      note: one.note ?? null,
    }
    const item: OrderItem = { ...line, total: lineGross(line) - line.discount }
    // Without a quantity no sum means anything: one remark about the cause is worth more than three about what follows.
    if (quantity !== null) checkLine(item, one, pointer, currency, remarks)
    return item
  })
}

/** The channel's own, or the line's place; in an order that says some and not others, the next number that is free. */
function lineIdsOf(given: readonly NewOrderItem[], remarks: Remarks): string[] {
  const taken = new Map<string, number>()
  given.forEach(({ line_id }, at) => {
    if (line_id === undefined) return
    const before = taken.get(line_id)
    if (before === undefined) taken.set(line_id, at)
    else remarks.add('orders.line-repeated', `/items/${at}/line_id`, `is the same as that of /items/${before}`)
  })
  let next = 1
  return given.map(({ line_id }, at) => {
    if (line_id !== undefined) return line_id
    let made = String(at + 1)
    while (taken.has(made)) made = String(given.length + next++)
    taken.set(made, at)
    return made
  })
}

function checkLine(
  item: OrderItem,
  given: NewOrderItem,
  pointer: string,
  currency: CurrencyCode,
  remarks: Remarks,
): void {
  const gross = item.total + item.discount
  if (isTooLarge(gross)) {
    remarks.add('orders.amount-too-large', pointer, 'comes to more than can be written exactly')
    return
  }
  if (item.discount > gross) {
    remarks.add(
      'orders.discount-too-large',
      `${pointer}/discount`,
      `is ${said(item.discount, currency)}, and the line comes to ${said(gross, currency)}`,
    )
  }
  if (given.total === undefined) return
  const claimed = readAmount(given.total, currency, `${pointer}/total`, remarks)
  if (claimed === item.total) return
  remarks.add('orders.line-total', `${pointer}/total`, differenceOf('its parts come to', claimed, item.total, currency))
}

function readTaxes(given: NewOrder, currency: CurrencyCode, items: readonly OrderItem[], remarks: Remarks): OrderTax[] {
  const lineIds = new Set(items.map((item) => item.lineId))
  return (given.taxes ?? []).map((tax, at) => {
    const pointer = `/taxes/${at}`
    tax.line_ids?.forEach((lineId, place) => {
      if (lineIds.has(lineId)) return
      remarks.add('orders.line-unknown', `${pointer}/line_ids/${place}`, 'is the line_id of no line')
    })
    const rate = tax.rate == null ? null : findPlainDecimal(tax.rate)
    if (tax.rate != null && (rate === null || isNegative(rate))) {
      remarks.add('orders.tax-rate', `${pointer}/rate`, 'is not a percentage such as "7.25"')
    }
    return {
      name: tax.name,
      rate: tax.rate == null ? null : (rate ?? ZERO),
      amount: readAmount(tax.amount, currency, `${pointer}/amount`, remarks),
      included: tax.included,
      lineIds: tax.line_ids ?? null,
    }
  })
}

function readFulfilment(given: NewOrder['fulfilment']): Order['fulfilment'] {
  const { address } = given
  return {
    kind: given.kind,
    at: given.at == null ? null : momentOf(given.at),
    table: given.table ?? null,
    guests: given.guests ?? null,
    address:
      address == null
        ? null
        : {
            lines: address.lines,
            city: address.city ?? null,
            region: address.region ?? null,
            postalCode: address.postal_code ?? null,
            country: address.country ?? null,
          },
    note: given.note ?? null,
  }
}

function readCustomer(given: NewOrder['customer']): Order['customer'] {
  if (given == null) return null
  // Blanks, dashes and brackets are how people write a number; they say nothing.
  const phone = given.phone?.replace(/[\s().-]/g, '')
  return { name: given.name, phone: phone ?? null, email: given.email ?? null }
}

/** Only where the parts are right is it worth saying that the whole is not. */
function checkTotal(order: Order, remarks: Remarks): void {
  const total = orderTotal(order)
  const parts = [...order.items.map((item) => item.total), ...order.taxes.map((tax) => tax.amount), order.tip, total]
  if (parts.some(isTooLarge)) {
    remarks.add('orders.amount-too-large', '/total', 'comes to more than can be written exactly')
    return
  }
  if (remarks.all.some(({ code }) => SPOILS_SUMS.has(code)) || !isCurrencyCode(order.currency)) return
  if (total < 0n) {
    remarks.add('orders.discount-too-large', '/discounts', `take ${said(-total, order.currency)} more than there is`)
  } else if (total !== order.total) {
    const detail = differenceOf(
      'items − discounts + added taxes + charges + tip come to',
      order.total,
      total,
      order.currency,
    )
    remarks.add('orders.total', '/total', detail)
  }
}

const SPOILS_SUMS: ReadonlySet<string> = new Set([
  'orders.quantity',
  'orders.quantity-decimals',
  'orders.currency-mixed',
  'orders.amount-negative',
  'orders.amount-too-large',
])

function differenceOf(words: string, claimed: Minor, computed: Minor, currency: CurrencyCode): string {
  const difference = said(claimed - computed, currency)
  return `is ${said(claimed, currency)}, but ${words} ${said(computed, currency)}: a difference of ${difference}`
}

function said(amount: Minor, currency: CurrencyCode): string {
  return isCurrencyCode(currency) ? `${majorText(amount, currency)} ${currency}` : `${amount} minor units`
}

function isTooLarge(amount: Minor): boolean {
  return amount > BigInt(Number.MAX_SAFE_INTEGER) || amount < -BigInt(Number.MAX_SAFE_INTEGER)
}

/** As much of the external id as a number may have, without half a sign or a blank at its end. */
function numberOf(externalId: string): string {
  const cut = externalId.slice(0, NUMBER_LENGTH_MAX)
  return (cut.isWellFormed() ? cut : cut.slice(0, -1)).trimEnd()
}

/** The schema let nothing through but moments. */
function momentOf(text: string) {
  return findInstant(text) ?? instant(0)
}
