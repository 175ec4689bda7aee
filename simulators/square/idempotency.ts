import { hash } from 'node:crypto'
import { type Answer, type JsonObject, ok } from './answer.ts'
import type { Call } from './endpoint.ts'
import { textOf } from './reads/request.ts'
import { invalid, SquareRefusal } from './refusal.ts'

/**
 * Does it once for each idempotency key of a seller and a call: the same key with the same body answers what it
 * answered, with another body it is refused. How long Square remembers is not published; here it forgets after
 * `idempotencyLifeMs`, which is never unless it is said, and under the fault `key-forgotten`.
 */
export function withKey(call: Call, name: string, lengthMax: number, act: (key: string | null) => JsonObject): Answer {
  const { square, seller, body } = call
  const key = textOf(body, 'idempotency_key') ?? null
  if (key === null || key === '') return ok(act(null))
  if (key.length > lengthMax) {
    throw invalid('VALUE_TOO_LONG', `Field must not be longer than ${lengthMax} characters.`, 'idempotency_key')
  }
  const place = `${name} ${seller.merchantId} ${key}`
  const request = hash('sha256', JSON.stringify(body), 'base64url')
  const now = square.clock.now()
  const kept = square.answered.get(place)
  const known = kept !== undefined && isRemembered(call, kept.at, name) ? kept : undefined
  if (known === undefined) {
    const answer = act(key)
    square.answered.set(place, { request, body: answer, at: now })
    return ok(answer)
  }
  if (known.request === request) return ok(known.body)
  throw new SquareRefusal(400, {
    category: 'INVALID_REQUEST_ERROR',
    code: 'IDEMPOTENCY_KEY_REUSED',
    detail: 'The idempotency key was used before with a different request.',
    field: 'idempotency_key',
  })
}

function isRemembered({ square }: Call, at: number, name: string): boolean {
  const { idempotencyLifeMs, clock, faults } = square
  if (idempotencyLifeMs !== null && clock.now() - at >= idempotencyLifeMs) return false
  return !faults.strikes('key-forgotten', name)
}
