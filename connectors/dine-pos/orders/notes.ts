import type { Order, OrderAddress } from '#canon/order.ts'

// Words for the kitchen, and for whoever brings it.

export type Shortened = { readonly text: string; readonly isShortened: boolean }

/** On one line, and no longer than the system takes. */
export function shortened(text: string | null, most: number): Shortened {
  const plain = (text ?? '').replace(/\s+/g, ' ').trim()
  if (plain.length <= most) return { text: plain, isShortened: false }
  // A pair of halves that make one sign must not be cut in two.
  return { text: `${plain.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`, isShortened: true }
}

/** All that is said about the order as a whole: the number that the guest will name first, where the id does not show it. */
export function orderNote(order: Order, reference: string): string {
  const { note, number, fulfilment, test } = order
  const forBringing = fulfilment.note === null ? null : `Delivery: ${fulfilment.note}`
  const called = number === '' || reference.includes(number) ? null : `#${number}`
  return [test ? 'TEST ORDER, DO NOT PREPARE' : null, called, note, forBringing]
    .filter((one) => one !== null)
    .join(' – ')
}

export function addressText(address: OrderAddress | null): string {
  if (address === null) return ''
  const { lines, postalCode, city, region, country } = address
  return [...lines, city, region, postalCode, country].filter((part) => part !== null && part.trim() !== '').join(', ')
}
