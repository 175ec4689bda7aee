import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { isId, type TenantId } from '#kernel/ids.ts'
import type { Database } from '#platform/postgres/database.ts'

// Tells other processes of the same database which tenants have news, over a connection of its own.
//
// Never inside the writing transaction: a commit that notifies takes one lock for the whole database and holds it until
// it is on the disk, so that all such commits would stand in line behind each other. Here the writer has committed
// already, and the news of a few milliseconds share one notification. It may get lost with the process that owes it;
// the tick of the others finds those lines a second later.

export type Notifier = {
  tell(tenantId: TenantId): void
  stop(): Promise<void>
}

export type NotifierOptions = {
  readonly database: Database
  /** News from another process; null when it may be of any tenant. */
  readonly heard: (tenantId: TenantId | null) => void
  readonly say: (message: string, detail?: Record<string, unknown>) => void
}

const CHANNEL = 'tillwire_outbox'
const GATHER_MS = 4
const RECONNECT_MS = 1_000
// PostgreSQL refuses payloads of 8000 bytes; an id and its comma are 37.
const IDS_PER_PAYLOAD = 200
const PAYLOADS_MAX = 10
const ANY_TENANT = '*'

export async function startNotifier(options: NotifierOptions): Promise<Notifier> {
  const { database, heard, say } = options
  // Everybody hears their own voice too; the name at the beginning is how we know it.
  const ourName = randomBytes(6).toString('hex')
  const pending = new Set<TenantId>()
  let client: pg.Client | null = null
  let gathering: NodeJS.Timeout | null = null
  let reconnecting: NodeJS.Timeout | null = null
  let sending: Promise<void> | null = null
  let stopped = false

  function listen(payload: string): void {
    const [name, ...ids] = payload.split(',')
    if (name === ourName) return
    for (const id of ids) {
      if (id === ANY_TENANT) heard(null)
      else if (isId(id)) heard(id as TenantId)
    }
  }

  async function connect(): Promise<void> {
    const made = await database.connect('tillwire_system')
    made.on('notification', (message) => listen(message.payload ?? ''))
    const lost = (error?: Error) => {
      if (client !== made || stopped) return
      client = null
      say('The connection for news between processes broke; it is made anew.', { error })
      void made.end().catch(() => undefined)
      retry()
    }
    made.on('error', lost)
    made.on('end', () => lost())
    await made.query(`listen ${CHANNEL}`)
    client = made
  }

  function retry(): void {
    if (stopped) return
    reconnecting = setTimeout(() => {
      connect().then(
        // What was said meanwhile was not heard.
        () => (stopped ? close() : heard(null)),
        () => retry(),
      )
    }, RECONNECT_MS)
  }

  async function close(): Promise<void> {
    const ours = client
    client = null
    await ours?.end().catch(() => undefined)
  }

  async function send(): Promise<void> {
    const ids = [...pending]
    pending.clear()
    const payloads: string[] = []
    if (ids.length > IDS_PER_PAYLOAD * PAYLOADS_MAX) payloads.push(`${ourName},${ANY_TENANT}`)
    else {
      for (let at = 0; at < ids.length; at += IDS_PER_PAYLOAD) {
        payloads.push([ourName, ...ids.slice(at, at + IDS_PER_PAYLOAD)].join(','))
      }
    }
    // A lost connection says so itself, and what it owed is found by the others' tick.
    await client
      ?.query(`select pg_notify('${CHANNEL}', payload) from unnest($1::text[]) as payload`, [payloads])
      .catch(() => undefined)
  }

  function gather(): void {
    if (gathering || sending || stopped) return
    gathering = setTimeout(() => {
      gathering = null
      sending = send().finally(() => {
        sending = null
        if (pending.size > 0) gather()
      })
    }, GATHER_MS)
  }

  await connect()
  return {
    tell(tenantId) {
      pending.add(tenantId)
      gather()
    },
    async stop() {
      stopped = true
      if (gathering) clearTimeout(gathering)
      if (reconnecting) clearTimeout(reconnecting)
      await sending
      // What was still gathered: nobody has to wait for a tick because we stop.
      if (pending.size > 0) await send()
      await close()
    },
  }
}
