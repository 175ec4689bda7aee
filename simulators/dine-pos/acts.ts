import type { Act } from '../stage/control.ts'
import type { DinePos } from './dine-pos.ts'
import type { Kitchen } from './kitchen.ts'
import type { MenuEdit } from './menu.ts'
import { minorOf } from './money.ts'
import { type KeptOrder, STATUSES } from './order.ts'
import { placeOrders } from './urbanpiper-profile.ts'

// What somebody at the restaurant may do: `POST /acts { "name", … }`. Times are RFC 3339.

type ActOrder = Readonly<Record<string, unknown>>

export function actsOf(pos: DinePos, kitchen: Kitchen): Readonly<Record<string, Act>> {
  return {
    'set-callbacks': {
      says: 'The merchant types in what the hub shows him: { secret?, order_url?, stock_url?, store_url? }; null takes one out.',
      run: (order) => {
        pos.callbacks = {
          secret: textOr(order, 'secret', pos.callbacks.secret),
          orderUrl: textOr(order, 'order_url', pos.callbacks.orderUrl),
          stockUrl: textOr(order, 'stock_url', pos.callbacks.stockUrl),
          storeUrl: textOr(order, 'store_url', pos.callbacks.storeUrl),
        }
      },
    },
    'move-order': {
      says: 'Somebody at the POS sets the state of an order: { order_id (the caller’s) or pos_order_id, status, reason? }.',
      run: (order) => moveOrder(pos, order),
    },
    'rest-kitchen': {
      says: 'The kitchen leaves orders as they are, or goes on: { resting: true | false }.',
      run: ({ resting }) => kitchen.rest(resting === true),
    },
    'sell-out': {
      says: 'Things are sold out: { ids, type?: "item" | "addon", until? }.',
      run: (order) => setStock(pos, order, false),
    },
    'bring-back': {
      says: 'Things are there again: { ids, type?: "item" | "addon" }.',
      run: (order) => setStock(pos, order, true),
    },
    'close-restaurant': {
      says: 'The restaurant takes no orders: { until?, reason? }.',
      run: (order) => setOpen(pos, order, false),
    },
    'open-restaurant': {
      says: 'The restaurant takes orders again.',
      run: (order) => setOpen(pos, order, true),
    },
    'edit-menu': {
      says: 'The merchant changes his menu: { kind: "reprice" | "rename" | "delete" | "renumber", id, price? | name? }.',
      run: (order) => editMenu(pos, order),
    },
    'place-orders': {
      says: 'Guests order on a delivery platform: { count? }; only where orders come from there (urbanpiper).',
      run: ({ count }) => {
        if (pos.teller.name !== 'urbanpiper') throw new RangeError('This profile takes orders by its API only.')
        return placeOrders(pos, typeof count === 'number' ? count : 1)
      },
    },
    'renew-credentials': {
      says: 'The vendor gives out new credentials; the old ones end. Answers them.',
      run: () => pos.renewCredentials(),
    },
  }
}

function textOr(order: ActOrder, field: string, standing: string | null): string | null {
  const value = order[field]
  if (value === null) return null
  return typeof value === 'string' ? value : standing
}

function moveOrder(pos: DinePos, order: ActOrder): void {
  const status = STATUSES.find((each) => each === order.status)
  if (status === undefined) throw new RangeError(`The status is one of ${STATUSES.join(', ')}.`)
  pos.move(orderNamed(pos, order), status, typeof order.reason === 'string' ? order.reason : null)
}

function orderNamed(pos: DinePos, { order_id: clientId, pos_order_id: posId }: ActOrder): KeptOrder {
  const found = typeof posId === 'string' ? pos.order(posId) : pos.ordersOf(String(clientId)).at(-1)
  if (found === null || found === undefined) throw new RangeError(`There is no order ${posId ?? clientId}.`)
  return found
}

function setStock(pos: DinePos, order: ActOrder, inStock: boolean): void {
  const ids = Array.isArray(order.ids) ? order.ids.map(String) : []
  if (ids.length === 0) throw new RangeError('Name the ids of things on the menu: { "ids": ["118829149"] }.')
  const now = pos.clock.now()
  for (const id of ids) pos.menu.edit({ kind: 'stock', id, inStock }, now)
  const until = inStock ? null : instantIn(order, 'until')
  const type = order.type === 'addon' ? 'addon' : 'item'
  pos.tell({ event: 'stock', type, ids, inStock, until })
  if (until === null) return
  pos.clock.at(until, () => setStock(pos, { ids, type }, true))
}

function setOpen(pos: DinePos, order: ActOrder, open: boolean): void {
  pos.opened = open
  const until = open ? null : instantIn(order, 'until')
  const reason = typeof order.reason === 'string' ? order.reason : ''
  pos.tell({ event: 'store', open, until, reason })
  if (until !== null) pos.clock.at(until, () => setOpen(pos, {}, true))
}

function instantIn(order: ActOrder, field: string): number | null {
  const value = order[field]
  if (value === undefined || value === null) return null
  const instant = Date.parse(String(value))
  if (Number.isNaN(instant)) throw new RangeError(`"${value}" is no RFC 3339 instant.`)
  return instant
}

function editMenu(pos: DinePos, order: ActOrder): void {
  if (order.kind === 'renumber') pos.menu.renumber()
  else pos.menu.edit(editOf(pos, order), pos.clock.now())
}

function editOf(pos: DinePos, { kind, id, name, price }: ActOrder): MenuEdit {
  if (typeof id !== 'string') throw new RangeError('Name the id of something on the menu.')
  const minor = typeof price === 'string' ? minorOf(price, pos.exponent) : null
  if (kind === 'reprice' && minor !== null) return { kind, id, price: minor }
  if (kind === 'rename' && typeof name === 'string') return { kind, id, name }
  if (kind === 'delete') return { kind, id }
  throw new RangeError('The kind is reprice (with price, "126.00"), rename (with name), delete or renumber.')
}
