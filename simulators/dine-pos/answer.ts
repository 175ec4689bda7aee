// What goes back and forth: JSON objects in, answers out.

export type JsonObject = Readonly<Record<string, unknown>>

export type Answer = { readonly status: number; readonly body: unknown; readonly headers?: Record<string, string> }

/** The answer of nearly every call, of a refusal too: whether it worked stands in the body. */
export function ok(body: unknown): Answer {
  return { status: 200, body }
}

/** What is wrong with a call, before a profile has put it into its own words. */
export type RefusalCode =
  | 'unauthorized'
  | 'token-expired'
  | 'restaurant-unknown'
  | 'validation'
  | 'item-unknown'
  | 'item-out-of-stock'
  | 'restaurant-closed'
  | 'total-mismatch'
  | 'key-reused'
  | 'order-unknown'
  | 'cannot-cancel'
  | 'not-saved'

/** A call that the POS would not serve. Thrown by endpoints, worded by the profile, answered by the server. */
export class PosRefusal extends Error {
  readonly code: RefusalCode
  /** What is wrong, by its path in the body: `items.0.id`. */
  readonly fields: Readonly<Record<string, string>>

  constructor(code: RefusalCode, message: string, fields: Readonly<Record<string, string>> = {}) {
    super(message)
    this.code = code
    this.fields = fields
  }
}
