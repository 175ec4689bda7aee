import type {
  FoundOrder,
  Link,
  OrderRemark,
  OrderReport,
  Orders,
  OutgoingOrder,
  PosArticle,
  PreparedOrder,
  ProviderCall,
  PushedOrder,
  Talk,
} from '../../connectors/contract.ts'
import { CallFailed, Garbled } from '../../connectors/contract.ts'
import type { CatalogArticle } from '../../src/canon/catalog.ts'
import type { Order, OrderItem } from '../../src/canon/order.ts'
import { instantText } from '../../src/kernel/instant.ts'
import { sum, wireAmount } from '../../src/kernel/money.ts'
import { findTextOf, isObject, type Json, listOf, momentOf, objectOf, textOf, wholeOf } from './api.ts'
import { orderReportOf, progressOf, recordsOf } from './read.ts'

// Orders of other channels, put into Acme: drafted with a key, then sent to the kitchen. Both may be repeated. Acme counts
// the total itself and takes no order that comes to another one, so nothing of its amounts is ever bent to fit.

const NOTE_MAX = 1_000
const NAME_MAX = 200
const KINDS = { pickup: 'PICKUP', delivery: 'DELIVERY', dine_in: 'TABLE' } as const

export const orders: Orders = {
  assurance: { keyLifeMs: 24 * 3_600_000, findBy: 'reference', settleMs: 5_000 },
  fulfilments: ['pickup', 'delivery', 'dine_in'],
  unmapped: 'by_name',
  notices: ['Acme prints an order in the kitchen as soon as it is sent.'],
  prepare,
  push,
  find,
  report,
  cancel,
  amend,
  menu,
}

function prepare(outgoing: OutgoingOrder): PreparedOrder {
  const remarks: OrderRemark[] = []
  const draft = draftCall(outgoing, remarks)
  return { calls: [draft, sendCall('{order}')], problems: [], warnings: remarks }
}

function* push(_: Link, outgoing: OutgoingOrder): Talk<PushedOrder> {
  const draft = orderIn(objectOf((yield draftCall(outgoing, [])).body))
  return pushedOf(orderIn(objectOf((yield sendCall(textOf(draft, 'id'))).body)))
}

function* find(_: Link, { reference }: OutgoingOrder): Talk<readonly FoundOrder[]> {
  const path = `/v1/orders?reference=${encodeURIComponent(reference)}`
  const told = objectOf((yield asked('orders.search', path)).body)
  return listOf(told, 'orders').map((order) => {
    const pushed = pushedOf(order)
    const lines = listOf(order, 'lines').map((line) => `${textOf(line, 'qty')} × ${textOf(line, 'name')}`)
    return {
      match: 'certain',
      whole: order.state !== 'DRAFT',
      pushed,
      createdAt: momentOf(order, 'created'),
      shows: [`Order ${pushed.externalId}`, textOf(order, 'created'), ...lines],
    }
  })
}

function* report(_: Link, externalId: string): Talk<OrderReport | null> {
  try {
    return orderReportOf(orderIn(objectOf((yield asked('orders.read', pathOf(externalId))).body)))
  } catch (failure) {
    if (failure instanceof CallFailed && failure.verdict.kind === 'missing') return null
    throw failure
  }
}

function* cancel(_: Link, externalId: string, _order: OutgoingOrder, reason: string): Talk<void> {
  const answer = yield write('orders.cancel', `${pathOf(externalId)}/cancel`, { reason })
  orderIn(objectOf(answer.body))
}

function* amend(_: Link, externalId: string, { order }: OutgoingOrder): Talk<PushedOrder> {
  const change = { note: fitting(order.note, NOTE_MAX, '/note', []), promised: promisedOf(order) }
  return pushedOf(orderIn(objectOf((yield write('orders.change', `${pathOf(externalId)}/change`, change)).body)))
}

/** Articles come with a stream too; options, which an order may name, stand here alone. */
function* menu(): Talk<readonly CatalogArticle[]> {
  const told = objectOf((yield asked('menu.read', '/v1/menu')).body)
  const read = (one: Json): CatalogArticle => ({
    externalId: textOf(one, 'id'),
    parentExternalId: null,
    name: textOf(one, 'name'),
    variant: null,
    sku: findTextOf(one, 'sku'),
    barcode: null,
    category: findTextOf(one, 'group'),
    price: BigInt(wholeOf(one, 'price')),
    currency: null,
    deleted: false,
    updatedAt: null,
  })
  const options = listOf(told, 'options').map((one) => ({ ...read(one), kind: 'modifier' as const }))
  return [...listOf(told, 'articles').map(read), ...options]
}

// ── What is sent ────────────────────────────────────────────────────────────────────────────────────────────────────

/** Says in `remarks` what goes another way than it came. */
function draftCall(outgoing: OutgoingOrder, remarks: OrderRemark[]): ProviderCall {
  const { order, location, key, reference, articles } = outgoing
  const { fulfilment, customer } = order
  const total = (parts: readonly { readonly amount: bigint }[]) => wireAmount(sum(parts.map(({ amount }) => amount)))
  return write('orders.draft', '/v1/orders', {
    key,
    reference,
    place: location,
    currency: order.currency,
    kind: KINDS[fulfilment.kind],
    table: fulfilment.table,
    guest: customer === null ? null : { name: customer.name, phone: customer.phone, address: fulfilment.address },
    lines: order.items.map((item, nth) => lineOf(item, `/items/${nth}`, articles, remarks)),
    off: total(order.discounts),
    taxes: order.taxes.map(({ name, rate, amount, included }) => {
      return { name, rate, amount: wireAmount(amount), inside: included }
    }),
    service: total(order.charges),
    tip: wireAmount(order.tip),
    total: wireAmount(order.total),
    paid: order.payment.state === 'paid',
    promised: promisedOf(order),
    note: fitting(order.note, NOTE_MAX, '/note', remarks),
  })
}

function lineOf(
  { itemId, name, quantity, unitPrice, modifiers, discount, note }: OrderItem,
  pointer: string,
  articles: ReadonlyMap<string, PosArticle>,
  remarks: OrderRemark[],
): Json {
  const standsFor = (id: string | null, at: string): string | null => {
    const article = id === null ? undefined : articles.get(id)
    if (article !== undefined) return article.externalId
    const say = 'It stands for none of Acme’s articles and goes by its name.'
    remarks.push({ code: 'orders.unmapped-item', pointer: `${at}/item_id`, say })
    return null
  }
  return {
    article: standsFor(itemId, pointer),
    name: fitting(name, NAME_MAX, `${pointer}/name`, remarks),
    qty: quantity,
    price: wireAmount(unitPrice),
    // Acme knows an option once a line: one that is wanted twice stands there twice.
    options: modifiers.map((one, nth) => ({
      option: standsFor(one.itemId, `${pointer}/modifiers/${nth}`),
      name: one.name,
      price: wireAmount(one.unitPrice),
    })),
    off: wireAmount(discount),
    note: fitting(note, NOTE_MAX, `${pointer}/note`, remarks),
  }
}

function fitting(text: string | null, most: number, pointer: string, remarks: OrderRemark[]): string | null {
  if (text === null || text.length <= most) return text
  const say = `Acme takes at most ${most} characters; the rest is left out.`
  remarks.push({ code: 'orders.shortened', pointer, say })
  // A pair of halves that make one sign is not cut in two.
  return `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`
}

function promisedOf({ fulfilment: { at } }: Order): string | null {
  return at === null ? null : instantText(at)
}

function sendCall(id: string): ProviderCall {
  return write('orders.send', `/v1/orders/${id}/send`, {})
}

function pathOf(externalId: string): string {
  return `/v1/orders/${encodeURIComponent(externalId)}`
}

function asked(name: string, path: string): ProviderCall {
  return { name, method: 'GET', path, body: null, repeatable: true }
}

/** All of Acme's changes may be repeated: a draft by its key, the others since they change nothing the second time. */
function write(name: string, path: string, body: Json): ProviderCall {
  return { name, method: 'POST', path, body: JSON.stringify(body), repeatable: true, writes: true }
}

// ── What is answered ────────────────────────────────────────────────────────────────────────────────────────────────

function orderIn(answer: Json): Json {
  if (!isObject(answer.order)) throw new Garbled('the answer holds no order')
  return answer.order
}

function pushedOf(order: Json): PushedOrder {
  return {
    externalId: textOf(order, 'id'),
    number: textOf(order, 'id'),
    progress: progressOf(textOf(order, 'state')),
    total: BigInt(wholeOf(order, 'total')),
    records: recordsOf('order', order),
  }
}
