import { describe, expect, test } from 'vitest'
import { isTenantScope } from '#platform/http/route.ts'
import { useTestHub } from './test-hub.ts'

// Every address of access, as a stranger, a neighbour and somebody with too small a scope would find it.

const hub = useTestHub()

/** Addresses that anybody may ask, because asking them is how one stops being a stranger. */
const PUBLIC = ['auth/link', 'auth/set-up', 'auth/join', 'auth/sign-in'].map((path) => `POST /api/v1/${path}`)

function pathFor(path: string, tenant: string): string {
  return path.replace(':tenant_id', tenant).replaceAll(/:\w+/g, '019a1f82-1e6e-7bc2-9b02-d0ef425821b2')
}

describe('every address of access', () => {
  test('that is open to strangers is meant to be', () => {
    const open = hub.access.routes.filter((route) => route.scope === 'public')
    expect(open.map((route) => `${route.method} ${route.path}`).sort()).toEqual([...PUBLIC].sort())
  })

  test('refuses strangers, whatever they send', async () => {
    for (const route of hub.access.routes.filter((one) => one.scope !== 'public')) {
      const answer = await hub.call(route.method, pathFor(route.path, hub.bakery.id))
      expect([route.path, answer.status, answer.body.code]).toEqual([route.path, 401, 'http.unauthenticated'])
    }
  })

  test('of a tenant refuses the neighbour and too small a scope', async () => {
    const { api_key: all } = await hub.keyOf(['*:admin'])
    const { api_key: little } = await hub.keyOf(['other:admin'])
    for (const route of hub.access.routes.filter((one) => isTenantScope(one.scope))) {
      const foreign = await hub.call(route.method, pathFor(route.path, hub.butcher.id), undefined, { key: all })
      expect([route.path, foreign.status, foreign.body.code]).toEqual([route.path, 403, 'access.tenant'])
      const narrow = await hub.call(route.method, pathFor(route.path, hub.bakery.id), undefined, { key: little })
      expect([route.path, narrow.status, narrow.body.scope]).toEqual([route.path, 403, route.scope])
    }
  })
})
