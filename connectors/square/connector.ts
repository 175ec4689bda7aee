import type { Connector } from '../contract.ts'
import { api } from './api.ts'
import { books } from './books.ts'
import { locations } from './locations.ts'
import { orders } from './orders/orders.ts'
import { pull } from './pull.ts'
import { reader } from './read/reader.ts'
import { signIn } from './sign-in.ts'
import { webhooks } from './webhooks.ts'

/** Square, read live: sales, payments, refunds, articles, stock and customers. README.md says what is special about it. */
export const square: Connector = {
  id: 'square',
  name: 'Square',
  live: { api, signIn, locations, pull, reader, webhooks, books, orders },
}
