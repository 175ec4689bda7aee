import type { Act } from '../stage/control.ts'
import { FULFILLMENT_STATES } from './fulfilments.ts'
import type { Seller } from './seller.ts'
import type { Square } from './square.ts'
import { moveOrder } from './staff.ts'

// What a seller or Square itself may do that is neither a sale nor a fault: `POST /acts { "name", … }`.

type ActOrder = Readonly<Record<string, unknown>>

export function actsOf(square: Square): Readonly<Record<string, Act>> {
  return {
    revoke: {
      says: 'The seller takes the application’s access back: { merchant? }.',
      run: (order) => square.revoke(sellerOf(square, order), 'MERCHANT'),
    },
    'expire-tokens': {
      says: 'The access tokens of a seller end before their time: { merchant? }. His refresh tokens stand.',
      run: (order) => square.tokens.expire(sellerOf(square, order).merchantId, square.now()),
    },
    'edit-catalogue': {
      says: 'The seller changes his catalogue: { kind: "reprice" | "rename" | "delete", id, amount? | name?, merchant? }.',
      run: (order) => editCatalogue(square, order),
    },
    'sell-out': {
      says: 'Something is sold out: { id of an item or a variation, location?, merchant? }. Of what is counted nothing is left.',
      run: (order) => setSoldOut(square, order, true),
    },
    'bring-back': {
      says: 'It is there again: { id, location?, quantity? of what is counted, 50 if not given, merchant? }.',
      run: (order) => setSoldOut(square, order, false),
    },
    'move-order': {
      says: 'Somebody at the counter sets the state of a pushed order: { id or reference_id, state: "RESERVED" | "PREPARED" | "COMPLETED" | "CANCELED" | "FAILED", reason?, merchant? }.',
      run: (order) => moveNamed(square, order),
    },
    'rename-customer': {
      says: 'The seller corrects a name in his directory: { id, given, family, merchant? }.',
      run: (order) => {
        const seller = sellerOf(square, order)
        const name = { given: String(order.given), family: String(order.family) }
        square.raise(seller, seller.reads.customers.rename(String(order.id), name, square.now()))
      },
    },
    'delete-customer': {
      says: 'The seller deletes a customer from his directory: { id, merchant? }.',
      run: (order) => {
        const seller = sellerOf(square, order)
        square.raise(seller, { ...seller.reads.customers.remove(String(order.id)), deleted: true })
      },
    },
    'close-location': {
      says: 'A location becomes INACTIVE: { location, merchant? }.',
      run: (order) => setLocation(square, order, 'INACTIVE'),
    },
    'open-location': {
      says: 'A location becomes ACTIVE again: { location, merchant? }.',
      run: (order) => setLocation(square, order, 'ACTIVE'),
    },
    'disable-subscriptions': {
      says: 'Square disables all webhook subscriptions, as after weeks of failures.',
      run: () => {
        for (const subscription of square.subscriptions.list()) subscription.enabled = false
      },
    },
  }
}

function sellerOf(square: Square, { merchant }: ActOrder): Seller {
  return typeof merchant === 'string' ? square.seller(merchant) : square.mainSeller
}

function editCatalogue(square: Square, order: ActOrder): void {
  const seller = sellerOf(square, order)
  square.raise(seller, seller.reads.editCatalogue(editOf(order), square.now()))
}

function editOf({ kind, id, amount, name }: ActOrder): Parameters<Seller['reads']['editCatalogue']>[0] {
  if (typeof id !== 'string') throw new RangeError('Name the id of a catalogue object.')
  if (kind === 'reprice' && typeof amount === 'number') return { kind, id, amount }
  if (kind === 'rename' && typeof name === 'string') return { kind, id, name }
  if (kind === 'delete') return { kind, id }
  throw new RangeError('The kind is reprice (with amount), rename (with name) or delete.')
}

function setLocation(square: Square, order: ActOrder, status: 'ACTIVE' | 'INACTIVE'): void {
  const seller = sellerOf(square, order)
  const location = typeof order.location === 'string' ? seller.findLocation(order.location) : null
  if (location === null) throw new RangeError(`No location of ${seller.name} has the id ${order.location}.`)
  location.status = status
  // Says only which location: what changed must be read.
  square.raise(seller, { type: 'location.updated', dataType: 'location', id: location.id, locationId: location.id })
}

function setSoldOut(square: Square, order: ActOrder, soldOut: boolean): void {
  const seller = sellerOf(square, order)
  const place = typeof order.location === 'string' ? seller.findLocation(order.location) : null
  if (typeof order.location === 'string' && place === null) {
    throw new RangeError(`No location of ${seller.name} has the id ${order.location}.`)
  }
  const locationIds = place === null ? seller.locations.map(({ id }) => id) : [place.id]
  const quantity = typeof order.quantity === 'number' ? order.quantity : 50
  const change = { id: String(order.id), locationIds, soldOut, quantity: soldOut ? 0 : quantity }
  for (const event of seller.reads.setSoldOut(change, square.now())) square.raise(seller, event)
}

/** Only what the counter shows: paid, pushed in, on its way. */
function moveNamed(square: Square, order: ActOrder): void {
  const seller = sellerOf(square, order)
  const state = FULFILLMENT_STATES.find((each) => each === order.state)
  if (state === undefined) throw new RangeError(`The state is one of ${FULFILLMENT_STATES.join(', ')}.`)
  const found =
    typeof order.id === 'string'
      ? seller.findOrder(order.id)
      : [...seller.allOrders()].find(
          (each) => each.reference_id !== undefined && each.reference_id === order.reference_id,
        )
  if (found === null || found === undefined || found.version === undefined || found.state !== 'OPEN') {
    throw new RangeError(`No open order of ${seller.name} that was pushed in is ${order.id ?? order.reference_id}.`)
  }
  moveOrder(square, seller, found, state, typeof order.reason === 'string' ? order.reason : null)
}
