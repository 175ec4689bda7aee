import type { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { output, ZodType } from 'zod'
import type { Instant } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { Log } from '#platform/telemetry/log.ts'
import type { Caller, Person, Scope, Tenant } from './caller.ts'

// One address: who may call it, what it takes, what it answers, and what it does. Everything else about a request
// (identity, tenant, limits, validation, faults, repeats) follows from this declaration and is done by the server.
//
// A request passes: address → identity (401) → rate limit (429) → origin, tenant and scope (403) → body and fields (400,
// 413, 415) → a repeat's stored answer (409, 422) → handler → the answer, checked against its schema.

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** `public`: anybody. `person`: whoever is signed in, for no tenant. Everything else: a scope within one tenant. */
export type RouteScope = 'public' | 'person' | Scope

/** The whole body as bytes, untouched: for signatures over what was really sent. */
export type BytesBody = { readonly kind: 'bytes'; readonly limitBytes?: number }

/** A file that is read while it arrives, from a plain body or from the first file of a multipart form. */
export type UploadBody = { readonly kind: 'upload'; readonly limitBytes: number }

export type Upload = {
  /** As the client called it: by `?name=`, Content-Disposition, or the form's part. A hint at most. */
  readonly fileName: string | null
  readonly contentType: string
  /** What the client says it will send. */
  readonly sizeBytes: number | null
  /** Form fields that came before the file. */
  readonly fields: Readonly<Record<string, string>>
  /** Fails with `http.body-too-large` past the limit and with `http.body-cut` when the client goes away. */
  readonly stream: Readable
}

/** An answer that is not JSON: a file, a stream of events. */
export type MediaAnswer = { readonly kind: 'media'; readonly contentType: string; readonly description: string }
export type EmptyAnswer = { readonly kind: 'empty' }

/** The body of 202 and 204 without one. */
export const EMPTY: EmptyAnswer = { kind: 'empty' }

export function media(contentType: string, description: string): MediaAnswer {
  return { kind: 'media', contentType, description }
}

export type Answers = { readonly [status: number]: ZodType | MediaAnswer | EmptyAnswer }

type AnswerWith<Status, Schema> = {
  readonly status: Status
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
} & (Schema extends MediaAnswer
  ? { readonly body: string | Buffer | Readable }
  : Schema extends EmptyAnswer
    ? { readonly body?: undefined }
    : Schema extends ZodType
      ? { readonly body: output<Schema> }
      : never)

/** One of the answers that a route declares. */
export type AnswerOf<A extends Answers> = { [Status in keyof A]: AnswerWith<Status, A[Status]> }[keyof A]

/** An answer once the route's types are behind us. */
export type AnyAnswer = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: unknown
}

type ParamNames<Path extends string> = Path extends `${string}:${infer Rest}`
  ? Rest extends `${infer Name}/${infer Tail}`
    ? Name | ParamNames<`/${Tail}`>
    : Rest
  : never

type ParamsOf<Path extends string, P> = P extends ZodType ? output<P> : { readonly [Name in ParamNames<Path>]: string }
type QueryOf<Q> = Q extends ZodType ? output<Q> : undefined
type BodyOf<B> = B extends ZodType
  ? output<B>
  : B extends BytesBody
    ? Buffer
    : B extends UploadBody
      ? Upload
      : undefined
type CallerOf<S extends RouteScope> = S extends 'public' ? null : S extends 'person' ? Person : Caller
type TenantOf<S extends RouteScope> = S extends 'public' | 'person' ? null : Tenant

export type RouteContext<S extends RouteScope, Params, Query, Body, Answer> = {
  readonly caller: CallerOf<S>
  readonly tenant: TenantOf<S>
  readonly params: Params
  readonly query: Query
  readonly body: Body
  readonly requestId: string
  /** When the request was taken up: one moment for all that it does. */
  readonly now: Instant
  readonly log: Log
  /**
   * Stores the answer under the request's Idempotency-Key within the handler's own transaction, so that work and
   * answer are committed together or not at all. Needed where a repeat after a crash would do the work twice, that is
   * where no natural key of the work itself forbids it. Without a key in the request it does nothing.
   */
  settle(tx: Tx, answer: Answer): Promise<void>
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

export type RateLimit = {
  readonly max: number
  readonly windowSeconds: number
  /** `caller` counts per key or person (per address where there is neither); `address` counts per address always. */
  readonly by?: 'caller' | 'address'
}

type Declaration = {
  readonly method: Method
  readonly summary: string
  readonly description?: string
  readonly tags: readonly string[]
  /** Instead of the server's limit. `false` only where refusing would lose a fact, such as a provider's webhook. */
  readonly rateLimit?: RateLimit | false
  /** Instead of 1 MiB, for JSON. */
  readonly bodyLimitBytes?: number
  /** Takes an Idempotency-Key. True for every write of a tenant unless said otherwise. */
  readonly idempotent?: boolean
}

export type RouteSpec<
  Path extends string,
  S extends RouteScope,
  A extends Answers,
  P extends ZodType | undefined,
  Q extends ZodType | undefined,
  B extends ZodType | BytesBody | UploadBody | undefined,
> = Declaration & {
  /** `/api/v1/tenants/:tenant_id/sites`. A part called tenant_id, tenant or businessId names the tenant. */
  readonly path: Path
  readonly scope: S
  readonly params?: P
  /** A strict object: an unknown field is an error, never silently ignored. */
  readonly query?: Q
  /** A strict object, all the way down. */
  readonly body?: B
  readonly answers: A
  handler(context: RouteContext<S, ParamsOf<Path, P>, QueryOf<Q>, BodyOf<B>, AnswerOf<A>>): Promise<AnswerOf<A>>
}

/** What a handler is given, once the route's types are behind us. */
export type Call = Omit<RouteContext<'public', unknown, unknown, unknown, AnyAnswer>, 'caller' | 'tenant'> & {
  readonly caller: Caller | Person | null
  readonly tenant: Tenant | null
}

/** A declared address, as the server, the document and the tests see it. */
export type Route = Declaration & {
  readonly path: string
  readonly scope: RouteScope
  readonly idempotent: boolean
  readonly params: ZodType | undefined
  readonly query: ZodType | undefined
  readonly body: ZodType | BytesBody | UploadBody | undefined
  readonly answers: Answers
  handler(call: Call): Promise<AnyAnswer>
}

export function defineRoute<
  const Path extends string,
  const S extends RouteScope,
  const A extends Answers,
  P extends ZodType | undefined = undefined,
  Q extends ZodType | undefined = undefined,
  B extends ZodType | BytesBody | UploadBody | undefined = undefined,
>(spec: RouteSpec<Path, S, A, P, Q, B>): Route {
  type Context = Parameters<typeof spec.handler>[0]
  return {
    ...spec,
    params: spec.params,
    query: spec.query,
    body: spec.body,
    idempotent: spec.idempotent ?? (isWrite(spec.method) && isTenantScope(spec.scope)),
    // The server fills a call from the very schemas that gave the context its type; that is the one place where the
    // compiler has to take our word for it.
    handler: async (call) => (await spec.handler(call as unknown as Context)) as AnyAnswer,
  }
}

export function isWrite(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS'
}

export function isTenantScope(scope: RouteScope): scope is Scope {
  return scope !== 'public' && scope !== 'person'
}

const TENANT_PARAMS = ['tenant_id', 'tenant', 'businessId'] as const

/** The part of the path that names the tenant, or null where only the key or a header does. */
export function tenantParamOf(path: string): string | null {
  return TENANT_PARAMS.find((name) => path.split('/').includes(`:${name}`)) ?? null
}
