import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { FaultName } from '../../../connectors/conformance/stage.ts'
import { answerSignIn } from './accounts.ts'
import type { Acme } from './acme.ts'
import { figuresOf } from './books.ts'
import { answerOrders, OPTIONS } from './orders.ts'
import { type Answer, type Asked, error } from './wire.ts'

// Acme's addresses. Lists go by time, oldest first, with both ends inside, fifty to a page; a cursor is the place of the
// last object that was told.

export async function serve(acme: Acme): Promise<Server> {
  const server = createServer((request, response) => void respond(acme, request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

async function respond(acme: Acme, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  const text = Buffer.concat(pieces).toString()
  const url = new URL(request.url ?? '/', 'http://acme')
  const body = text === '' ? {} : (JSON.parse(text) as Asked['body'])
  const asked = { method: request.method ?? 'GET', url, headers: request.headers, body }
  const fault = FAULTS_OF_CALLS.find((name) => strikes(acme, name))
  if (fault === 'timeout') return
  if (fault === 'rate-limit')
    return send(response, { status: 429, body: error('slow_down'), headers: { 'retry-after': '2' } })
  if (fault === 'server-error') return send(response, { status: 500, body: error('internal') })
  if (fault === 'gateway-html')
    return void response.writeHead(502, { 'content-type': 'text/html' }).end('<html>Bad gateway</html>')
  const answer = answerSignIn(acme, asked) ?? answerCall(acme, asked)
  if (fault === 'cut-connection')
    return void response.writeHead(200, { 'content-length': '4096' }).write('{"', () => request.destroy())
  if (fault === 'slow-drip') return drip(response)
  if (fault === 'invalid-json') return void response.writeHead(200).end(JSON.stringify(answer.body ?? {}).slice(0, -2))
  send(response, answer)
}

const FAULTS_OF_CALLS = [
  'timeout',
  'rate-limit',
  'server-error',
  'gateway-html',
  'cut-connection',
  'slow-drip',
  'invalid-json',
] as const satisfies FaultName[]

function strikes(acme: Acme, name: FaultName): boolean {
  const fault = acme.faults.get(name)
  return fault !== undefined && fault.roll(1_000) < fault.rate * 1_000
}

/** A byte now and then, and no end: whoever asked loses patience first. */
function drip(response: ServerResponse): void {
  response.writeHead(200)
  const timer = setInterval(() => response.write(' '), 200)
  response.on('close', () => clearInterval(timer))
}

function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(body === null ? undefined : JSON.stringify(body))
}

function answerCall(acme: Acme, asked: Asked): Answer {
  const [, , noun = '', id, part] = asked.url.pathname.split('/')
  const { method } = asked
  if (noun === 'me') {
    const body = { account: acme.account, name: 'Corner shop', scopes: ['receipts:read', 'hooks:write'] }
    return { status: 200, body }
  }
  if (noun === 'places') return places(acme, asked.url)
  if (noun === 'figures') return figures(acme, asked.url)
  if (noun === 'orders') return answerOrders(acme, asked, id, part)
  if (noun === 'menu') return { status: 200, body: { articles: acme.articles, options: OPTIONS } }
  if (noun === 'hooks') return hooks(acme, method, id, part, asked)
  const objects = {
    receipts: acme.receipts,
    refunds: acme.refunds,
    articles: new Map(acme.articles.map((one) => [one.id, one])),
  }
  const all = (objects as Record<string, ReadonlyMap<string, Listed>>)[noun]
  if (all === undefined) return { status: 404, body: error('not_found') }
  if (id === 'lookup') {
    const ids = asked.body.ids as readonly string[]
    if (ids.length > 20) return { status: 400, body: error('too_many') }
    return { status: 200, body: { [noun]: ids.flatMap((one) => asTold(all.get(one)) ?? []) } }
  }
  return list(acme, noun, [...all.values()], asked.url.searchParams)
}

type Listed = { readonly id: string; readonly created: string; readonly changed: string; readonly place?: string }

const PAGE = 50
const LIST_LAG_MS = 8 * 60_000
const CURSOR_LIFE_MS = 15 * 60_000

function list(acme: Acme, noun: string, all: readonly Listed[], query: URLSearchParams): Answer {
  const by = query.get('by') === 'created' ? 'created' : 'changed'
  const [from, to] = [Date.parse(query.get('from') ?? '1970-01-01'), Date.parse(query.get('to') ?? '2999-01-01')]
  const asked = query.get('places')?.split(',')
  if ((asked?.length ?? 0) > 10 || (noun === 'receipts' && asked === undefined))
    return { status: 400, body: error('places') }
  const after = readCursor(query.get('cursor'))
  const expired = after !== null && (acme.now - after.given > CURSOR_LIFE_MS || strikes(acme, 'cursor-expired'))
  if (expired) return { status: 400, body: error('cursor_expired') }
  const shown = acme.now - (acme.faults.has('list-lag') ? LIST_LAG_MS : 0)
  const found = all
    .filter((one) => Date.parse(one.changed) <= shown)
    .filter((one) => Date.parse(one[by]) >= from && Date.parse(one[by]) <= to)
    .filter((one) => asked === undefined || asked.includes(one.place ?? ''))
    .sort((a, b) => (a[by] === b[by] ? (a.id < b.id ? -1 : 1) : a[by] < b[by] ? -1 : 1))
  const begin = after?.at ?? 0
  if (strikes(acme, 'empty-page')) return { status: 200, body: { [noun]: [], next: cursorAt(begin, acme.now) } }
  if (begin >= PAGE && strikes(acme, 'repeated-page')) {
    return {
      status: 200,
      body: { [noun]: found.slice(begin - PAGE, begin).map(asTold), next: cursorAt(begin, acme.now) },
    }
  }
  const size = begin + PAGE < found.length && strikes(acme, 'short-page') ? PAGE / 2 : PAGE
  const page = found.slice(begin, begin + size)
  const clipped = page.length === PAGE && strikes(acme, 'clipped-page')
  const more = (begin + size < found.length && !clipped) || (page.length > 0 && strikes(acme, 'full-last-page'))
  return { status: 200, body: { [noun]: page.map(asTold), next: more ? cursorAt(begin + size, acme.now) : null } }
}

/** While its lines are not there yet, a receipt is told without them. */
function asTold(one: Listed | undefined) {
  if (one === undefined) return null
  return 'lines_pending' in one && one.lines_pending ? { ...one, lines: [] } : one
}

function cursorAt(at: number, given: number): string {
  return Buffer.from(JSON.stringify({ at, given })).toString('base64url')
}

function readCursor(cursor: string | null): { at: number; given: number } | null {
  if (cursor === null) return null
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString()) as { at: number; given: number }
  } catch {
    return { at: 0, given: 0 }
  }
}

function places(acme: Acme, url: URL): Answer {
  const begin = readCursor(url.searchParams.get('cursor'))?.at ?? 0
  const page = acme.places
    .slice(begin, begin + 100)
    .map((place) => ({ ...place, name: `Shop ${place.id}`, closed: false }))
  const next = begin + 100 < acme.places.length ? cursorAt(begin + 100, acme.now) : null
  return { status: 200, body: { places: page, next } }
}

function figures(acme: Acme, { searchParams }: URL): Answer {
  const [from, to] = [Date.parse(searchParams.get('from') ?? ''), Date.parse(searchParams.get('to') ?? '')]
  const within = (at: string, place: string) =>
    place === searchParams.get('place') && Date.parse(at) >= from && Date.parse(at) < to
  const lines = figuresOf(acme, within).map(({ paid, tips, refunded, ...line }) => {
    return { ...line, paid: Number(paid), tips: Number(tips), refunded: Number(refunded) }
  })
  return { status: 200, body: { figures: lines } }
}

function hooks(acme: Acme, method: string, id: string | undefined, part: string | undefined, { body }: Asked): Answer {
  const all = [...acme.hooks.values()]
  const shown = ({ keys: _, ...hook }: (typeof all)[number]) => ({ ...hook, on: true })
  if (method === 'GET') return { status: 200, body: { hooks: all.map((hook) => ({ ...shown(hook), secret: null })) } }
  if (id === undefined) {
    const known = all.find(({ keys }) => keys.has(String(body.key)))
    if (known !== undefined) return { status: 200, body: shown(known) }
    const made = { id: `hook-${acme.hooks.size + 1}`, url: String(body.url), secret: `acme_hook_${randomUUID()}` }
    const hook = { ...made, events: body.events as string[], keys: new Set([String(body.key)]) }
    acme.hooks.set(hook.id, hook)
    return { status: 201, body: shown(hook) }
  }
  const hook = acme.hooks.get(id)
  if (hook === undefined) return { status: 404, body: error('not_found') }
  if (part === 'secret') {
    hook.secret = `acme_hook_${randomUUID()}`
    return { status: 200, body: { secret: hook.secret } }
  }
  acme.hooks.delete(id)
  return { status: 204, body: null }
}
