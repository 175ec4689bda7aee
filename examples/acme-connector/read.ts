import {
  Garbled,
  type Lookup,
  type OrderReport,
  type Reader,
  type Reading,
  type ReadRefund,
  type RecordRef,
  type SourceRecord,
} from '../../connectors/contract.ts'
import type { CatalogArticle } from '../../src/canon/catalog.ts'
import type { OrderProgress } from '../../src/canon/order.ts'
import type { Payment, Sale, SaleItem, Tax, Tender } from '../../src/canon/sale.ts'
import { type CurrencyCode, isCurrencyCode } from '../../src/kernel/currency.ts'
import { isObject, type Json, momentOf, textOf, wholeOf } from './api.ts'
import { type Form, openForm } from './form.ts'

// Acme's receipts, refunds and articles in our words. A receipt and its refunds make one subject, read together whichever
// of them came first. An order that was put in is a subject of its own: the sale comes from the receipt alone.

const LISTS: Readonly<Record<string, string>> = {
  receipt: 'receipts',
  refund: 'refunds',
  article: 'articles',
  order: 'orders',
}

export const reader: Reader = {
  kinds: ['receipt', 'refund', 'article', 'order'],
  recordsOf,
  read,
  readArticles,
  personal: {
    receipt: ['customer.name', 'customer.mail'],
    refund: [],
    article: [],
    order: ['guest', 'note', 'lines.note', 'reference'],
  },
}

/** Accepts one object, one under its own name, and a list as pages have it. */
export function recordsOf(kind: string, value: unknown): readonly SourceRecord[] {
  const list = LISTS[kind]
  if (list === undefined) throw new Garbled('there are no records of this kind')
  if (!isObject(value)) throw new Garbled(`a ${kind} is no object`)
  const inside = value[list] ?? (isObject(value[kind]) && value.id === undefined ? [value[kind]] : [value])
  if (!Array.isArray(inside)) throw new Garbled(`${list} is no list`)
  return inside.map((one: unknown) => recordOf(kind, one))
}

function recordOf(kind: string, object: unknown): SourceRecord {
  if (!isObject(object)) throw new Garbled(`a ${kind} is no object`)
  const id = textOf(object, 'id')
  const sale = kind === 'receipt' ? id : kind === 'refund' ? textOf(object, 'receipt') : null
  const subjects = kind === 'order' ? [`order:${id}`] : sale === null ? [] : [`sale:${sale}`]
  return {
    kind,
    id,
    body: JSON.stringify(object),
    version: { version: BigInt(wholeOf(object, 'rev')), updatedAt: momentOf(object, 'changed') },
    location: kind === 'article' ? null : textOf(object, 'place'),
    subjects,
    deleted: object.gone === true,
  }
}

function read(
  subject: string,
  records: readonly SourceRecord[],
  also: readonly SourceRecord[],
  lookup: Lookup,
): Reading {
  if (subject.startsWith('order:')) return readOrders(records)
  const form = openForm()
  const byId = [...records, ...also].sort((a, b) => (a.id < b.id ? -1 : 1))
  const receipt = byId.find(({ kind }) => kind === 'receipt')
  const refunds = byId.filter(({ kind, subjects }) => kind === 'refund' && subjects.includes(subject))
  const pending: RecordRef[] = []
  const told: ReadRefund[] = []
  for (const record of refunds) {
    const { refund, state } = readRefund(form, JSON.parse(record.body) as Json)
    if (state === 'DONE' && refund !== null) told.push(refund)
    else if (state === 'PENDING') pending.push({ kind: record.kind, id: record.id })
  }
  const id = subject.slice('sale:'.length)
  const sale = receipt === undefined ? null : readSale(form, JSON.parse(receipt.body) as Json, lookup)
  const known = new Set(refunds.map((one) => one.id))
  const needs = [
    ...(receipt === undefined ? [{ kind: 'receipt', id }] : []),
    ...(sale?.refundIds ?? []).filter((one) => !known.has(one)).map((one) => ({ kind: 'refund', id: one })),
  ]
  const again = { kind: 'receipt', id }
  return {
    sales: sale === null || sale.sale === null ? [] : [sale.sale],
    refunds: told,
    updatedAt: newest(byId),
    settling: sale?.unsettled
      ? { reason: sale.unsettled, again: [again] }
      : pending.length > 0
        ? { reason: 'refund_pending', again: pending }
        : null,
    needs,
    drift: form.drift,
  }
}

const PROGRESS: Readonly<Record<string, OrderProgress>> = {
  DRAFT: 'placed',
  SENT: 'placed',
  ACCEPTED: 'accepted',
  READY: 'ready',
  DONE: 'completed',
  CANCELLED: 'cancelled',
}

/** A state that nobody has heard of says no more than that the order is there. */
export function progressOf(state: string): OrderProgress {
  return PROGRESS[state] ?? 'placed'
}

export function orderReportOf(order: Json): OrderReport {
  return {
    externalId: textOf(order, 'id'),
    reference: textOf(order, 'reference'),
    progress: progressOf(textOf(order, 'state')),
    at: momentOf(order, 'changed'),
    reason: null,
    readyAt: null,
  }
}

function readOrders(records: readonly SourceRecord[]): Reading {
  const form = openForm()
  const told = records.filter(({ kind }) => kind === 'order').map(({ body }) => JSON.parse(body) as Json)
  for (const order of told) form.word(order, 'order', 'state', Object.keys(PROGRESS))
  return {
    ...{ sales: [], refunds: [], settling: null, needs: [] },
    updatedAt: newest(records),
    drift: form.drift,
    orders: told.map(orderReportOf),
  }
}

function newest(records: readonly SourceRecord[]): Reading['updatedAt'] {
  return records.reduce<Reading['updatedAt']>((latest, { version: { updatedAt } }) => {
    return updatedAt !== null && (latest === null || updatedAt > latest) ? updatedAt : latest
  }, null)
}

const RECEIPT_FIELDS = [
  ...['id', 'no', 'place', 'till', 'cashier', 'customer', 'state', 'created', 'changed', 'done', 'currency', 'rev'],
  ...['lines', 'lines_pending', 'off', 'tax_on_top', 'tax_inside', 'service', 'tip', 'rounding', 'total', 'money'],
  'refunds',
]
const LINE_FIELDS = ['id', 'kind', 'article', 'sku', 'name', 'qty', 'price', 'gross', 'off', 'options', 'taxes']
const MONEY_FIELDS = ['id', 'type', 'brand', 'last4', 'amount', 'tip', 'at']
const REFUND_FIELDS = [
  ...[
    'id',
    'receipt',
    'place',
    'currency',
    'state',
    'amount',
    'tax',
    'tip',
    'type',
    'reason',
    'created',
    'changed',
    'rev',
  ],
  'lines',
]
const STATES = ['OPEN', 'DONE', 'VOID'] as const
const STATUS = { OPEN: 'open', DONE: 'closed', VOID: 'voided' } as const
const TENDERS: Readonly<Record<string, Tender>> = {
  CASH: 'cash',
  CARD: 'card',
  GIFT: 'gift_card',
  WALLET: 'wallet',
  SWAP: 'other',
}

type SaleRead = {
  readonly sale: Sale | null
  readonly refundIds: readonly string[]
  readonly unsettled: 'open' | 'lines_missing' | null
}

function readSale(form: Form, json: Json, lookup: Lookup): SaleRead {
  const at = 'receipt'
  form.only(json, at, RECEIPT_FIELDS)
  const currency = currencyOf(form, json, at)
  const state = form.word(json, at, 'state', STATES)
  const pending = form.flag(json, at, 'lines_pending')
  const refundIds = form.texts(json, at, 'refunds')
  const unsettled = state === 'OPEN' ? 'open' : pending ? 'lines_missing' : null
  if (currency === null || state === null) return { sale: null, refundIds, unsettled }
  const items = form.list(json, at, 'lines').map((line) => readItem(form, line, lookup))
  const gross = items.reduce((sum, item) => sum + (item.kind === 'article' ? (item.gross ?? 0n) : 0n), 0n)
  const deferred = items.reduce((sum, item) => sum + (item.kind === 'gift_card' ? (item.gross ?? 0n) : 0n), 0n)
  const customer = form.find(json, at, 'customer')
  const sale: Sale = {
    externalId: form.text(json, at, 'id'),
    number: form.findText(json, at, 'no'),
    location: form.text(json, at, 'place'),
    register: form.findText(json, at, 'till'),
    staff: form.findText(json, at, 'cashier'),
    channel: null,
    customer: customer === null ? null : form.findText(customer, `${at}.customer`, 'ref'),
    status: STATUS[state],
    currency,
    openedAt: form.moment(json, at, 'created'),
    closedAt: state === 'OPEN' ? null : form.moment(json, at, 'done'),
    timePrecision: 'instant',
    gross: pending ? null : gross,
    discount: form.amount(json, at, 'off'),
    taxAdded: form.amount(json, at, 'tax_on_top'),
    taxIncluded: form.amount(json, at, 'tax_inside'),
    serviceCharge: form.amount(json, at, 'service'),
    tip: form.amount(json, at, 'tip'),
    rounding: form.amount(json, at, 'rounding'),
    deferred,
    total: form.amount(json, at, 'total'),
    items,
    payments: form.list(json, at, 'money').map((one) => readPayment(form, one)),
    refunds: [],
  }
  return { sale, refundIds, unsettled }
}

function readItem(form: Form, json: Json, lookup: Lookup): SaleItem {
  const at = 'receipt.lines[]'
  form.only(json, at, LINE_FIELDS)
  const article = form.findText(json, at, 'article')
  const kind = form.word(json, at, 'kind', ['GOODS', 'VOUCHER'])
  return {
    externalId: form.text(json, at, 'id'),
    article: {
      externalId: article,
      sku: form.findText(json, at, 'sku'),
      name: form.findText(json, at, 'name'),
      variant: null,
      category: article === null ? null : (lookup.article(article)?.category ?? null),
    },
    quantity: form.quantity(json, at, 'qty'),
    unitPrice: form.amount(json, at, 'price'),
    gross: form.amount(json, at, 'gross'),
    discount: form.amount(json, at, 'off'),
    taxes: form.list(json, at, 'taxes').map((tax) => readTax(form, tax)),
    modifiers: form.list(json, at, 'options').map((option) => ({
      name: form.text(option, `${at}.options[]`, 'name'),
      quantity: form.quantity(option, `${at}.options[]`, 'qty'),
      price: form.amount(option, `${at}.options[]`, 'price'),
    })),
    kind: kind === 'VOUCHER' ? 'gift_card' : 'article',
  }
}

function readTax(form: Form, json: Json): Tax {
  const at = 'receipt.lines[].taxes[]'
  return {
    name: form.findText(json, at, 'name'),
    rate: form.quantity(json, at, 'rate'),
    amount: form.amount(json, at, 'amount'),
    included: form.flag(json, at, 'inside'),
  }
}

function readPayment(form: Form, json: Json): Payment {
  const at = 'receipt.money[]'
  form.only(json, at, MONEY_FIELDS)
  return {
    externalId: form.text(json, at, 'id'),
    tender: tenderOf(form, json, at),
    brand: form.findText(json, at, 'brand'),
    last4: form.findText(json, at, 'last4'),
    amount: form.amount(json, at, 'amount'),
    tip: form.amount(json, at, 'tip'),
    fee: null,
    paidAt: form.moment(json, at, 'at'),
  }
}

function tenderOf(form: Form, json: Json, at: string): Tender {
  const type = form.word(json, at, 'type', Object.keys(TENDERS))
  return type === null ? 'unknown' : (TENDERS[type] ?? 'unknown')
}

function readRefund(form: Form, json: Json): { refund: ReadRefund | null; state: 'PENDING' | 'DONE' | null } {
  const at = 'refund'
  form.only(json, at, REFUND_FIELDS)
  const currency = currencyOf(form, json, at)
  const state = form.word(json, at, 'state', ['PENDING', 'DONE'])
  if (currency === null) return { refund: null, state }
  const refund = {
    externalId: form.text(json, at, 'id'),
    refundedAt: form.moment(json, at, 'created'),
    amount: form.amount(json, at, 'amount'),
    tax: form.amount(json, at, 'tax'),
    tip: form.amount(json, at, 'tip'),
    tender: tenderOf(form, json, at),
    reason: form.findText(json, at, 'reason'),
    items: form.list(json, at, 'lines').map((line) => ({
      saleItemExternalId: form.findText(line, 'refund.lines[]', 'line'),
      article: {
        externalId: form.findText(line, 'refund.lines[]', 'article'),
        sku: null,
        name: form.findText(line, 'refund.lines[]', 'name'),
        variant: null,
        category: null,
      },
      quantity: form.quantity(line, 'refund.lines[]', 'qty'),
      amount: form.amount(line, 'refund.lines[]', 'amount'),
      tax: form.amount(line, 'refund.lines[]', 'tax'),
    })),
  }
  const location = form.findText(json, at, 'place')
  return { refund: { refund, saleExternalId: form.text(json, at, 'receipt'), location, currency }, state }
}

function currencyOf(form: Form, json: Json, at: string): CurrencyCode | null {
  const code = form.text(json, at, 'currency')
  if (isCurrencyCode(code)) return code
  form.word(json, at, 'currency', [])
  return null
}

function readArticles(records: readonly SourceRecord[]): readonly CatalogArticle[] {
  return records.map(({ id, body, version, deleted }) => {
    const json = JSON.parse(body) as Json
    const form = openForm()
    const currency = form.text(json, 'article', 'currency')
    return {
      externalId: id,
      parentExternalId: null,
      name: form.text(json, 'article', 'name'),
      variant: null,
      sku: form.findText(json, 'article', 'sku'),
      barcode: null,
      category: form.findText(json, 'article', 'group'),
      price: form.amount(json, 'article', 'price'),
      currency: isCurrencyCode(currency) ? currency : null,
      deleted,
      updatedAt: version.updatedAt,
    }
  })
}
