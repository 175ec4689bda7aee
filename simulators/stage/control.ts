import type { FastifyInstance, FastifyReply } from 'fastify'
import { durationMs, type StageClock } from './clock.ts'
import type { FaultOrder, Switchboard } from './faults.ts'
import type { RequestLedger } from './requests.ts'

// The addresses by which a test, a demo or a person leads a simulator. They are the same for every simulator; what is
// peculiar to one provider (its seller revokes, its catalogue changes) is an act with a name.

export type SellOrder = {
  /** How many sales; with a window and no count, what that business would sell in it. */
  readonly count?: number
  /** RFC 3339 instants or dates, [from, to). Without them the sales are rung up now. */
  readonly from?: string
  readonly to?: string
  readonly location?: string
  readonly merchant?: string
  /** The same seed and window sell the same once, however often they are asked for. */
  readonly seed?: string | number
  /** Spreads sales that are rung up now: so many a second by the clock. */
  readonly per_second?: number
}

export type SellAnswer = {
  /** Sales that came into being or will as the clock goes on, and of what was asked for, those that stood already. */
  readonly sold: number
  readonly known: number
}

export type BooksQuery = {
  /** Either business dates of the location's zone, both inclusive, or RFC 3339 instants, [from, to). */
  readonly from?: string
  readonly to?: string
  readonly location?: string
  readonly merchant?: string
}

export type Act = {
  readonly says: string
  run(order: Readonly<Record<string, unknown>>): unknown
}

export type Staged = {
  readonly clock: StageClock
  readonly faults: Switchboard
  readonly requests: RequestLedger
  readonly acts: Readonly<Record<string, Act>>
  sell(order: SellOrder): SellAnswer
  /** A JSON value; each simulator adds up its own books in the same shape. */
  books(query: BooksQuery): unknown
}

/** Puts the control addresses below that prefix. A mistake in an order is a 400 with a sentence. */
export function controlRoutes(server: FastifyInstance, prefix: string, staged: Staged): void {
  const post = (path: string, answer: (body: Body) => unknown) =>
    server.post(`${prefix}${path}`, (request, reply) => attempt(reply, () => answer((request.body ?? {}) as Body)))
  const get = (path: string, answer: (query: Body) => unknown) =>
    server.get(`${prefix}${path}`, (request, reply) => attempt(reply, () => answer(request.query as Body)))

  post('/sell', (body) => staged.sell(body as SellOrder))
  post('/faults', (body) => ({ fault: staged.faults.set(body as FaultOrder) }))
  get('/faults', () => ({ faults: staged.faults.list() }))
  post('/clock', async (body) => {
    await moveClock(staged.clock, body)
    return clockAnswer(staged.clock)
  })
  get('/clock', () => clockAnswer(staged.clock))
  get('/books', (query) => ({ books: staged.books(query as BooksQuery) }))
  get('/requests', () => staged.requests.counts())
  post('/requests/reset', () => {
    staged.requests.reset(staged.clock.now())
    return staged.requests.counts()
  })
  get('/acts', () => ({ acts: Object.entries(staged.acts).map(([name, { says }]) => ({ name, says })) }))
  post('/acts', async (body) => {
    const act = staged.acts[String(body.name)]
    if (act === undefined) {
      throw new RangeError(`There is no act "${body.name}". There are: ${Object.keys(staged.acts).join(', ')}.`)
    }
    return { done: (await act.run(body)) ?? null }
  })
}

type Body = Readonly<Record<string, unknown>>

function clockAnswer(clock: StageClock): { now: string } {
  return { now: new Date(clock.now()).toISOString() }
}

function moveClock(clock: StageClock, { advance, at }: Body): Promise<void> {
  if (typeof advance === 'string') return clock.advance(durationMs(advance))
  const instant = typeof at === 'string' ? Date.parse(at) : Number.NaN
  if (Number.isNaN(instant)) throw new RangeError('Say {"advance": "26h"} or {"at": "2026-10-01T12:00:00Z"}.')
  return clock.moveTo(instant)
}

async function attempt(reply: FastifyReply, answer: () => unknown): Promise<unknown> {
  try {
    return await answer()
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return reply.code(400).send({ error: error.message })
  }
}
