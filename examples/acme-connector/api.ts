import type { Api, ProviderAnswer, ProviderCall, Verdict } from '../../connectors/contract.ts'
import { Garbled } from '../../connectors/contract.ts'
import { type Instant, instant } from '../../src/kernel/instant.ts'

// How a call is made and what its answer means. Acme writes errors as `{ "error": { "code", "text" } }`; the text may
// quote what was sent, so only the code is ever said, and only where it looks like one.

export const api: Api = {
  hosts: { production: 'https://api.acme-tills.example', sandbox: 'https://try.acme-tills.example' },
  version: '2026-01',
  sunset: null,
  pace: {
    requestsPerSecond: 10,
    concurrent: 4,
    timeoutMs: 20_000,
    learn: ({ headers }) => {
      const remaining = Number(headers['acme-calls-left'] ?? Number.NaN)
      return Number.isInteger(remaining) ? { requestsPerSecond: null, remaining, resetAt: null } : null
    },
  },
  headers: ({ credentials }, { unsigned }) => ({
    accept: 'application/json',
    'content-type': 'application/json',
    'acme-version': '2026-01',
    ...(unsigned ? {} : { authorization: `Bearer ${credentials.access_token ?? ''}` }),
  }),
  judge,
}

function judge(_: ProviderCall, answer: ProviderAnswer): Verdict {
  const { status } = answer
  if (status >= 200 && status < 300) return { kind: 'ok' }
  const code = codeOf(answer)
  if (status === 429) return { kind: 'throttled', retryAfterMs: retryAfterMs(answer) }
  if (status === 408 || status >= 500) return { kind: 'unavailable', code, retryAfterMs: retryAfterMs(answer) }
  if (status === 401) return { kind: 'unauthorized', code, revoked: code === 'token_revoked' }
  if (status === 403) return { kind: 'forbidden', code, say: `Acme does not allow this sign-in to do that (${code}).` }
  if (status === 404) return { kind: 'missing', code }
  if (status === 409) return { kind: 'conflict', code }
  if (code === 'cursor_expired') return { kind: 'cursor_expired', code }
  return { kind: 'refused', code, say: `Acme refused the call (${code}).` }
}

/** Acme's own word for the error, or the status where a gateway answered in its place. */
function codeOf(answer: ProviderAnswer): string {
  try {
    const { error } = JSON.parse(Buffer.from(answer.body).toString()) as { error?: { code?: unknown } }
    if (typeof error?.code === 'string' && /^[a-z_]{1,40}$/.test(error.code)) return error.code
  } catch {
    // A gateway's page: the status says all there is to know.
  }
  return `http_${answer.status}`
}

/** Seconds or a date, as RFC 9110 has it. */
function retryAfterMs({ headers, receivedAt }: ProviderAnswer): number | null {
  const told = headers['retry-after']
  if (told === undefined) return null
  if (/^\d+$/.test(told)) return Number(told) * 1_000
  const at = Date.parse(told)
  return Number.isNaN(at) ? null : Math.max(0, at - receivedAt)
}

export type Json = Readonly<Record<string, unknown>>

/** The object that an `ok` answer promises. Throws `Garbled`, without a word of what there was instead. */
export function objectOf(body: Uint8Array): Json {
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    throw new Garbled('the body is no JSON')
  }
  if (!isObject(json)) throw new Garbled('the body is no JSON object')
  return json
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function textOf(json: Json, field: string): string {
  const value = json[field]
  if (typeof value !== 'string' || value === '') throw new Garbled(`${field} is no text`)
  return value
}

export function findTextOf(json: Json, field: string): string | null {
  return json[field] === undefined || json[field] === null ? null : textOf(json, field)
}

export function listOf(json: Json, field: string): readonly Json[] {
  const value = json[field]
  if (!Array.isArray(value) || !value.every(isObject)) throw new Garbled(`${field} is no list of objects`)
  return value
}

export function wordsOf(json: Json, field: string): readonly string[] {
  const value = json[field]
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string')) {
    throw new Garbled(`${field} is no list of words`)
  }
  return value
}

export function wholeOf(json: Json, field: string): number {
  const value = json[field]
  if (!Number.isSafeInteger(value)) throw new Garbled(`${field} is no whole number`)
  return value as number
}

/** A moment with its zone: one without would be read as this machine's own. */
export function momentOf(json: Json, field: string): Instant {
  const at = readMoment(json[field])
  if (at === null) throw new Garbled(`${field} is no moment`)
  return at
}

export function readMoment(value: unknown): Instant | null {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(value))
    return null
  const at = Date.parse(value)
  return Number.isNaN(at) ? null : instant(at)
}
