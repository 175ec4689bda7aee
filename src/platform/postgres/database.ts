import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { Fault } from '#kernel/fault.ts'
import { isId, type TenantId } from '#kernel/ids.ts'
import { typeParsers } from './types.ts'

// Three doors into one database, each its own role and none of them a superuser:
//   tenant   tillwire_app: sees the rows of the one tenant that the transaction names; without a tenant it sees nothing.
//   system   tillwire_system: engines that must look across tenants (who has new events, whose key is this).
//   owner    tillwire_owner: owns the tables; migrations and the job queue. Row-level security is forced on it too.
// A person's sign-in data lies in a schema that only tillwire_auth may enter; its pool is handed to that library alone.

/** No tables known: each module's store says which ones it uses with `tx.withTables<…>()`. */
export type NoTables = Record<never, never>

/** One open transaction. */
export type Tx = Kysely<NoTables>

export type DatabaseRole = 'tillwire_app' | 'tillwire_system' | 'tillwire_owner' | 'tillwire_auth'

export type Database = {
  /** One transaction as the tenant's role. Retried on deadlock and serialisation failure, so `work` must be repeatable. */
  tenant<T>(tenantId: TenantId, work: (tx: Tx) => Promise<T>, traits?: TransactionTraits): Promise<T>
  /** One transaction that may look across tenants. For engines, never for a request's own queries. */
  system<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /**
   * One statement that is a whole transaction and may look across tenants: committed when it answers. It takes one round
   * trip where `system` takes three. Retried on deadlock and serialisation failure.
   */
  systemStatement<Row>(statement: NamedStatement): Promise<Row[]>
  /** A pool of one role with PostgreSQL's usual types, for libraries that bring their own SQL. */
  pool(role: 'tillwire_owner' | 'tillwire_auth'): pg.Pool
  /** A connection of its own, outside every pool, for LISTEN. The caller ends it. */
  connect(role: DatabaseRole): Promise<pg.Client>
  close(): Promise<void>
}

export type TransactionTraits = {
  /**
   * `kept`: a statement that a connection knows is never planned again for new values. For transactions of many short
   * statements that name their rows by their keys: planning these costs more than carrying them out. Never for reports,
   * whose best plan hangs on the values. PostgreSQL decides case by case when left out.
   */
  readonly plans?: 'kept'
}

/** Its name stands for its text on every connection, so it must be the statement's own in the whole program. */
export type NamedStatement = { readonly name: string; readonly text: string; readonly values: readonly unknown[] }

export type DatabaseOptions = {
  readonly url: string
  /** Most connections of each pool. */
  readonly connectionsMax?: number
  /** Hears of a connection that broke while idle; the pool replaces it by itself. */
  readonly onIdleError?: (error: Error) => void
}

// 40001 serialization_failure, 40P01 deadlock_detected: PostgreSQL undid everything and asks for another try.
const TRY_AGAIN = new Set(['40001', '40P01'])
const TRIES_MAX = 5

const clients = new WeakMap<object, pg.PoolClient>()

/** The connection under a transaction, for what SQL text alone cannot do: COPY. */
export function clientOf(tx: Tx): pg.PoolClient {
  const client = clients.get(tx)
  if (!client) throw new Error('this is not a transaction of openDatabase')
  return client
}

export function openDatabase(options: DatabaseOptions): Database {
  const pools = new Map<DatabaseRole, pg.Pool>()

  function poolOf(role: DatabaseRole, raw: boolean): pg.Pool {
    let pool = pools.get(role)
    if (!pool) {
      pool = new pg.Pool({
        ...connectionFor(options.url, role),
        max: options.connectionsMax ?? 10,
        ...(raw ? {} : { types: typeParsers }),
      })
      pool.on('error', (error) => options.onIdleError?.(error))
      // One that breaks while it is lent out and nothing is asked tells nobody but itself, and would end the process. Who
      // asks it next hears of it.
      pool.on('connect', (client) => void client.on('error', () => undefined))
      pools.set(role, pool)
    }
    return pool
  }

  function run<T>(role: DatabaseRole, begin: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    return tried(() => transaction(poolOf(role, false), begin, work))
  }

  async function tried<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work()
      } catch (error) {
        if (attempt >= TRIES_MAX || !TRY_AGAIN.has(sqlState(error) ?? '')) throw asDatabaseFault(error)
      }
    }
  }

  return {
    tenant(tenantId, work, traits = {}) {
      // The id goes into the text of one round trip with BEGIN; nothing but a UUID gets that far.
      if (!isId(tenantId)) throw new Error('not a tenant id')
      const plans = traits.plans === 'kept' ? `, set_config('plan_cache_mode', 'force_generic_plan', true)` : ''
      return run('tillwire_app', `begin; select set_config('tillwire.tenant', '${tenantId}', true)${plans}`, work)
    },
    system: (work) => run('tillwire_system', 'begin', work),
    systemStatement: (statement) => tried(() => single(poolOf('tillwire_system', false), statement)),
    pool: (role) => poolOf(role, true),
    async connect(role) {
      const client = new pg.Client({ ...connectionFor(options.url, role), types: typeParsers })
      // One that breaks while nothing is asked says so here and would end the process; what is asked next fails by itself.
      client.on('error', () => undefined)
      await client.connect()
      return client
    },
    async close() {
      const open = [...pools.values()]
      pools.clear()
      await Promise.all(open.map((pool) => pool.end()))
    },
  }
}

async function transaction<T>(pool: pg.Pool, begin: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  const onError = (error: Error) => {
    broken = error
  }
  client.on('error', onError)
  const tx: Tx = new Kysely<NoTables>({ dialect: new PostgresDialect({ pool: poolOfOne(client) }) })
  clients.set(tx, client)
  try {
    await client.query(begin)
    const result = await work(tx)
    await client.query('commit')
    return result
  } catch (error) {
    // A connection that cannot even roll back is thrown away, not put back.
    await client.query('rollback').catch((failure: Error) => {
      broken = failure
    })
    throw error
  } finally {
    client.off('error', onError)
    client.release(broken ?? false)
  }
}

async function single<Row>(pool: pg.Pool, { name, text, values }: NamedStatement): Promise<Row[]> {
  const client = await pool.connect()
  let broken: Error | false = false
  try {
    const { rows } = await client.query({ name, text, values: values as unknown[] })
    return rows as Row[]
  } catch (error) {
    // One that the server itself refused leaves the connection as it was; of any other it is not known.
    if (sqlState(error) === null) broken = error as Error
    throw error
  } finally {
    client.release(broken)
  }
}

/** Kysely wants a pool; a transaction has one connection, which goes back when the transaction ends and not before. */
function poolOfOne(client: pg.PoolClient) {
  const query = (text: unknown, values?: unknown[]) =>
    typeof text === 'string' && values !== undefined && values.length > 0
      ? client.query({ ...nameOf(client, text), text, values })
      : client.query(text as string, values)
  const borrowed = { query, release: () => undefined }
  return { options: {}, connect: async () => borrowed as unknown as pg.PoolClient, end: async () => undefined }
}

// Reading a statement and planning it costs the server more than carrying most of ours out, above all where a table has a
// part for each month. A statement that a connection hears again gets a name, by which the server knows it from then on
// and decides by itself whether one plan will do for all values.
const NAMED_MAX = 300
const HEARD_MAX = 2_000

type Heard = { readonly names: Map<string, string | null>; named: number }

const heard = new WeakMap<pg.PoolClient, Heard>()

function nameOf(client: pg.PoolClient, text: string): { readonly name?: string } {
  let known = heard.get(client)
  if (known === undefined) {
    known = { names: new Map(), named: 0 }
    heard.set(client, known)
  }
  const name = known.names.get(text)
  if (typeof name === 'string') return { name }
  if (name === undefined) {
    if (known.names.size < HEARD_MAX) known.names.set(text, null)
    return {}
  }
  if (known.named >= NAMED_MAX) return {}
  known.named++
  const fresh = `s${known.named}`
  known.names.set(text, fresh)
  return { name: fresh }
}

/** Connection settings of a role: the URL's own sign-in, with the role taken on as the session starts. */
export function connectionFor(url: string, role: DatabaseRole): pg.ClientConfig {
  const path = role === 'tillwire_auth' ? ' -c search_path=auth' : ''
  return {
    connectionString: url,
    options: `-c role=${role} -c timezone=UTC -c client_min_messages=warning${path}`,
    application_name: `tillwire ${role.replace('tillwire_', '')}`,
    connectionTimeoutMillis: 10_000,
  }
}

export function sqlState(error: unknown): string | null {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : null
}

/** Failures of the database that a person can do something about, as faults; everything else as it came. */
export function asDatabaseFault(error: unknown): unknown {
  const state = sqlState(error)
  if (state === '53100') {
    return new Fault('unavailable', 'postgres.disk-full', {
      say: 'The disk that holds the database is full. Nothing of this step was stored. Free some space and try again.',
      cause: error,
    })
  }
  // 28 is a refused sign-in, 3D a database that does not exist: to whoever starts a hub the same as no answer.
  if (state?.startsWith('28') || state?.startsWith('3D')) {
    return new Fault('unavailable', 'postgres.unreachable', {
      say: `The database server refuses the sign-in: ${(error as Error).message}. Mend DATABASE_URL, or the server.`,
      cause: error,
    })
  }
  if (state?.startsWith('08') || state?.startsWith('57P') || isConnectionLoss(error)) {
    return new Fault('unavailable', 'postgres.unreachable', {
      say: 'The database does not answer just now. Nothing of this step was stored. Try again in a moment.',
      retryAfterSeconds: 2,
      cause: error,
    })
  }
  return error
}

function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = (error as NodeJS.ErrnoException).code
  return (
    code === 'ECONNREFUSED' ||
    code === 'ENOENT' ||
    code === 'ENOTFOUND' ||
    code === 'EHOSTUNREACH' ||
    code === 'ETIMEDOUT' ||
    code === 'ECONNRESET' ||
    code === 'EPIPE' ||
    error.message.startsWith('Connection terminated') ||
    error.message.startsWith('timeout exceeded when trying to connect')
  )
}
