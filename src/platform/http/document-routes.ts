import type { FastifyInstance } from 'fastify'
import { documentPage } from './document-page.ts'
import { openapiDocument } from './openapi.ts'
import type { Route } from './route.ts'

/** `/openapi.json`, and `/docs` for reading. */
export function addDocument(
  app: FastifyInstance,
  options: { readonly routes: readonly Route[]; readonly version: string; readonly publicBase: URL },
): void {
  // Made at the first question and kept as text: a hub that nobody asks does not hold it.
  let json: string | undefined
  let page: string | undefined
  app.get('/openapi.json', async (_request, reply) => {
    json ??= JSON.stringify(openapiDocument(options.routes, options))
    return reply.type('application/json; charset=utf-8').send(json)
  })
  app.get('/docs', async (_request, reply) => {
    page ??= documentPage(openapiDocument(options.routes, options))
    return reply.type('text/html; charset=utf-8').send(page)
  })
}
