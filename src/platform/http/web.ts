import { existsSync } from 'node:fs'
import path from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

// The built dashboard: files whose name holds a hash are kept for ever, the page itself never.

const OURS = ['/api/', '/ws/', '/webhooks/', '/healthz', '/readyz', '/metrics', '/openapi.json', '/docs']

/** Serves the folder and answers with the sender of its page, or null when nothing has been built. */
export async function addWeb(
  app: FastifyInstance,
  dir: string | null,
): Promise<((reply: FastifyReply) => FastifyReply) | null> {
  if (dir === null || !existsSync(path.join(dir, 'index.html'))) return null
  await app.register(fastifyStatic, {
    root: path.resolve(dir),
    // One route per file that exists, so that every other address falls to the page or to an honest 404.
    wildcard: false,
    index: ['index.html'],
    cacheControl: false,
    preCompressed: true,
    setHeaders: (reply, file) => {
      const hashed = file.includes(`${path.sep}assets${path.sep}`)
      reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
  return (reply) => reply.header('cache-control', 'no-cache').sendFile('index.html')
}

/** A browser that opens or reloads one of the dashboard's own addresses. */
export function isPageRequest(request: FastifyRequest): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false
  if (OURS.some((prefix) => request.url.startsWith(prefix))) return false
  return (request.headers.accept ?? '').includes('text/html')
}
