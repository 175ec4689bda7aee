import type { Orders } from '../../contract.ts'
import { HOUR_MS, MINUTE_MS } from '../streams/pages.ts'
import { find } from './find.ts'
import { amend, cancel, report } from './follow.ts'
import { prepare, push } from './push.ts'

/** Orders of other channels, put into Square. README.md says how each amount travels. */
export const orders: Orders = {
  // Square does not publish how long it knows a key; a day is what its people speak of. Later on the reference is looked for.
  assurance: { keyLifeMs: 24 * HOUR_MS, findBy: 'reference', settleMs: MINUTE_MS },
  fulfilments: ['pickup', 'delivery', 'dine_in'],
  unmapped: 'by_name',
  notices: [
    'Square charges the seller 1 % of each order that is put in from outside and was not paid with Square.',
    'Square POS shows an order once it is paid and is to be picked up: deliveries and tables go as pickups that say so in their note.',
  ],
  prepare,
  push,
  find,
  report,
  cancel,
  amend,
}
