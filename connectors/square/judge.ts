import type { ProviderAnswer, ProviderCall, Verdict } from '../contract.ts'
import { findJson, type Json, objectsIn, textIn } from './answers.ts'

// What an answer means, by its status and the first of its errors. An error's `detail` is prose that may repeat what was
// sent, so it is never quoted: its code and the field that it names say enough.

type Told = { readonly code: string; readonly field: string | null }

const UNAVAILABLE_CODES: ReadonlySet<string> = new Set([
  ...['INTERNAL_SERVER_ERROR', 'BAD_GATEWAY', 'SERVICE_UNAVAILABLE', 'GATEWAY_TIMEOUT', 'REQUEST_TIMEOUT'],
  ...['TEMPORARY_ERROR'],
])
const CONFLICT_CODES: ReadonlySet<string> = new Set(['CONFLICT', 'VERSION_MISMATCH'])
/** No new token of the same sign-in will help. */
const REVOKED_CODES: ReadonlySet<string> = new Set(['ACCESS_TOKEN_REVOKED', 'APPLICATION_DISABLED', 'CLIENT_DISABLED'])
/** How the token address says that what it was given to refresh with is worth nothing. */
const SPENT_CODES: ReadonlySet<string> = new Set(['invalid_grant', 'unauthorized', 'UNAUTHORIZED', ...REVOKED_CODES])

export function judge(call: ProviderCall, answer: ProviderAnswer): Verdict {
  const { status } = answer
  if (status >= 200 && status < 300) {
    return beginsObject(answer.body) ? { kind: 'ok' } : { kind: 'garbled', code: 'no_json' }
  }
  const { code, field } = errorOf(answer)
  if (status === 429 || code === 'RATE_LIMITED') return { kind: 'throttled', retryAfterMs: waitOf(answer) }
  if (status === 408 || status >= 500 || UNAVAILABLE_CODES.has(code)) {
    return { kind: 'unavailable', code, retryAfterMs: waitOf(answer) }
  }
  if (call.name === 'oauth.refresh' && (status === 401 || SPENT_CODES.has(code))) {
    return { kind: 'unauthorized', code, revoked: true }
  }
  if (status === 401 || REVOKED_CODES.has(code)) {
    return { kind: 'unauthorized', code, revoked: REVOKED_CODES.has(code) }
  }
  if (status === 403) return { kind: 'forbidden', code, say: `Square does not allow ${call.name}: ${code}.` }
  if (status === 404) return { kind: 'missing', code }
  if (status === 409 || CONFLICT_CODES.has(code)) return { kind: 'conflict', code }
  if (status === 400 && hasCursor(call) && (code === 'INVALID_CURSOR' || field?.endsWith('cursor') === true)) {
    return { kind: 'cursor_expired', code }
  }
  if (status < 400) return { kind: 'garbled', code }
  return { kind: 'refused', code, say: `Square refused ${call.name}: ${code}${field === null ? '' : ` at ${field}`}.` }
}

/** Seconds or a date in `Retry-After`, else the second in which the budget is full again; null when neither is said. */
export function waitOf({ headers, receivedAt }: ProviderAnswer): number | null {
  const after = headers['retry-after']?.trim() ?? ''
  if (/^\d{1,6}(?:\.\d+)?$/.test(after)) return Math.ceil(Number(after) * 1000)
  const at = after === '' ? Number.NaN : Date.parse(after)
  if (!Number.isNaN(at)) return Math.max(0, at - receivedAt)
  const resetAt = resetOf(headers)
  return resetAt === null ? null : Math.max(0, resetAt - receivedAt)
}

/** Milliseconds since 1970. */
export function resetOf(headers: ProviderAnswer['headers']): number | null {
  const reset = headers['x-ratelimit-reset']?.trim() ?? ''
  return /^\d{9,11}$/.test(reset) ? Number(reset) * 1000 : null
}

/** Errors of the API, or one of the OAuth addresses, which have several forms; else the bare status. */
function errorOf({ body, status }: ProviderAnswer): Told {
  const json = findJson(body) ?? {}
  const [first] = objectsIn(json.errors)
  return {
    code: codeIn(first?.code) ?? oauthCode(json) ?? `HTTP_${status}`,
    field: typeof first?.field === 'string' && /^[\w.[\]]{1,80}$/.test(first.field) ? first.field : null,
  }
}

function oauthCode(json: Json): string | null {
  return codeIn(json.error) ?? codeIn(json.type)
}

/** A word, and never a sentence. */
function codeIn(value: unknown): string | null {
  const text = textIn(value)
  return text !== null && /^[A-Za-z][\w.]{0,63}$/.test(text) ? text : null
}

/** Everything that Square answers well is an object. Whether it is whole shows when it is read. */
function beginsObject(body: Uint8Array): boolean {
  let at = 0
  while (at < body.length && (body[at] === 0x20 || body[at] === 0x0a || body[at] === 0x0d || body[at] === 0x09)) at++
  return body[at] === 0x7b
}

function hasCursor({ path, body }: ProviderCall): boolean {
  return /[?&]cursor=/.test(path) || body?.includes('"cursor":') === true
}
