import { z } from 'zod'
import { isTenantScope, type MediaAnswer, type Route } from './route.ts'

// The OpenAPI 3.1 document is made from the same declarations that the server runs, and needs neither a server nor a
// database: what it says cannot differ from what happens.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

export type OpenApiDocument = {
  readonly openapi: '3.1.0'
  readonly info: { readonly title: string; readonly version: string; readonly description: string }
  readonly servers: readonly { readonly url: string }[]
  readonly tags: readonly { readonly name: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: {
    readonly securitySchemes: Readonly<Record<string, Json>>
    readonly schemas: Readonly<Record<string, Json>>
    readonly responses: Readonly<Record<string, Json>>
  }
}

export type Operation = {
  readonly operationId: string
  readonly summary: string
  readonly description?: string
  readonly tags: readonly string[]
  readonly security: readonly Readonly<Record<string, readonly string[]>>[]
  readonly 'x-scope': string
  readonly parameters: readonly Parameter[]
  readonly requestBody?: { readonly required: boolean; readonly content: Readonly<Record<string, { schema: Json }>> }
  readonly responses: Readonly<Record<string, Json>>
}

export type Parameter = {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required: boolean
  readonly description?: string
  readonly schema: Json
}

const PROBLEM = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'request_id'],
  properties: {
    type: { type: 'string', description: 'The fault as a URI: urn:tillwire:fault:<code>.' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What happened and what to do next, for a person.' },
    instance: { type: 'string' },
    code: { type: 'string', description: 'Stable; meant for programs.' },
    request_id: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: {
          pointer: { type: 'string', description: 'RFC 6901 JSON pointer of the field.' },
          detail: { type: 'string' },
          in: { type: 'string', enum: ['path', 'query', 'body'] },
          code: { type: 'string', description: 'Stable, where one wrong field is told from another.' },
        },
      },
    },
  },
} as const

const FAILURE_WORDS = {
  400: 'A field is missing, unknown or wrong.',
  401: 'No API key and no session, or one that does not hold.',
  403: 'Not this tenant, or too small a scope.',
  404: 'There is no such thing.',
  409: 'It contradicts what is there.',
  413: 'The body is too large.',
  415: 'Not a body that this address takes.',
  422: 'Understood, and not possible.',
  429: 'Too many requests. Retry-After says when to come back.',
} as const

export function openapiDocument(
  routes: readonly Route[],
  about: { readonly version: string; readonly publicBase?: URL },
): OpenApiDocument {
  const schemas: Record<string, Json> = { Problem: PROBLEM }
  const paths: Record<string, Record<string, Operation>> = {}
  for (const route of [...routes].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}')
    const operations = paths[path] ?? {}
    operations[route.method.toLowerCase()] = operationOf(route, path, schemas)
    paths[path] = operations
  }
  const tags = [...new Set(routes.flatMap((route) => route.tags))].sort()
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tillwire',
      version: about.version,
      description:
        'The open, self-hosted hub between every point-of-sale system and everything that hangs on a sale. ' +
        'Times are RFC 3339 in UTC, ids are UUIDv7, money is whole minor units with its currency.',
    },
    servers: [{ url: about.publicBase?.origin ?? '/' }],
    tags: tags.map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'A key of one tenant.' },
        bearer: { type: 'http', scheme: 'bearer', description: 'The same key as a bearer token.' },
        session: { type: 'apiKey', in: 'cookie', name: 'tillwire.session_token', description: 'A signed-in person.' },
      },
      schemas,
      responses: Object.fromEntries(
        Object.entries(FAILURE_WORDS).map(([status, words]) => [status, problemAnswer(words)]),
      ),
    },
  }
}

function operationOf(route: Route, path: string, schemas: Record<string, Json>): Operation {
  const body = route.body && requestBodyOf(route.body, schemas)
  return {
    operationId: `${route.method.toLowerCase()}${path.replaceAll(/[^a-zA-Z0-9]+/g, '_').replace(/_$/, '')}`,
    summary: route.summary,
    ...(route.description ? { description: route.description } : {}),
    tags: route.tags,
    security: securityOf(route),
    'x-scope': route.scope,
    parameters: parametersOf(route, schemas),
    ...(body ? { requestBody: body } : {}),
    responses: responsesOf(route, schemas),
  }
}

function securityOf(route: Route): Operation['security'] {
  if (route.scope === 'public') return []
  if (route.scope === 'person') return [{ session: [] }]
  return [{ apiKey: [] }, { bearer: [] }, { session: [] }]
}

function parametersOf(route: Route, schemas: Record<string, Json>): Parameter[] {
  const declared = objectSchema(route.params, schemas)
  const inPath = [...route.path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? '')
  const parameters: Parameter[] = inPath.map((name) => ({
    name,
    in: 'path',
    required: true,
    ...describe(declared.properties[name]),
    schema: declared.properties[name] ?? { type: 'string' },
  }))
  const query = objectSchema(route.query, schemas)
  for (const [name, schema] of Object.entries(query.properties)) {
    parameters.push({ name, in: 'query', required: query.required.includes(name), ...describe(schema), schema })
  }
  if (isTenantScope(route.scope)) {
    parameters.push({
      name: 'X-Tenant-ID',
      in: 'header',
      required: false,
      description: 'Id or slug of the tenant, for a signed-in person at an address that does not name it.',
      schema: { type: 'string' },
    })
  }
  if (route.idempotent) {
    parameters.push({
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      description: 'The same key with the same body gives the same answer, for 24 hours.',
      schema: { type: 'string', minLength: 1, maxLength: 255 },
    })
  }
  return parameters
}

function requestBodyOf(body: NonNullable<Route['body']>, schemas: Record<string, Json>): Operation['requestBody'] {
  const file = { schema: { type: 'string', contentMediaType: 'application/octet-stream' } as const }
  if (!('kind' in body)) {
    return {
      required: !body.isOptional(),
      content: { 'application/json': { schema: schemaOf(body, 'input', schemas) } },
    }
  }
  if (body.kind === 'bytes') return { required: true, content: { '*/*': file } }
  const form = { type: 'object', required: ['file'], properties: { file: file.schema } } as const
  return {
    required: true,
    content: { 'application/octet-stream': file, 'text/csv': file, 'multipart/form-data': { schema: form } },
  }
}

function responsesOf(route: Route, schemas: Record<string, Json>): Record<string, Json> {
  const responses: Record<string, Json> = {}
  for (const [status, answer] of Object.entries(route.answers)) {
    if (!('kind' in answer)) {
      const schema = schemaOf(answer, 'output', schemas)
      responses[status] = { description: wordsOf(status), content: { 'application/json': { schema } } }
    } else if (answer.kind === 'empty') {
      responses[status] = { description: wordsOf(status) }
    } else {
      responses[status] = mediaAnswer(answer)
    }
  }
  for (const status of failuresOf(route)) responses[status] ??= { $ref: `#/components/responses/${status}` }
  return responses
}

function failuresOf(route: Route): (keyof typeof FAILURE_WORDS)[] {
  const failures: (keyof typeof FAILURE_WORDS)[] = []
  if (route.query || route.body || route.params) failures.push(400)
  if (route.scope !== 'public') failures.push(401)
  if (isTenantScope(route.scope)) failures.push(403)
  if (route.params || route.path.split(':').length > 2) failures.push(404)
  if (route.idempotent) failures.push(409)
  if (route.body) failures.push(413, 415)
  if (route.idempotent) failures.push(422)
  if (route.rateLimit !== false) failures.push(429)
  return failures
}

function wordsOf(status: string): string {
  if (status === '201') return 'Made.'
  if (status === '202') return 'Taken on; it is done later.'
  return status === '204' ? 'Done; there is nothing to say.' : 'As asked.'
}

function mediaAnswer(answer: MediaAnswer): Json {
  const type = answer.contentType.split(';')[0] ?? answer.contentType
  return { description: answer.description, content: { [type]: { schema: { type: 'string' } } } }
}

function problemAnswer(words: string): Json {
  return {
    description: words,
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  }
}

function describe(schema: Json | undefined): { description?: string } {
  const words = isObject(schema) ? schema.description : undefined
  return typeof words === 'string' ? { description: words } : {}
}

function objectSchema(schema: z.ZodType | undefined, schemas: Record<string, Json>) {
  const json = schema ? schemaOf(schema, 'input', schemas) : {}
  const properties = isObject(json) && isObject(json.properties) ? json.properties : {}
  const required = isObject(json) && Array.isArray(json.required) ? (json.required as readonly string[]) : []
  return { properties, required }
}

/** JSON Schema of a zod schema; what has an id of its own moves to the components, once. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', schemas: Record<string, Json>): Json {
  const {
    $schema: _,
    $defs,
    ...json
  } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as {
    $schema?: Json
    $defs?: Record<string, Json>
    [name: string]: Json | undefined | Record<string, Json>
  }
  // The same noun may be taken in a stricter shape than it is answered in.
  const nameOf = (id: string) => (io === 'input' ? `${id}Input` : id)
  for (const [id, inner] of Object.entries($defs ?? {})) schemas[nameOf(id)] = relinked(inner, nameOf)
  return relinked(json as Json, nameOf)
}

function relinked(json: Json, nameOf: (id: string) => string): Json {
  if (Array.isArray(json)) return json.map((inner) => relinked(inner, nameOf))
  if (!isObject(json)) return json
  const entries = Object.entries(json).filter(([name]) => name !== 'id' || typeof json.id !== 'string')
  return Object.fromEntries(
    entries.map(([name, inner]) => {
      const link = name === '$ref' && typeof inner === 'string' ? /^#\/\$defs\/(.+)$/.exec(inner)?.[1] : undefined
      return [name, link === undefined ? relinked(inner, nameOf) : `#/components/schemas/${nameOf(link)}`]
    }),
  )
}

function isObject(json: Json | undefined): json is { readonly [name: string]: Json } {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}
