import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import {
  checkerOf,
  type Json,
  resolved,
  type Schema,
  type Schemas,
  type Spoiling,
  spoil,
} from './test-official-schema.ts'

// Square's own description of its API, as a judge of requests, answers and deliveries.

const FILE = new URL('../../../shared/specs/square/openapi-2025-08-20.json.gz', import.meta.url)

type Parameter = { readonly name: string; readonly in: string; readonly required?: boolean; readonly schema: Schema }
type Body = { readonly content?: { readonly 'application/json'?: { readonly schema: Schema } } }
type Operation = {
  readonly operationId: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: Body
  readonly responses: Readonly<Record<string, Body>>
}
type Document = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Schemas }
}

export type Exchange = {
  readonly method: string
  /** With its query, without the host. */
  readonly path: string
  readonly request: unknown
  readonly status: number
  readonly answer: unknown
}

export type Description = {
  /** 'SearchOrders' for POST /v2/orders/search; null for what Square does not have. */
  operationOf(method: string, path: string): string | null
  /** What the description would not have answered like that; empty when it fits. */
  findingsOfAnswer(exchange: Exchange): readonly string[]
  /** What the description would not accept in that request; empty when it fits. */
  findingsOfRequest(method: string, path: string, body: unknown): readonly string[]
  /** The payload of a webhook, against the schema of its type. */
  findingsOfEvent(event: unknown): readonly string[]
  /** A good request made bad in every way the description speaks of: each required field gone, each word unknown. */
  spoilingsOf(method: string, path: string, body: unknown): readonly Spoiling[]
  /** Square's own example of such an event. */
  exampleEvent(type: string): unknown
}

const OAUTH_REFUSALS: readonly (readonly string[])[] = [['message', 'type'], ['error', 'error_description'], ['error']]

/** Null where the description does not lie beside the repository. */
export function readDescription(): Description | null {
  if (!existsSync(FILE)) return null
  return describedBy(JSON.parse(gunzipSync(readFileSync(FILE)).toString('utf8')) as Document)
}

function describedBy(document: Document): Description {
  const { schemas } = document.components
  const answers = checkerOf(schemas, 'answer')
  const requests = checkerOf(schemas, 'request')
  const deliveries = checkerOf(schemas, 'event')
  const events = new Map<string, [name: string, schema: Schema]>()
  for (const [name, schema] of Object.entries(schemas)) {
    const webhook = schema['x-webhook'] as { readonly event: string } | undefined
    if (webhook !== undefined) events.set(webhook.event, [name, schema])
  }
  const operationAt = (method: string, path: string) => findOperation(document, method, path)

  return {
    operationOf: (method, path) => operationAt(method, path)?.operationId ?? null,
    findingsOfAnswer: (exchange) => {
      const operation = operationAt(exchange.method, exchange.path)
      if (operation === null) return unknownAddress(exchange)
      const name = nameIn(operation.responses[200])
      if (name === null) return [`${operation.operationId} has no described answer`]
      if (refusesAsOauth(exchange)) return []
      return [...answers(name, exchange.answer), ...findingsOfErrors(exchange)]
    },
    findingsOfRequest: (method, path, body) => {
      const operation = operationAt(method, path)
      if (operation === null) return [`${method} ${path} is no address of Square's`]
      const name = nameIn(operation.requestBody)
      const inBody = name === null ? (body === null ? [] : ['a body where none is described']) : requests(name, body)
      return [...findingsOfQuery(schemas, operation, path), ...inBody]
    },
    findingsOfEvent: (event) => {
      const type = (event as Json | null)?.type
      const schema = events.get(String(type))
      return schema === undefined ? [`${type} is no event of Square's`] : deliveries(schema[0], event)
    },
    spoilingsOf: (method, path, body) => {
      const name = nameIn(operationAt(method, path)?.requestBody)
      return name === null ? [] : [...spoil(schemas, { $ref: `#/components/schemas/${name}` }, body, '')]
    },
    exampleEvent: (type) => events.get(type)?.[1].example,
  }
}

function unknownAddress({ method, path, status }: Exchange): string[] {
  return status === 404 || status === 405
    ? []
    : [`${method} ${path} is no address of Square's, yet it answers ${status}`]
}

/** The address without parameters wins over the one with: /v2/orders/search is no order. */
function findOperation(document: Document, method: string, path: string): Operation | null {
  const asked = (path.split('?')[0] ?? '').split('/')
  const verb = method.toLowerCase()
  let best: { readonly operation: Operation; readonly exact: number } | null = null
  for (const [template, operations] of Object.entries(document.paths)) {
    const operation = operations[verb]
    const parts = template.split('/')
    if (operation === undefined || parts.length !== asked.length) continue
    if (!parts.every((part, at) => part.startsWith('{') || part === asked[at])) continue
    const exact = parts.filter((part) => !part.startsWith('{')).length
    if (best === null || exact > best.exact) best = { operation, exact }
  }
  return best?.operation ?? null
}

function nameIn(body: Body | undefined): string | null {
  return body?.content?.['application/json']?.schema.$ref?.split('/').at(-1) ?? null
}

function refusesAsOauth({ path, status, answer }: Exchange): boolean {
  if (!path.startsWith('/oauth2/') || status < 400 || typeof answer !== 'object' || answer === null) return false
  const keys = Object.keys(answer).sort().join()
  return OAUTH_REFUSALS.some((refusal) => [...refusal].sort().join() === keys)
}

/** The status belongs to the first error; an answer that succeeds may carry errors of single objects only in bulk. */
function findingsOfErrors({ status, answer }: Exchange): string[] {
  const errors = ((answer as Json | null)?.errors ?? []) as readonly { readonly category: string }[]
  if (status < 400) return errors.length === 0 ? [] : [`status ${status} with errors`]
  const first = errors[0]
  if (first === undefined) return [`status ${status} without errors`]
  const expected =
    status === 401 || status === 403
      ? 'AUTHENTICATION_ERROR'
      : status === 429
        ? 'RATE_LIMIT_ERROR'
        : status >= 500
          ? 'API_ERROR'
          : null
  return expected === null || first.category === expected ? [] : [`status ${status} with category ${first.category}`]
}

function findingsOfQuery(schemas: Schemas, operation: Operation, path: string): string[] {
  const known = new Map((operation.parameters ?? []).map((parameter) => [parameter.name, parameter]))
  const findings: string[] = []
  for (const [name, value] of new URLSearchParams(path.split('?')[1] ?? '')) {
    const parameter = known.get(name)
    if (parameter === undefined || parameter.in !== 'query') {
      findings.push(`?${name} is no parameter of ${operation.operationId}`)
      continue
    }
    const schema = resolved(schemas, parameter.schema)
    if (schema.type === 'integer' && !/^-?\d+$/.test(value)) findings.push(`?${name}=${value} is no integer`)
    if (schema.type === 'boolean' && !/^(true|false)$/.test(value)) findings.push(`?${name}=${value} is no boolean`)
    if (schema.enum !== undefined && !schema.enum.includes(value)) findings.push(`?${name}=${value} is no member`)
  }
  for (const { name, required, in: place } of known.values()) {
    const there = new URLSearchParams(path.split('?')[1] ?? '').has(name)
    if (required === true && place === 'query' && !there) findings.push(`?${name} is missing`)
  }
  return findings
}
