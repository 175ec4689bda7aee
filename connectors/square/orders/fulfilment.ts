import type { Order } from '#canon/order.ts'
import { instantText } from '#kernel/instant.ts'
import type { OrderRemark } from '../../contract.ts'
import type { Json } from '../answers.ts'
import { fitting } from './text.ts'

// How an order is handed over, as one fulfilment of Square's. Square POS shows orders to be picked up, and orders to be
// delivered only to partners of Square, so every order goes as one to be picked up; what it really is stands first in its
// note, where whoever prepares it looks.

const NAME_MAX = 255
const PHONE_MAX = 17
const NOTE_MAX = 500
/** What an order without a promised time is given to be made: Square wants a time and works one out from it. */
const PREPARE_FOR = 'PT15M'

export function fulfilmentOf(order: Order): { readonly body: Json; readonly remarks: readonly OrderRemark[] } {
  const { customer, fulfilment } = order
  const name = fitting(customer?.name.trim() || `Order ${order.number}`, NAME_MAX, '/customer/name', 'customer’s name')
  const note = fitting(noteOf(order), NOTE_MAX, '/note', 'note')
  const phone = customer?.phone ?? null
  const fits = phone === null || phone.length <= PHONE_MAX
  const body = {
    type: 'PICKUP',
    state: 'PROPOSED',
    pickup_details: {
      recipient: { display_name: name.text, ...(phone === null || !fits ? {} : { phone_number: phone }) },
      ...(fulfilment.at === null
        ? { schedule_type: 'ASAP', prep_time_duration: PREPARE_FOR }
        : { schedule_type: 'SCHEDULED', pickup_at: instantText(fulfilment.at) }),
      ...(note.text === '' ? {} : { note: note.text }),
    },
  }
  const remarks = [
    ...name.remarks,
    ...note.remarks,
    ...(fits
      ? []
      : [left('/customer/phone', `Square takes at most ${PHONE_MAX} characters of a phone number; it is left out.`)]),
    ...wayRemarks(order),
  ]
  return { body, remarks }
}

function left(pointer: string, say: string): OrderRemark {
  return { code: 'orders.left-out', pointer, say }
}

function wayRemarks({ fulfilment: { kind } }: Order): OrderRemark[] {
  if (kind === 'pickup') return []
  const what = kind === 'delivery' ? 'delivery' : 'a table'
  const say = `Square POS shows orders for pickup alone: this one for ${what} goes as one, with where it belongs in its note.`
  return [{ code: 'orders.as-pickup', pointer: '/fulfilment/kind', say }]
}

/** What must not be cut off comes first. */
function noteOf({ fulfilment, payment, note, test }: Order): string {
  const { kind, table, guests, address } = fulfilment
  const place = [
    ...(address?.lines ?? []),
    [address?.postalCode, address?.city].filter(Boolean).join(' '),
    address?.region ?? '',
  ].filter((line) => line !== '')
  return [
    test ? 'TEST – DO NOT MAKE' : '',
    payment.state === 'due' ? 'NOT YET PAID' : '',
    kind === 'delivery' ? `DELIVERY: ${place.join(', ')}` : '',
    kind === 'dine_in' ? `TABLE ${table ?? '?'}${guests === null ? '' : `, ${guests} guests`}` : '',
    note ?? '',
    fulfilment.note ?? '',
  ]
    .filter((part) => part.trim() !== '')
    .join('\n')
}
