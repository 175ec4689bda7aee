import type { Candidate } from '../../connectors/conformance/stage.ts'
import { api } from './api.ts'
import { orders } from './orders.ts'
import { books, locations, pull } from './pull.ts'
import { reader } from './read.ts'
import { signIn } from './sign-in.ts'
import { webhooks } from './webhooks.ts'

/** A connector to a till company that does not exist. */
export const acme: Candidate = {
  id: 'acme',
  name: 'Acme Tills',
  live: { api, signIn, locations, pull, reader, webhooks, books, orders },
}

export default acme
