import { findDecimal } from '#kernel/decimal.ts'
import { type Minor, roundToMinor } from '#kernel/money.ts'
import { CallFailed, Garbled, type ProviderAnswer } from '../../contract.ts'
import { answerAt, at, codeIn, firstWord, isObject, type Json, jsonOf } from '../answers.ts'
import type { FieldMap } from '../field-map.ts'
import type { Settings } from '../settings.ts'
import { pointerOf } from './pointers.ts'

export type Taken = {
  /** The system’s own id of the order; null where it tells none. */
  readonly posOrderId: string | null
  readonly total: Minor | null
  /** It had the order already, from an earlier try. */
  readonly isRepeat: boolean
}

/**
 * What an answer to a push says. An order that was there already was put in by an earlier try: that is success. Throws
 * `CallFailed` (`refused`) for a no, and `Garbled` for an answer that says neither yes nor no: then nobody knows.
 */
export function readTaken(answer: ProviderAnswer, { map, currency }: Settings, reference: string): Taken {
  const json = answer.body.length === 0 && map.success.path === null ? {} : jsonOf(answer)
  const isRepeat = isDuplicate(json, map)
  if (!isRepeat) refuseUnlessWell('orders.push', answer, json, map)
  const echoed = firstWord(json, ['clientOrderID', 'client_order_id'])
  if (echoed !== null && echoed !== reference) throw new Garbled('the answer is about another order')
  const said = firstWord(json, map.total)
  const total = said === null ? null : findDecimal(said)
  const posOrderId = firstWord(json, map.pos_order_id)
  return {
    posOrderId: posOrderId === reference ? null : posOrderId,
    total: total === null ? null : roundToMinor(total, currency),
    isRepeat,
  }
}

/** Throws as {@link readTaken}. */
export function refuseUnlessWell(call: string, answer: ProviderAnswer, json: Json, map: FieldMap): void {
  const isWell = answer.status < 300
  const { path, values } = map.success
  if (isWell && path === null) return
  const said = path === null ? null : answerAt(json, path)
  if (isWell && said !== null && values.some((value) => value.toLowerCase() === said.toLowerCase())) return
  const code = firstWord(json, map.error.code)
  if (isWell && said === null && code === null) throw new Garbled('the answer says neither yes nor no')
  throw refused(call, answer, json, map)
}

function refused(call: string, { status }: ProviderAnswer, json: Json, map: FieldMap): CallFailed {
  const code = codeIn(firstWord(json, map.error.code)) ?? (status < 300 ? 'refused' : `HTTP_${status}`)
  const fields = map.error.fields.flatMap((path) => fieldsIn(at(json, path)))
  const places = [...new Set(fields.map(pointerOf))].filter((pointer) => pointer !== null).slice(0, PLACES_MAX)
  const where = places.length === 0 ? '' : ` at ${places.join(', ')}`
  // The message may repeat what the customer typed, so the code and the fields must do.
  return new CallFailed(call, { kind: 'refused', code, say: `The system refused the order: ${code}${where}.` })
}

const PLACES_MAX = 10

/** Names of fields that an answer finds fault with: the keys of an object, or a list of names. */
function fieldsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) {
    return value.flatMap((one) =>
      isObject(one) ? (firstWord(one, ['field', 'path', 'key']) ?? []) : typeof one === 'string' ? one : [],
    )
  }
  return isObject(value) ? Object.keys(value) : []
}

export function isDuplicate(json: Json, { duplicate, error }: FieldMap): boolean {
  const code = firstWord(json, error.code)?.toLowerCase()
  if (code !== undefined && duplicate.codes.some((one) => one.toLowerCase() === code)) return true
  const message = firstWord(json, error.message)?.toLowerCase() ?? ''
  return message !== '' && duplicate.messages.some((part) => message.includes(part.toLowerCase()))
}

/** A cancellation whose answer was lost, asked for again. */
export function isCancelledAlready(json: Json, { error }: FieldMap): boolean {
  const said = [firstWord(json, error.code), firstWord(json, error.message)].join(' ')
  return /already[ _-]?(?:been[ _-]?)?cancel/i.test(said)
}
