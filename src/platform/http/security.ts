import helmet, { type FastifyHelmetOptions } from '@fastify/helmet'
import { type FastifyInstance, type FastifyRequest, fastify } from 'fastify'
import type { Identity } from './caller.ts'
import { httpFault } from './problem.ts'
import { isWrite } from './route.ts'

/**
 * Headers that keep a browser from doing more with our pages than we mean. Scripts come from our own files only;
 * styles may stand inline because charts and dialogs set them as they go, and a style cannot act.
 */
export async function addSecurityHeaders(app: FastifyInstance, publicBase: URL): Promise<void> {
  const headers = await headersFor(publicBase)
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(headers)
  })
}

/**
 * Helmet says the same to every request and works it out anew at each, which costs more than many a handler. So it is
 * asked once, by a server that nobody else reaches.
 */
async function headersFor(publicBase: URL): Promise<Record<string, string>> {
  const asked = fastify()
  await asked.register(helmet, optionsFor(publicBase))
  asked.get('/', async () => '')
  const { headers } = await asked.inject('/')
  await asked.close()
  const said = Object.entries(headers).filter(([name]) => !OF_THE_ANSWER.has(name))
  return Object.fromEntries(said.map(([name, value]) => [name, String(value)]))
}

const OF_THE_ANSWER = new Set(['content-type', 'content-length', 'date', 'connection', 'keep-alive'])

function optionsFor(publicBase: URL): FastifyHelmetOptions {
  const https = publicBase.protocol === 'https:'
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        scriptSrcAttr: ["'none'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        fontSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        workerSrc: ["'self'", 'blob:'],
        manifestSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        ...(https ? { upgradeInsecureRequests: [] } : {}),
      },
    },
    // Over plain HTTP a browser would refuse or ignore these, and a shop that starts without a certificate must get in.
    strictTransportSecurity: https ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    crossOriginOpenerPolicy: https ? { policy: 'same-origin' } : false,
    originAgentCluster: https,
    crossOriginResourcePolicy: { policy: 'same-origin' },
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  }
}

/**
 * A browser sends a session's cookie with whatever page asks it to; only a page of ours may write with it. Ours is the
 * public base, or the very host that was asked: a foreign page can forge neither its Origin nor that host.
 * A key is never sent by a browser on its own, so programs need no Origin.
 */
export function checkOrigin(request: FastifyRequest, identity: Identity | null, publicBase: URL): void {
  if (!isWrite(request.method) || identity?.kind === 'key') return
  const origin = request.headers.origin
  if (origin === undefined) {
    if (identity) throw httpFault(403, 'http.origin')
    return
  }
  if (origin === publicBase.origin || origin === `${request.protocol}://${request.host}`) return
  throw httpFault(403, 'http.origin')
}
