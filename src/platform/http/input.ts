import type { z } from 'zod'
import type { FaultPlace } from '#kernel/fault.ts'
import { httpFault } from './problem.ts'
import type { Route } from './route.ts'

/** What a request says, once every field of it is known to be right. */
export type Input = { readonly params: unknown; readonly query: unknown; readonly body: unknown }

type Part = 'params' | 'query' | 'body'
type Place = FaultPlace & { readonly in: 'path' | 'query' | 'body' }

const WORD_BY_PART = { params: 'path', query: 'query', body: 'body' } as const satisfies Record<Part, string>
const PLACES_MAX = 50

/** Reads path, query and JSON body by the route's schemas; one fault names every field that is wrong in any of them. */
export function readInput(route: Route, raw: Input): Input {
  const places: Place[] = []
  const read = (part: Part, schema: z.ZodType | undefined, value: unknown): unknown => {
    if (!schema) return value
    const outcome = schema.safeParse(value)
    if (outcome.success) return outcome.data
    for (const issue of outcome.error.issues) places.push(...placesOf(issue, part, value))
    return undefined
  }
  const bodySchema = route.body && !('kind' in route.body) ? route.body : undefined
  if (bodySchema && raw.body === undefined && !bodySchema.safeParse(undefined).success) {
    throw httpFault(400, 'http.body-missing')
  }
  const input = {
    params: read('params', route.params, raw.params),
    query: route.query ? read('query', route.query, raw.query) : undefined,
    body: read('body', bodySchema, raw.body),
  }
  if (places.length > 0) throw inputFault(places)
  return input
}

function inputFault(places: readonly Place[]) {
  const first = places[0]
  const more = places.length > 1 ? ` (and ${places.length - 1} more)` : ''
  return httpFault(400, 'http.input-invalid', {
    say: `The request's ${first?.in} is not as this address takes it: ${first?.pointer || '/'} ${first?.detail}${more}.`,
    places: places.slice(0, PLACES_MAX),
  })
}

/** What is wrong with a part of a body that its handler reads by itself, because one bad part must not spoil the others. */
export function bodyPlacesOf(issues: readonly z.core.$ZodIssue[], value: unknown): FaultPlace[] {
  return issues.flatMap((issue) => placesOf(issue, 'body', value))
}

function placesOf(issue: z.core.$ZodIssue, part: Part, value: unknown): Place[] {
  const place = WORD_BY_PART[part]
  if (issue.code === 'invalid_union') {
    const meant = meantBranch(issue, part, value)
    if (meant !== null) return meant
  }
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: pointer([...issue.path, key]),
      detail: 'is not a known field',
      in: place,
    }))
  }
  // A missing field is reported as a wrong type; the words should say what a person has to do.
  const missing = issue.path.length > 0 && at(value, issue.path) === undefined
  const detail = missing ? 'is missing' : lowerFirst(issue.message.replace(/^Invalid input: /, ''))
  return [{ pointer: pointer(issue.path), detail, in: place }]
}

/**
 * Of several shapes that a body may have, the one that knows most of its fields and is contradicted by the fewest; null
 * where none is nearer than another, as with plain values.
 */
function meantBranch(issue: z.core.$ZodIssueInvalidUnion, part: Part, value: unknown): Place[] | null {
  const branches = issue.errors.map((issues) => ({
    unknown: issues.flatMap((one) => (one.code === 'unrecognized_keys' ? one.keys : [])).length,
    places: issues.flatMap((one) => placesOf({ ...one, path: [...issue.path, ...one.path] }, part, value)),
  }))
  branches.sort((a, b) => a.unknown - b.unknown || a.places.length - b.places.length)
  const here = pointer(issue.path)
  const meant = branches[0]?.places ?? []
  return meant.length === 0 || meant.some((place) => place.pointer === here) ? null : meant
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, part) => (inner as Record<PropertyKey, unknown> | null | undefined)?.[part],
    value,
  )
}

function pointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1)
}
