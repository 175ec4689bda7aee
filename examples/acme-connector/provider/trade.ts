import type { Situation } from '../../../connectors/conformance/stage.ts'

// What Acme's tills ring up: a receipt and what is given back of it, as Acme writes them. Amounts are whole minor units.

export type Line = {
  id: string
  kind: 'GOODS' | 'VOUCHER'
  article: string | null
  sku: string | null
  name: string
  qty: string
  price: number
  gross: number
  off: number
  options: { name: string; qty: string; price: number }[]
  taxes: { name: string; rate: string; amount: number; inside: boolean }[]
}

export type Money = {
  id: string
  type: string
  brand: string | null
  last4: string | null
  amount: number
  tip: number
  at: string
}

export type Receipt = {
  id: string
  no: string
  place: string
  till: string
  cashier: string
  customer: { ref: string; name: string; mail: string } | null
  state: 'OPEN' | 'DONE' | 'VOID'
  created: string
  changed: string
  done: string | null
  currency: string
  rev: number
  lines: Line[]
  lines_pending: boolean
  off: number
  tax_on_top: number
  tax_inside: number
  service: number
  tip: number
  rounding: number
  total: number
  money: Money[]
  refunds: string[]
}

export type Refund = {
  id: string
  receipt: string
  place: string
  currency: string
  state: 'PENDING' | 'DONE'
  amount: number
  tax: number
  tip: number
  type: string
  reason: string | null
  created: string
  changed: string
  rev: number
  lines: { line: string; article: string | null; name: string; qty: string; amount: number; tax: number }[]
}

export type Place = { readonly id: string; readonly zone: string; readonly currency: string; readonly country: string }

export type Article = {
  id: string
  name: string
  sku: string
  group: string
  price: number
  currency: string
  created: string
  changed: string
  rev: number
}

export const CUSTOMER = { ref: 'cus-77', name: 'Philippa Marchbanks', mail: 'philippa@marchbanks.example' }

const MENU = ['Flat white', 'Rye loaf', 'Lemon tart', 'Olives', 'Tea'] as const
const MIX: readonly Situation[] = [
  ...(['plain', 'plain', 'plain', 'modifiers', 'weighed', 'line_discount', 'order_discount', 'tips', 'tips'] as const),
  ...([
    'service_charge',
    'split_payment',
    'gift_card_sold',
    'gift_card_used',
    'refund_full',
    'refund_partial',
  ] as const),
  ...(['refund_amount', 'exchange', 'void', 'cash_rounding'] as const),
]

export type Dice = (below: number) => number

export function articlesOf(currency: string, at: string): Article[] {
  return MENU.map((name, nth) => {
    const id = `art-${nth + 1}`
    const [sku, group, price] = [`SKU-${nth + 1}`, nth < 3 ? 'Counter' : 'Shelf', 300 + nth * 115]
    return { id, name, sku, group, price, currency, created: at, changed: at, rev: 1 }
  })
}

/** The receipts and refunds that one sale makes; an exchange makes two receipts. */
export function ring(
  wish: { readonly id: string; readonly place: Place; readonly at: number; readonly situation: Situation | null },
  roll: Dice,
): { receipts: Receipt[]; refunds: Refund[] } {
  const situation = wish.situation ?? MIX[roll(MIX.length)] ?? 'plain'
  const receipt = receiptOf({ ...wish, situation }, roll)
  const refunds: Refund[] = []
  if (situation.startsWith('refund_')) refunds.push(refundOf(receipt, situation, wish.at + 1_800_000))
  if (situation !== 'exchange') return { receipts: [receipt], refunds }
  const back = refundOf(receipt, 'refund_partial', wish.at + 1_800_000)
  back.type = 'SWAP'
  const other = receiptOf({ ...wish, id: `${wish.id}x`, at: wish.at + 1_800_000, situation: 'plain' }, roll)
  // The goods that came back pay for part of the new ones, or for all of them.
  const swapped = Math.min(back.amount, other.total)
  back.amount = swapped
  back.lines = []
  back.tax = 0
  const [paid] = other.money
  other.money = [
    { id: `${other.id}-swap`, type: 'SWAP', brand: null, last4: null, amount: swapped, tip: 0, at: other.done ?? '' },
    ...(paid !== undefined && other.total > swapped ? [{ ...paid, amount: other.total - swapped }] : []),
  ]
  return { receipts: [receipt, other], refunds: [back] }
}

function receiptOf(
  { id, place, at, situation }: { id: string; place: Place; at: number; situation: Situation },
  roll: Dice,
): Receipt {
  const onTop = situation === 'tax_added' || (place.country === 'US' && situation !== 'tax_included')
  const lines = Array.from({ length: 1 + roll(3) }, (_, nth) => lineOf(`${id}-${nth + 1}`, situation, roll))
  if (situation === 'gift_card_sold') lines.push(voucher(`${id}-v`))
  const orderOff = situation === 'order_discount' ? Math.floor(sum(lines, ({ gross }) => gross) / 10) : 0
  for (const line of lines) if (line.kind === 'GOODS') line.taxes = [taxOf(line.gross - line.off, onTop)]
  const goods = sum(lines, ({ kind, gross }) => (kind === 'GOODS' ? gross : 0))
  const taxes = sum(lines, ({ taxes: [tax] }) => tax?.amount ?? 0)
  const tip = situation === 'tips' ? 100 + roll(300) : 0
  const off = sum(lines, (line) => line.off) + orderOff
  const taxOnTop = onTop ? taxes : 0
  const service = situation === 'service_charge' ? Math.floor(goods / 8) : 0
  const rounding = situation === 'cash_rounding' ? 1 + roll(2) : 0
  const vouchers = sum(lines, ({ kind, gross }) => (kind === 'VOUCHER' ? gross : 0))
  const total = goods - off + taxOnTop + service + tip + rounding + vouchers
  const done = new Date(at + 90_000).toISOString()
  return {
    id,
    no: `R-${id}`,
    place: place.id,
    till: 'till-1',
    cashier: 'cas-4',
    customer: roll(3) > 0 ? CUSTOMER : null,
    state: situation === 'void' ? 'VOID' : situation === 'open' ? 'OPEN' : 'DONE',
    created: new Date(at).toISOString(),
    changed: done,
    done: situation === 'open' ? null : done,
    currency: place.currency,
    rev: 1,
    lines,
    lines_pending: false,
    off,
    tax_on_top: taxOnTop,
    tax_inside: onTop ? 0 : taxes,
    service,
    tip,
    rounding,
    total,
    money: moneyOf(id, situation, total, tip, done, roll),
    refunds: [],
  }
}

function lineOf(id: string, situation: Situation, roll: Dice): Line {
  const nth = roll(MENU.length)
  const weighed = situation === 'weighed'
  const [hundredths, price] = [weighed ? 25 + roll(300) : 100 * (1 + roll(3)), 300 + nth * 115]
  const options = situation === 'modifiers' ? [{ name: 'Oat milk', qty: '1', price: 40 }] : []
  const gross = Math.round((hundredths * price) / 100) + sum(options, (option) => option.price)
  return {
    id,
    kind: 'GOODS',
    article: `art-${nth + 1}`,
    sku: `SKU-${nth + 1}`,
    name: MENU[nth] ?? 'Tea',
    qty: String(hundredths / 100),
    price,
    gross,
    off: situation === 'line_discount' ? Math.floor(gross / 5) : 0,
    options,
    taxes: [],
  }
}

function voucher(id: string): Line {
  const plain = { article: null, sku: null, options: [], taxes: [], off: 0, qty: '1' }
  return { ...plain, id, kind: 'VOUCHER', name: 'Gift card', price: 5_000, gross: 5_000 }
}

function taxOf(net: number, onTop: boolean): Line['taxes'][number] {
  const amount = onTop ? Math.round((net * 8) / 100) : Math.round((net * 19) / 119)
  return { name: onTop ? 'Sales tax' : 'VAT', rate: onTop ? '8' : '19', amount, inside: !onTop }
}

function moneyOf(id: string, situation: Situation, total: number, tip: number, at: string, roll: Dice): Money[] {
  if (situation === 'void' || situation === 'open') return []
  const card = { type: 'CARD', brand: 'VISA', last4: '1111', tip, at }
  const cash = { type: 'CASH', brand: null, last4: null, tip: 0, at }
  if (situation === 'split_payment') {
    const half = Math.floor(total / 2)
    return [
      { ...card, id: `${id}-p1`, amount: total - half },
      { ...cash, id: `${id}-p2`, amount: half },
    ]
  }
  const gift = { type: 'GIFT', brand: null, last4: null, tip, at }
  const one =
    situation === 'gift_card_used' ? gift : situation === 'cash_rounding' || roll(4) === 0 ? { ...cash, tip } : card
  return [{ ...one, id: `${id}-p1`, amount: total }]
}

function refundOf(receipt: Receipt, situation: Situation, at: number): Refund {
  const [line] = receipt.lines
  const [money] = receipt.money
  const tax = line?.taxes[0]
  const part = situation === 'refund_partial' && line !== undefined
  const onTop = tax !== undefined && !tax.inside ? tax.amount : 0
  const amount = part
    ? line.gross - line.off + onTop
    : situation === 'refund_full'
      ? receipt.total
      : Math.min(150, receipt.total)
  const whole = situation === 'refund_full'
  return {
    id: `ref-${receipt.id}`,
    receipt: receipt.id,
    place: receipt.place,
    currency: receipt.currency,
    state: 'DONE',
    amount,
    tax: part ? (tax?.amount ?? 0) : whole ? receipt.tax_on_top + receipt.tax_inside : 0,
    tip: whole ? receipt.tip : 0,
    type: money?.type ?? 'CASH',
    reason: 'Not as ordered',
    created: new Date(at).toISOString(),
    changed: new Date(at + 5_000).toISOString(),
    rev: 2,
    lines: part
      ? [{ line: line.id, article: line.article, name: line.name, qty: line.qty, amount, tax: tax?.amount ?? 0 }]
      : [],
  }
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0)
}
