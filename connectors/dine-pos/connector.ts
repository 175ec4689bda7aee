import type { Connector, Pull } from '../contract.ts'
import { api } from './api.ts'
import { locations } from './locations.ts'
import { orders } from './orders/orders.ts'
import { reader } from './reader.ts'
import { signIn } from './sign-in.ts'
import { webhooks } from './webhooks.ts'

/** Nothing is read of such systems: what they sell at the counter is not shown to anybody. */
const pull: Pull = { streams: [], fetch: nothing, fetchMax: () => 1 }

function* nothing(): ReturnType<Pull['fetch']> {
  yield* []
  return []
}

/** Restaurant systems that take orders by credentials and tell their progress. README.md says what is special about it. */
export const dinePos: Connector = {
  id: 'dine-pos',
  name: 'Dine POS',
  live: { api, signIn, locations, pull, reader, webhooks, orders },
}
