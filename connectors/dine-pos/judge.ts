import type { ProviderAnswer, ProviderCall, Verdict } from '../contract.ts'
import { codeIn, findJson, firstWord, flagIn, type Json } from './answers.ts'

// What an answer means as far as its status says. Such systems say no inside a 200 and sometimes yes inside a 409 (“we
// have that order”), and by which field is a matter of the connection. So of calls about orders every answer that holds an
// object is handed to the talk, which reads it; here only those are judged that speak of the way and not of the order.

const CODES = ['errorCode', 'error_code', 'code', 'error.code', 'error']

export function judge(call: ProviderCall, answer: ProviderAnswer): Verdict {
  const { status } = answer
  const json = findJson(answer.body)
  if (status >= 200 && status < 300) {
    // Whether an empty answer may mean yes is the talk's to say.
    if (json === null) return answer.body.length > 0 ? { kind: 'garbled', code: 'no_json' } : { kind: 'ok' }
    return saysSignInIsWrong(json)
      ? { kind: 'unauthorized', code: codeOf(json, status), revoked: true }
      : { kind: 'ok' }
  }
  const code = codeOf(json, status)
  if (status === 429) return { kind: 'throttled', retryAfterMs: waitOf(answer) }
  if (status === 408 || status >= 500) return { kind: 'unavailable', code, retryAfterMs: waitOf(answer) }
  // The strings do not end and nothing renews them: whoever gave them must give others.
  if (status === 401) return { kind: 'unauthorized', code, revoked: true }
  if (status === 403) return { kind: 'forbidden', code, say: `The system does not allow ${call.name}: ${code}.` }
  if (isAboutOrder(call) && json !== null && (status === 400 || status === 409 || status === 422)) return { kind: 'ok' }
  if (status === 404) return { kind: 'missing', code }
  if (status === 409) return { kind: 'conflict', code }
  // A redirect is followed by nobody, so nothing was done.
  return { kind: 'refused', code, say: `The system refused ${call.name}: ${code}.` }
}

function codeOf(json: Json | null, status: number): string {
  return codeIn(json === null ? null : firstWord(json, CODES)) ?? `HTTP_${status}`
}

/** Some say so inside a 200: then nobody's order is wrong, and every order waits for the right strings. */
function saysSignInIsWrong(json: Json): boolean {
  if (flagIn(json.success) !== false) return false
  const said = [firstWord(json, CODES), firstWord(json, ['message'])].join(' ')
  return /unauthori[sz]ed|(?:invalid|wrong|expired)\b.{0,30}\b(?:app.?key|app.?secret|access.?token|credentials|api.?key)/i.test(
    said,
  )
}

function isAboutOrder({ name }: ProviderCall): boolean {
  return name === 'orders.push' || name === 'orders.cancel'
}

function waitOf({ headers, receivedAt }: ProviderAnswer): number | null {
  const after = headers['retry-after']?.trim() ?? ''
  if (/^\d{1,6}(?:\.\d+)?$/.test(after)) return Math.ceil(Number(after) * 1000)
  const until = after === '' ? Number.NaN : Date.parse(after)
  return Number.isNaN(until) ? null : Math.max(0, until - receivedAt)
}
