import { type Acme, tell } from './acme.ts'
import type { AcmeOrder, OrderLine } from './order-shape.ts'
import type { Receipt } from './trade.ts'
import { type Answer, type Asked, error } from './wire.ts'

// Orders that others put in. An order is a draft until it is sent to the kitchen; Acme counts its total itself and takes
// none that comes to another one. A key is known for a day. When an order is handed over, the till rings it up.

export const OPTIONS = [
  { id: 'opt-1', name: 'Oat milk', price: 40 },
  { id: 'opt-2', name: 'Extra shot', price: 60 },
]

const KEY_LIFE_MS = 24 * 3_600_000
const NOTE_MAX = 1_000
const NAME_MAX = 200
const REFERENCE_MAX = 40

export function answerOrders(acme: Acme, asked: Asked, id: string | undefined, part: string | undefined): Answer {
  if (id === undefined) return asked.method === 'POST' ? take(acme, asked.body) : search(acme, asked.url)
  const order = acme.orders.get(id)
  if (order === undefined) return { status: 404, body: error('not_found') }
  if (asked.method === 'GET') return { status: 200, body: { order } }
  switch (part) {
    case 'send':
      if (order.state === 'DRAFT') step(acme, order, 'SENT')
      return { status: 200, body: { order } }
    case 'cancel':
      if (order.state === 'DONE') return { status: 422, body: error('too_late') }
      if (order.state !== 'CANCELLED') step(acme, order, 'CANCELLED')
      return { status: 200, body: { order } }
    case 'change':
      if (order.state === 'DONE' || order.state === 'CANCELLED') return { status: 422, body: error('too_late') }
      order.note = (asked.body.note as string | null) ?? null
      order.promised = (asked.body.promised as string | null) ?? null
      step(acme, order, order.state)
      return { status: 200, body: { order } }
    default:
      return { status: 404, body: error('not_found') }
  }
}

function search(acme: Acme, { searchParams }: URL): Answer {
  const reference = searchParams.get('reference')
  return { status: 200, body: { orders: [...acme.orders.values()].filter((one) => one.reference === reference) } }
}

type Draft = Omit<AcmeOrder, 'id' | 'state' | 'created' | 'changed' | 'rev' | 'currency'> & {
  readonly key: string
  readonly currency: string
}

function take(acme: Acme, body: Asked['body']): Answer {
  const { key, ...draft } = body as unknown as Draft
  const known = acme.orderKeys.get(key)
  if (known !== undefined && acme.now - known.at < KEY_LIFE_MS) {
    return { status: 200, body: { order: acme.orders.get(known.id) } }
  }
  const wrong = faultOf(acme, draft)
  if (wrong !== null) return { status: 422, body: error(wrong, `${draft.guest?.name}: ${wrong}`) }
  const id = `ord-${String(acme.orders.size + 1).padStart(5, '0')}`
  const at = new Date(acme.now).toISOString()
  const order: AcmeOrder = { ...draft, id, state: 'DRAFT', created: at, changed: at, rev: 1 }
  acme.orders.set(id, order)
  acme.orderKeys.set(key, { id, at: acme.now })
  return { status: 201, body: { order } }
}

/** What is wrong with it; null: nothing. */
function faultOf(acme: Acme, draft: Omit<Draft, 'key'>): string | null {
  const place = acme.places.find(({ id }) => id === draft.place)
  if (place === undefined) return 'place_unknown'
  if (place.currency !== draft.currency) return 'currency'
  if (draft.reference.length > REFERENCE_MAX) return 'reference_too_long'
  const texts = [draft.note, ...draft.lines.map(({ note }) => note)]
  if (texts.some((text) => (text?.length ?? 0) > NOTE_MAX)) return 'note_too_long'
  if (draft.lines.some(({ name }) => name.length > NAME_MAX)) return 'name_too_long'
  const articles = new Set(acme.articles.map(({ id }) => id))
  if (draft.lines.some(({ article }) => article !== null && !articles.has(article))) return 'article_unknown'
  return totalOf(draft) === draft.total ? null : 'total_differs'
}

function totalOf({ lines, off, taxes, service, tip }: Omit<Draft, 'key'>): number {
  const goods = lines.reduce((sum, line) => sum + grossOf(line) - line.off, 0)
  const onTop = taxes.reduce((sum, { amount, inside }) => sum + (inside ? 0 : amount), 0)
  return goods - off + onTop + service + tip
}

/** Halves go up. */
function grossOf({ qty, price, options }: OrderLine): number {
  const each = options.reduce((sum, option) => sum + option.price, price)
  return Math.floor((Math.round(Number(qty) * 1_000) * each + 500) / 1_000)
}

/** Whoever works there takes it a step further, or calls it off. */
export function step(acme: Acme, order: AcmeOrder, state: AcmeOrder['state']): void {
  order.state = state
  order.rev++
  order.changed = new Date(acme.now).toISOString()
  tell(acme, 'order.changed', { ...order }, acme.now)
  if (state === 'DONE') ringUp(acme, order)
}

function ringUp(acme: Acme, order: AcmeOrder): void {
  const at = order.changed
  const sum = (inside: boolean) =>
    order.taxes.reduce((total, tax) => total + (tax.inside === inside ? tax.amount : 0), 0)
  const id = `r-${order.id}`
  const receipt: Receipt = {
    ...{ id, no: `R-${order.id}`, place: order.place, till: 'till-1', cashier: 'cas-4', customer: null, state: 'DONE' },
    ...{ created: order.created, changed: at, done: at, currency: order.currency, rev: 1, lines_pending: false },
    lines: order.lines.map((line, nth) => ({
      ...{ id: `${id}-${nth + 1}`, kind: 'GOODS', article: line.article, sku: null, name: line.name, qty: line.qty },
      ...{ price: line.price, gross: grossOf(line), off: line.off, taxes: [] },
      options: line.options.map(({ name, price }) => ({ name, qty: '1', price })),
    })),
    off: order.off + order.lines.reduce((total, line) => total + line.off, 0),
    ...{ tax_on_top: sum(false), tax_inside: sum(true), service: order.service, tip: order.tip, rounding: 0 },
    total: order.total,
    money: [{ id: `${id}-p1`, type: 'CARD', brand: null, last4: null, amount: order.total, tip: order.tip, at }],
    refunds: [],
  }
  acme.receipts.set(id, receipt)
  tell(acme, 'receipt.changed', { id, rev: 1 }, acme.now)
}
