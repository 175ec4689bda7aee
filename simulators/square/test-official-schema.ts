import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'

// The description's schemas, read as strictly as they can be: a property that they do not list is a finding, a time
// that is not UTC is one, and so is a word outside the values that the prose enumerates. The description is older than
// the version that the simulator plays; nothing that came later is played so far, or it would need an exception here.

export type Json = { readonly [key: string]: unknown }
export type Schema = Json & {
  readonly $ref?: string
  readonly type?: string
  readonly nullable?: boolean
  readonly enum?: readonly string[]
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly additionalProperties?: Schema | boolean
  readonly required?: readonly string[]
  readonly readOnly?: boolean
}
export type Schemas = Readonly<Record<string, Schema>>

/** Where a request body says something that the description can refuse: the place, and what makes it wrong. */
export type Spoiling = { readonly says: string; readonly body: unknown }

/** What deliveries carry although their schemas do not list it. The answers of the API need no exception. */
const BEYOND_THE_SCHEMAS: readonly { readonly fields: readonly string[]; readonly why: string }[] = [
  {
    fields: ['PaymentRefund.version'],
    why: 'Webhooks of refunds carry it; the object of the API does not, and the description has one schema for both.',
  },
  {
    fields: ['RefundCreatedEvent.location_id', 'RefundUpdatedEvent.location_id'],
    why: 'The envelope names the location on some events; the description says so of other types only.',
  },
  {
    fields: ['CatalogVersionUpdatedEventData.id', 'CustomerDeletedEventData.deleted'],
    why: "Missing from the schemas, present in Square's own examples of these events.",
  },
]

/** Values that stand in the prose of a plain string, by schema and field. */
const WORDS: Readonly<Record<string, string>> = {
  'Payment.status': 'APPROVED PENDING COMPLETED CANCELED FAILED',
  'Payment.source_type': 'CARD BANK_ACCOUNT WALLET BUY_NOW_PAY_LATER SQUARE_ACCOUNT CASH EXTERNAL',
  'Payment.delay_action': 'CANCEL COMPLETE',
  'PaymentRefund.status': 'PENDING COMPLETED REJECTED FAILED',
  'PaymentRefund.destination_type': 'CARD BANK_ACCOUNT WALLET BUY_NOW_PAY_LATER CASH EXTERNAL SQUARE_ACCOUNT',
  'CardPaymentDetails.status': 'AUTHORIZED CAPTURED VOIDED FAILED',
  'CardPaymentDetails.entry_method': 'KEYED SWIPED EMV ON_FILE CONTACTLESS',
  'CardPaymentDetails.cvv_status': 'CVV_ACCEPTED CVV_REJECTED CVV_NOT_CHECKED',
  'CardPaymentDetails.avs_status': 'AVS_ACCEPTED AVS_REJECTED AVS_NOT_CHECKED',
  'DigitalWalletDetails.status': 'AUTHORIZED CAPTURED VOIDED FAILED',
  'DigitalWalletDetails.brand': 'CASH_APP PAYPAY ALIPAY RAKUTEN_PAY AU_PAY D_BARAI MERPAY WECHAT_PAY UNKNOWN',
  'ProcessingFee.type': 'INITIAL ADJUSTMENT',
  'ExternalPaymentDetails.type':
    'CHECK BANK_TRANSFER OTHER_GIFT_CARD CRYPTO SQUARE_CASH SOCIAL EXTERNAL EMONEY CARD STORED_BALANCE FOOD_VOUCHER OTHER',
}

/** Names of times that do not end in _at. */
const TIMES = /_at$|^delayed_until$|^updated_(after|before)$|^(begin|end|latest)_time$/
const UTC = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?Z$/
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/

export type Side = 'answer' | 'event' | 'request'
export type Checker = (schema: string, value: unknown) => string[]

export function checkerOf(schemas: Schemas, side: Side): Checker {
  const ajv = new Ajv({ strict: false, allErrors: true })
  ajv.addFormat('int64', { type: 'number', validate: Number.isSafeInteger })
  ajv.addFormat('time', (text) => (side === 'request' ? RFC_3339 : UTC).test(text) && !Number.isNaN(Date.parse(text)))
  const definitions = Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, strict(schemas, schema, name, side)]),
  )
  ajv.addSchema({ $id: side, definitions })
  const compiled = new Map<string, ValidateFunction>()
  return (name, value) => {
    const check = compiled.get(name) ?? ajv.compile({ $ref: `${side}#/definitions/${name}` })
    compiled.set(name, check)
    return check(value) ? [] : (check.errors ?? []).flatMap(asFinding)
  }
}

/** The branch that would have been null is no help to whoever reads what is wrong with the other one. */
function asFinding({ instancePath, message, params, keyword, schemaPath }: ErrorObject): string[] {
  if (keyword === 'anyOf' || schemaPath.endsWith('/anyOf/1/type')) return []
  const more = keyword === 'additionalProperties' ? `: ${params.additionalProperty}` : ''
  return [`${instancePath || '/'} ${message}${more}`]
}

/** The description's dialect as JSON schema: nullable spelt out, nothing unlisted, times and prose values checked. */
function strict(schemas: Schemas, schema: Schema, owner: string, side: Side, name = ''): Json {
  if (schema.$ref !== undefined) {
    const target = schema.$ref.split('/').at(-1) ?? ''
    // The description refers to one schema that it does not have.
    if (schemas[target] === undefined) return {}
    const pointed = { $ref: `#/definitions/${target}` }
    return schema.nullable === true ? { anyOf: [pointed, { type: 'null' }] } : pointed
  }
  const { type, nullable, minLength, maxLength, minimum, maximum, pattern, format } = schema
  const words = schema.enum ?? WORDS[`${owner}.${name}`]?.split(' ')
  const orNull = nullable === true && words !== undefined ? [...words, null] : words
  const kept: Record<string, unknown> = { minLength, maxLength, minimum, maximum, pattern, format, enum: orNull }
  if (type !== undefined) kept.type = nullable === true ? [type, 'null'] : type
  if (type === 'string' && TIMES.test(name) && words === undefined) kept.format = 'time'
  if (schema.items !== undefined) kept.items = strict(schemas, schema.items, owner, side, name)
  if (typeof schema.additionalProperties === 'object') {
    kept.additionalProperties = strict(schemas, schema.additionalProperties, owner, side)
  }
  if (schema.properties !== undefined) {
    const { properties } = schema
    const listed = Object.entries(properties).map(([key, of]) => [key, strict(schemas, of, owner, side, key)])
    kept.properties = { ...fieldsBeyond(owner, side), ...Object.fromEntries(listed) }
    kept.additionalProperties ??= false
    // Whoever asks does not send what only Square can write.
    kept.required = schema.required?.filter((key) => side !== 'request' || properties[key]?.readOnly !== true)
  }
  return Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined))
}

function fieldsBeyond(owner: string, side: Side): Record<string, Json> {
  const fields = side === 'event' ? BEYOND_THE_SCHEMAS.flatMap((beyond) => beyond.fields) : []
  const own = fields.filter((field) => field.startsWith(`${owner}.`))
  return Object.fromEntries(own.map((field) => [field.slice(owner.length + 1), {}]))
}

/** The schema that a reference means. */
export function resolved(schemas: Schemas, schema: Schema): Schema {
  return schema.$ref === undefined ? schema : (schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {})
}

/** A good value of that schema made bad in one place after the other. */
export function* spoil(schemas: Schemas, pointed: Schema, value: unknown, at: string): Generator<Spoiling> {
  const schema = resolved(schemas, pointed)
  if (schema.enum !== undefined) yield { says: `${at} is no member`, body: 'NO_SUCH_MEMBER' }
  else if (schema.type === 'integer') yield { says: `${at} is no integer`, body: 'many' }
  if (Array.isArray(value) && schema.items !== undefined) {
    for (const spoilt of spoil(schemas, schema.items, value[0], `${at}/0`)) {
      yield { says: spoilt.says, body: [spoilt.body, ...value.slice(1)] }
    }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return
  for (const key of schema.required ?? []) {
    if (!(key in value) || schema.properties?.[key]?.readOnly === true) continue
    const { [key]: _, ...rest } = value as Record<string, unknown>
    yield { says: `${at}/${key} is missing`, body: rest }
  }
  for (const [key, inner] of Object.entries(value)) {
    const property = schema.properties?.[key]
    if (property === undefined) continue
    for (const spoilt of spoil(schemas, property, inner, `${at}/${key}`)) {
      yield { says: spoilt.says, body: { ...value, [key]: spoilt.body } }
    }
  }
}
