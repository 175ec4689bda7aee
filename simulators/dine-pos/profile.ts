import type { Answer, JsonObject, PosRefusal } from './answer.ts'
import type { DinePos, Teller } from './dine-pos.ts'

// What differs from one family of these systems to the next: addresses, words, and what a callback looks like.

export const PROFILES = ['default', 'petpooja', 'urbanpiper'] as const
export type ProfileName = (typeof PROFILES)[number]

export type Profile = Teller & {
  readonly name: ProfileName
  readonly endpoints: readonly Endpoint[]
  /** A refusal in its own words. */
  refused(refusal: PosRefusal): Answer
}

export type Endpoint = {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly path: string
  /** `orders.push`: its name in `GET /requests` and in a fault's `calls`. */
  readonly name: string
  /** What of it shows who calls, out of headers and body. */
  credentials(call: Call): Presented
  /** Answers, or throws a `PosRefusal`. */
  answer(call: Call): Answer
}

/** An empty text is a missing one. */
export type Presented = { readonly appKey: string; readonly appSecret: string; readonly accessToken: string | null }

export type Call = {
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly body: JsonObject
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly pos: DinePos
  /** Epoch milliseconds by the shared clock. */
  readonly now: number
}
