import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll } from 'vitest'
import type { CatalogArticle } from '#canon/catalog.ts'
import { type Instant, instant } from '#kernel/instant.ts'
import {
  Garbled,
  type Live,
  type Page,
  type ProviderAnswer,
  type PullWindow,
  type Stream,
  type Talk,
} from '../../../../connectors/contract.ts'
import { EUR, TILL, type TillArticle, type TillOrder, type TillPayment, tillRecords } from '../records/test-till.ts'

// The made-up till as a server that is asked: lists by time of creation or of change, in pages, with the bad habits of real
// ones: it clips, forgets cursors, has enough, falls over, and lets a payment appear long after its order.

type Kind = 'order' | 'payment' | 'article'
type Thing = { readonly kind: Kind; readonly created: number; object: TillOrder | TillPayment | TillArticle }

export type TillServer = {
  readonly baseUrl: string
  /** What it was asked, in order. */
  readonly asked: { readonly path: string; readonly kind: string; readonly places: readonly string[] }[]
  put(kind: Kind, created: number, object: TillOrder | TillPayment | TillArticle): void
  /** A sale with its payment, of so many cents. */
  sell(id: string, place: string, at: number, cents: number): void
  get(id: string): Thing | undefined
  remove(id: string): void
  /** Sum of all closed orders, by the server's own books. */
  books(): { readonly count: number; readonly total: number }
  /** A call that asks for this record is refused as a whole. */
  refused: string | null
  /** Decides what becomes of each call; null: it is answered properly. */
  mood: (call: { readonly kind: string; readonly no: number; readonly hasCursor: boolean }) => Mood | null
}

export type Mood = 'clip' | 'forget' | 'enough' | 'fall' | 'garble' | 'forbid' | 'refuse' | 'unknown'

const open = new Set<() => Promise<void>>()
afterAll(async () => {
  await Promise.all([...open].map((close) => close()))
})

export async function startTillServer(): Promise<TillServer> {
  const things = new Map<string, Thing>()
  const asked: TillServer['asked'] = []
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const url = new URL(request.url ?? '/', 'http://till')
      const { status, body } = url.pathname === '/list' ? list(url.searchParams) : fetchByIds(url)
      response.writeHead(status, { 'content-type': 'application/json' }).end(body)
    })
  })

  function list(query: URLSearchParams): { status: number; body: string } {
    const kind = query.get('kind') ?? ''
    const cursor = query.get('cursor')
    const places = query.get('places')?.split(',') ?? []
    asked.push({ path: query.toString(), kind, places })
    const mood = till.mood({ kind, no: asked.length, hasCursor: cursor !== null })
    const bad = mood === null ? undefined : BAD[mood]
    if (bad !== undefined && !(mood === 'forget' && cursor === null)) return bad
    const [from, to, limit] = ['from', 'to', 'limit'].map((name) => Number(query.get(name))) as [number, number, number]
    const timeOf = (thing: Thing) => (query.get('by') === 'created' ? thing.created : thing.object.updated_at)
    const found = [...things.values()]
      .filter((thing) => thing.kind === kind)
      .filter((thing) => query.get('by') === 'whole' || (timeOf(thing) >= from && timeOf(thing) <= to))
      .filter((thing) => !('place' in thing.object) || places.includes(thing.object.place))
      .sort((a, b) => timeOf(a) - timeOf(b) || (a.object.id < b.object.id ? -1 : 1))
    const at = cursor === null ? 0 : Number(cursor)
    const shown = found.slice(at, at + limit)
    const isMore = at + limit < found.length && mood !== 'clip'
    const last = shown.at(-1)
    return {
      status: 200,
      body: JSON.stringify({
        objects: shown.map((thing) => thing.object),
        next: isMore ? String(at + limit) : null,
        last: last === undefined || query.get('by') === 'whole' ? null : timeOf(last),
      }),
    }
  }

  function fetchByIds(url: URL): { status: number; body: string } {
    const kind = url.pathname.slice(1)
    asked.push({ path: url.search, kind: `fetch ${kind}`, places: [] })
    const mood = till.mood({ kind: `fetch ${kind}`, no: asked.length, hasCursor: false })
    if (mood !== null && BAD[mood] !== undefined) return BAD[mood]
    const ids = url.searchParams.get('ids')?.split(',') ?? []
    if (till.refused !== null && ids.includes(till.refused)) return { status: 422, body: '{}' }
    const objects = ids.flatMap((id) => things.get(`${kind} ${id}`)?.object ?? [])
    return { status: 200, body: JSON.stringify({ objects }) }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.add(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  const till: TillServer = {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    put: (kind, created, object) => void things.set(`${kind} ${object.id}`, { kind, created, object }),
    sell(id, place, at, cents) {
      till.put('order', at, { id, version: 1, updated_at: at, place, state: 'closed', total: cents, item: 'Rye' })
      till.put('payment', at + 1_000, { id: `p-${id}`, order: id, updated_at: at + 1_000, place, amount: cents })
    },
    get: (id) => things.get(id),
    remove: (id) => void things.delete(id),
    books() {
      const orders = [...things.values()]
        .filter(({ kind }) => kind === 'order')
        .map(({ object }) => object as TillOrder)
      const closed = orders.filter(({ state }) => state === 'closed')
      return { count: closed.length, total: closed.reduce((sum, order) => sum + order.total, 0) }
    },
    refused: null,
    mood: () => null,
  }
  return till
}

const BAD: Partial<Record<Mood, { status: number; body: string }>> = {
  forget: { status: 410, body: '{}' },
  enough: { status: 429, body: '{}' },
  fall: { status: 500, body: 'oops' },
  garble: { status: 200, body: '<html>' },
  forbid: { status: 403, body: '{}' },
  refuse: { status: 422, body: '{}' },
  unknown: { status: 401, body: '{}' },
}

type Listed = { readonly objects: readonly unknown[]; readonly next: string | null; readonly last: number | null }

function* pageOf(kind: Kind, limit: number, window: PullWindow, cursor: string | null): Talk<Page> {
  const query = new URLSearchParams({
    kind,
    by: window.by,
    from: String(window.from),
    to: String(window.to),
    limit: String(limit),
    places: (window.locations ?? []).join(','),
    ...(cursor === null ? {} : { cursor }),
  })
  const answer: ProviderAnswer = yield {
    name: `${kind}.list`,
    method: 'GET',
    path: `/list?${query}`,
    body: null,
    repeatable: true,
  }
  let listed: Listed
  try {
    listed = JSON.parse(Buffer.from(answer.body).toString('utf8')) as Listed
  } catch {
    throw new Garbled('no JSON')
  }
  return {
    records: listed.objects.flatMap((object) => tillRecords(kind, object)),
    next: listed.next,
    lastAt: listed.last === null ? null : instant(listed.last),
    count: listed.objects.length,
  }
}

const MINUTE_MS = 60_000

function stream(kind: Kind, rest: Pick<Stream, 'dataType' | 'locationsMax' | 'backfillBy' | 'pageSizeMax'>): Stream {
  return {
    name: `${kind}s`,
    overlapMs: 10 * MINUTE_MS,
    lateMs: 4 * 24 * 60 * MINUTE_MS,
    horizonMs: null,
    ...rest,
    page: (_link, window, cursor) => pageOf(kind, rest.pageSizeMax, window, cursor),
  }
}

export function tillLive(changes: { readonly horizonMs?: number } = {}): Live {
  const streams = [
    stream('article', { dataType: 'catalog', locationsMax: null, backfillBy: 'whole', pageSizeMax: 10 }),
    stream('payment', { dataType: 'sales', locationsMax: 1, backfillBy: 'created', pageSizeMax: 5 }),
    stream('order', { dataType: 'sales', locationsMax: 2, backfillBy: 'created', pageSizeMax: 7 }),
  ].map((one) => ({ ...one, ...(one.dataType === 'sales' ? changes : {}) }))
  return {
    ...TILL,
    api: {
      ...TILL.api,
      judge(call, answer) {
        if (answer.status === 410) return { kind: 'cursor_expired', code: '410' }
        if (answer.status === 429) return { kind: 'throttled', retryAfterMs: null }
        if (answer.status === 401) return { kind: 'unauthorized', code: '401', revoked: true }
        if (answer.status === 422) return { kind: 'refused', code: '422', say: 'Never.' }
        return TILL.api.judge(call, answer)
      },
    },
    pull: { ...TILL.pull, streams },
    reader: {
      ...TILL.reader,
      readArticles: (records) =>
        records
          .filter(({ kind }) => kind === 'article')
          .map(({ body }): CatalogArticle => {
            const { id, name, updated_at } = JSON.parse(body) as TillArticle
            const nothing = { parentExternalId: null, variant: null, barcode: null, category: null, price: null }
            return {
              ...nothing,
              externalId: id,
              name,
              sku: null,
              currency: EUR,
              deleted: false,
              updatedAt: updated_at as Instant,
            }
          }),
    },
  }
}
