import { sql } from 'kysely'
import { Fault } from '#kernel/fault.ts'
import type { TenantId } from '#kernel/ids.ts'
import type { Database } from '#platform/postgres/database.ts'
import type { OutboxEvent } from './event.ts'
import { type EventPage, readEvents, readHead } from './read.ts'

// Live readers without a stored position, for dashboards and sockets, in every process. A reader first catches up, page
// by page at its own pace; then it joins its tenant's stream, which reads each new line once and hands it to all of its
// readers. A reader that stops taking is let go when its buffer is full: it can come back after its last number.
//
//   catching up → live → let go

export type TailOptions = {
  readonly tenantId: TenantId
  /** Begin after this number; at the newest event of this moment when left out. */
  readonly after?: number
  readonly types?: readonly string[]
  /** Most events that wait for this reader. */
  readonly bufferMax?: number
}

/** Ends by itself only with a fault: `outbox.reader-too-slow`, or what reading the database threw. */
export type Tail = AsyncIterableIterator<OutboxEvent> & {
  /** Where to go on from after an end: everything up to here was handed out or not wanted. */
  readonly position: number
  close(): void
}

export type Tails = {
  open(options: TailOptions): Promise<Tail>
  wake(tenantId: TenantId): void
  /** Looks for lines whose wake was missed. */
  tick(): Promise<void>
  stop(): Promise<void>
}

type Reader = {
  readonly types: readonly string[] | undefined
  /** The last number that was put into the buffer or passed over. */
  seq: number
  push(events: readonly OutboxEvent[], through: number): void
  fail(error: unknown): void
}

type Stream = {
  readonly tenantId: TenantId
  readonly readers: Set<Reader>
  seq: number
  reading: boolean
  again: boolean
}

const BUFFER_MAX = 1_000
const PAGE = 500

export function createTails(
  database: Database,
  say: (message: string, detail?: Record<string, unknown>) => void,
): Tails {
  const streams = new Map<TenantId, Stream>()
  const open = new Set<Tail>()
  const reads = new Set<Promise<void>>()
  let stopped = false

  const readPage = (tenantId: TenantId, after: number, types?: readonly string[]): Promise<EventPage> =>
    database.tenant(tenantId, (tx) => readEvents(tx, tenantId, { after, limit: PAGE, types }))

  function advance(stream: Stream): void {
    stream.again = true
    if (stream.reading) return
    stream.reading = true
    const read = readOn(stream).finally(() => reads.delete(read))
    reads.add(read)
  }

  async function readOn(stream: Stream): Promise<void> {
    try {
      while (stream.again && stream.readers.size > 0) {
        stream.again = false
        const page = await readPage(stream.tenantId, stream.seq)
        stream.seq = page.through
        for (const reader of stream.readers) reader.push(page.events, page.through)
        if (page.through < page.head) stream.again = true
      }
    } catch (error) {
      // The readers wait; the next tick tries again. Only a position that cannot be is their end.
      say('Live readers could not be served; it is tried again in a moment.', { tenant_id: stream.tenantId, error })
      if (error instanceof Fault && error.kind === 'conflict') for (const reader of stream.readers) reader.fail(error)
    } finally {
      stream.reading = false
    }
  }

  /** Joins a reader whose pages are read: without a gap, because the stream begins or already stands where it stands. */
  function join(tenantId: TenantId, reader: Reader): Stream | null {
    let stream = streams.get(tenantId)
    if (stream && stream.seq > reader.seq) return null
    if (!stream) {
      stream = { tenantId, readers: new Set(), seq: reader.seq, reading: false, again: false }
      streams.set(tenantId, stream)
    }
    stream.readers.add(reader)
    // What was committed between the reader's last page and this moment woke nobody.
    advance(stream)
    return stream
  }

  function leave(stream: Stream, reader: Reader): void {
    stream.readers.delete(reader)
    if (stream.readers.size === 0 && streams.get(stream.tenantId) === stream) streams.delete(stream.tenantId)
  }

  return {
    async open(options) {
      if (stopped) throw new Error('the outbox is stopped')
      const { tenantId } = options
      const start = options.after ?? (await database.tenant(tenantId, (tx) => readHead(tx, tenantId)))
      const tail = createTail(options, start, { readPage, join, leave, closed: (closed) => open.delete(closed) })
      open.add(tail)
      return tail
    },
    wake(tenantId) {
      const stream = streams.get(tenantId)
      if (stream) advance(stream)
    },
    async tick() {
      if (streams.size === 0) return
      const tenants = [...streams.keys()]
      const { rows } = await database.system((tx) =>
        sql<{ tenant_id: TenantId; seq: bigint }>`
          select tenant_id, seq from hub.outbox_heads where tenant_id = any(${tenants}::uuid[])`.execute(tx),
      )
      for (const row of rows) {
        const stream = streams.get(row.tenant_id)
        if (stream && Number(row.seq) > stream.seq) advance(stream)
      }
    },
    async stop() {
      stopped = true
      for (const tail of open) tail.close()
      await Promise.all(reads)
    },
  }
}

type TailParts = {
  readonly readPage: (tenantId: TenantId, after: number, types?: readonly string[]) => Promise<EventPage>
  readonly join: (tenantId: TenantId, reader: Reader) => Stream | null
  readonly leave: (stream: Stream, reader: Reader) => void
  readonly closed: (tail: Tail) => void
}

function createTail(options: TailOptions, start: number, parts: TailParts): Tail {
  const { tenantId, types } = options
  const bufferMax = options.bufferMax ?? BUFFER_MAX
  let buffer: OutboxEvent[] = []
  let position = start
  let stream: Stream | null = null
  let end: { readonly error: unknown } | 'closed' | null = null
  let notify: (() => void) | null = null

  const reader: Reader = {
    types,
    seq: start,
    push(events, through) {
      if (end !== null) return
      const wanted = events.filter((event) => event.seq > reader.seq && (!types || types.includes(event.type)))
      reader.seq = Math.max(reader.seq, through)
      if (buffer.length + wanted.length > bufferMax) return reader.fail(tooSlow(position))
      buffer.push(...wanted)
      if (buffer.length === 0) position = reader.seq
      notify?.()
    },
    fail(error) {
      buffer = []
      finish({ error })
    },
  }

  function finish(how: { readonly error: unknown } | 'closed'): void {
    if (end !== null) return
    end = how
    if (stream) parts.leave(stream, reader)
    parts.closed(tail)
    notify?.()
  }

  /** Reads one page while catching up; joins the stream when there is no more. */
  async function catchUp(): Promise<void> {
    const page = await parts.readPage(tenantId, reader.seq, types)
    buffer.push(...page.events)
    reader.seq = page.through
    if (buffer.length === 0) position = reader.seq
    if (page.through >= page.head && end === null) stream = parts.join(tenantId, reader)
  }

  const tail: Tail = {
    get position() {
      return position
    },
    async next() {
      while (end === null || buffer.length > 0) {
        const event = buffer.shift()
        if (event) {
          position = event.seq
          if (buffer.length === 0 && stream) position = reader.seq
          return { done: false, value: event }
        }
        if (!stream) await catchUp()
        else {
          await new Promise<void>((resolve) => {
            notify = resolve
          })
          notify = null
        }
      }
      if (end !== 'closed') throw end.error
      return { done: true, value: undefined }
    },
    async return() {
      tail.close()
      return { done: true, value: undefined }
    },
    close() {
      buffer = []
      finish('closed')
    },
    [Symbol.asyncIterator]: () => tail,
  }
  return tail
}

function tooSlow(position: number): Fault {
  return new Fault('unavailable', 'outbox.reader-too-slow', {
    say: `This reader fell too far behind and was let go. Nothing is lost: read on after event ${position}.`,
    detail: { after: position },
    retryAfterSeconds: 1,
  })
}
