import type { Answer, JsonObject } from './answer.ts'
import type { Seller } from './seller.ts'
import type { Square } from './square.ts'

// What every address of the simulated API is made of. Signing in, scopes, the rate limit, `Square-Version`, faults and
// the request ledger are the server's business (server.ts) and have happened before `answer` is called.

export type Endpoint = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** As fastify writes it: `/v2/orders/:order_id`. */
  readonly path: string
  /** `orders.search`: the name it has in `GET /requests` and in a fault's `calls`. */
  readonly name: string
  /** What the token must hold, all of it. 'application': the application's own personal token only. 'none': no bearer. */
  readonly scopes: readonly string[] | 'application' | 'none'
  /** Answers, or throws a `SquareRefusal` (refusal.ts), which becomes Square's `{ "errors": […] }`. */
  answer(call: Call): Answer | Promise<Answer>
}

export type Call = {
  readonly params: Readonly<Record<string, string>>
  /** The query string; of a name that stands twice, the last. */
  readonly query: Readonly<Record<string, string>>
  /** The parsed JSON object of the request; empty where there was no body. */
  readonly body: JsonObject
  /** Whose token it is. With scopes 'none' there is no token: asking for the seller then is a mistake of ours. */
  readonly seller: Seller
  readonly square: Square
  /** Epoch milliseconds by the shared clock. */
  readonly now: number
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
}
