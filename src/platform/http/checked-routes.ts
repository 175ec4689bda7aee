import { z } from 'zod'
import type { Route } from './route.ts'

// Promises that the compiler cannot hold. A route that breaks one is a mistake of ours, so the server does not start.

const SCOPE = /^(?:public|person|[a-z][a-z-]*:(?:read|write|admin))$/

export function checkRoutes(routes: readonly Route[]): void {
  const seen = new Set<string>()
  for (const route of routes) {
    const name = `${route.method} ${route.path}`
    if (seen.has(name)) throw new Error(`${name} is declared twice`)
    seen.add(name)
    if (!SCOPE.test(route.scope)) throw new Error(`${name} has no scope that can be checked: ${route.scope}`)
    if (route.idempotent && (route.scope === 'public' || route.scope === 'person')) {
      throw new Error(`${name} cannot be idempotent: its keys would belong to no tenant`)
    }
    if (!Object.keys(route.answers).some((status) => status.startsWith('2') || status.startsWith('3'))) {
      throw new Error(`${name} declares no answer for when all goes well`)
    }
    if (route.query) checkStrict(`${name}: its query`, route.query)
    if (route.body && !('kind' in route.body)) checkStrict(`${name}: its body`, route.body)
  }
}

/** A field that is misspelt must be an error at every depth: silently ignored, it would change what the call means. */
function checkStrict(where: string, schema: z.ZodType): void {
  const open = findOpenObject(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), '')
  if (open !== null)
    throw new Error(`${where} takes unknown fields at "${open || '/'}": declare it with z.strictObject`)
}

function findOpenObject(schema: unknown, at: string): string | null {
  if (typeof schema !== 'object' || schema === null) return null
  if ('properties' in schema && !('additionalProperties' in schema)) return at
  for (const [name, inner] of Object.entries(schema)) {
    const found = findOpenObject(inner, `${at}/${name}`)
    if (found !== null) return found
  }
  return null
}
