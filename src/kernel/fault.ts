// A failure that a caller or a person must hear about. Its kind alone decides the HTTP status and whether a retry may
// help; its code is stable and documented in docs/reference/faults.md; its sentence tells a person what to do next.

export type FaultKind = 'invalid' | 'denied' | 'missing' | 'conflict' | 'throttled' | 'unavailable' | 'broken'

/**
 * Where in the input a fault lies: an RFC 6901 JSON pointer and a sentence about that place. A code of its own where a
 * program may want to tell one wrong field from another.
 */
export type FaultPlace = { readonly pointer: string; readonly detail: string; readonly code?: string }

export type FaultOptions = {
  /** One or two sentences for a person: what happened, where, and what to do next. */
  readonly say: string
  /** Facts for the log and the answer's body. Never a secret, never personal data. */
  readonly detail?: Readonly<Record<string, unknown>>
  readonly places?: readonly FaultPlace[]
  /** Whole seconds until another try makes sense; sent as Retry-After. */
  readonly retryAfterSeconds?: number
  readonly cause?: unknown
}

export class Fault extends Error {
  override readonly name = 'Fault'
  readonly kind: FaultKind
  readonly code: string
  readonly detail: Readonly<Record<string, unknown>>
  readonly places: readonly FaultPlace[]
  readonly retryAfterSeconds: number | null

  constructor(kind: FaultKind, code: string, options: FaultOptions) {
    super(options.say, options.cause === undefined ? undefined : { cause: options.cause })
    this.kind = kind
    this.code = code
    this.detail = options.detail ?? {}
    this.places = options.places ?? []
    this.retryAfterSeconds = options.retryAfterSeconds ?? null
  }
}

/** HTTP status of each kind, per RFC 9110. `denied` is 403; a request without any identity is 401 and is said by access. */
export const STATUS_BY_KIND = {
  invalid: 400,
  denied: 403,
  missing: 404,
  conflict: 409,
  throttled: 429,
  unavailable: 503,
  broken: 500,
} as const satisfies Record<FaultKind, number>
