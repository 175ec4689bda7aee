import { expect, test } from 'vitest'
import { z } from 'zod'
import { documentPage } from './document-page.ts'
import { openapiDocument } from './openapi.ts'
import { defineRoute, media } from './route.ts'

const bread = z
  .object({ id: z.uuid(), name: z.string().meta({ description: 'As the <label> says' }) })
  .meta({ id: 'Bread' })
const routes = [
  defineRoute({
    method: 'POST',
    path: '/api/v1/tenants/:tenant_id/breads',
    summary: 'Bake & sell',
    tags: ['Breads'],
    scope: 'breads:write',
    query: z.strictObject({ dry: z.stringbool().optional().meta({ description: 'Only pretend' }) }),
    body: z.strictObject({ bread: z.strictObject({ name: z.string() }).meta({ id: 'NewBread' }) }),
    answers: { 201: bread },
    async handler() {
      return { status: 201, body: { id: '', name: '' } }
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/v1/breads.csv',
    summary: 'All breads',
    tags: ['Breads'],
    scope: 'public',
    answers: { 200: media('text/csv; charset=utf-8', 'All breads'), 404: z.object({ data: z.array(bread) }) },
    async handler() {
      return { status: 200, body: '' }
    },
  }),
]
const document = openapiDocument(routes, { version: '1.2.3' })

test('the document says what the routes declare', () => {
  const bake = document.paths['/api/v1/tenants/{tenant_id}/breads']?.post
  expect(bake).toMatchObject({
    operationId: 'post_api_v1_tenants_tenant_id_breads',
    security: [{ apiKey: [] }, { bearer: [] }, { session: [] }],
    'x-scope': 'breads:write',
    requestBody: {
      content: {
        'application/json': { schema: { properties: { bread: { $ref: '#/components/schemas/NewBreadInput' } } } },
      },
    },
  })
  expect(bake?.parameters.map((one) => [one.in, one.name, one.required])).toEqual([
    ['path', 'tenant_id', true],
    ['query', 'dry', false],
    ['header', 'X-Tenant-ID', false],
    ['header', 'Idempotency-Key', false],
  ])
  expect(Object.keys(bake?.responses ?? {})).toEqual(['201', '400', '401', '403', '409', '413', '415', '422', '429'])
  expect(document.paths['/api/v1/breads.csv']?.get?.security).toEqual([])
})

test('every reference of the document leads somewhere', () => {
  const text = JSON.stringify(document)
  const links = [...text.matchAll(/"\$ref":"#\/components\/(\w+)\/([^"]+)"/g)]
  expect(links.length).toBeGreaterThan(5)
  for (const [, kind, name] of links) {
    const components = document.components as unknown as Record<string, Record<string, unknown>>
    expect(components[kind ?? '']?.[name ?? ''], `${kind}/${name}`).toBeDefined()
  }
  expect(text).not.toContain('$defs')
})

test('the page for reading needs no script and nothing from elsewhere', () => {
  const page = documentPage(document)
  expect(page).not.toMatch(/<script|https?:|\son\w+=/)
  expect(page).toContain('Bake &amp; sell')
  expect(page).toContain('<code>breads:write</code>')
})
