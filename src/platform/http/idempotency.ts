import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { TenantId } from '#kernel/ids.ts'
import { type Instant, instant, instantText } from '#kernel/instant.ts'
import type { Database, Tx } from '#platform/postgres/database.ts'
import { httpFault } from './problem.ts'

// A write that carries an Idempotency-Key is done once and answered the same each time, for a day:
//
//   (nothing) → running → done        the handler answered, with success or with a fault of the caller's making
//                  └────→ (nothing)   the handler broke, or was told to come later: the next try is a first one
//
// A key belongs to one caller of one tenant. The table holds neither the key nor the answer in the clear: it is found
// by a hash, and sealed with a key that is derived from the Idempotency-Key itself, because an answer may hold a
// secret that is stored hashed everywhere else.
//
// A process that dies in between leaves `running` behind; after LEASE_MS the next try takes over. Work that has no
// natural key of its own stores its answer in its own transaction (`settle`), so that a takeover can never do it twice.

const RETENTION_MS = 24 * 60 * 60_000
/** Longer than any request may take. */
const LEASE_MS = 10 * 60_000
const KEY = /^[\x21-\x7e]{1,255}$/
const SEAL = 'aes-256-gcm'

export type StoredAnswer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly contentType: string | null
  readonly body: string
}

/** One request with its key, as the table knows it. */
export type Claim = {
  readonly tenantId: TenantId
  readonly key: string
  readonly route: string
  readonly caller: string
  readonly hash: Buffer
  readonly sealKey: Buffer
  readonly now: Instant
}

export type IdempotencyStore = {
  /** The earlier answer, or null when this request is the first. Throws when the key is in use otherwise. */
  begin(claim: Claim): Promise<StoredAnswer | null>
  /** Keeps the answer, in the handler's transaction or in one of its own. */
  settle(claim: Claim, answer: StoredAnswer, tx?: Tx): Promise<void>
  /** Forgets a try that led to no answer worth keeping. */
  release(claim: Claim): Promise<void>
}

type Row = {
  readonly route: string
  readonly body_hash: Buffer
  readonly state: 'running' | 'done'
  readonly status: number | null
  readonly answer: Buffer | null
}

export function claimOf(request: {
  readonly header: string | string[]
  readonly tenantId: TenantId
  readonly actor: string
  readonly method: string
  /** With its query. */
  readonly url: string
  readonly body: Buffer | string
  readonly now: Instant
}): Claim {
  const key = request.header
  if (typeof key !== 'string' || !KEY.test(key)) throw httpFault(400, 'http.idempotency-key-malformed')
  const route = `${request.method} ${request.url}`
  return {
    tenantId: request.tenantId,
    key: createHash('sha256').update(`${request.actor}\n${key}`).digest('base64url'),
    route: createHash('sha256').update(route).digest('base64url'),
    caller: request.actor,
    hash: createHash('sha256').update(route).update('\n').update(request.body).digest(),
    sealKey: Buffer.from(hkdfSync('sha256', key, request.tenantId, 'tillwire idempotent answer', 32)),
    now: request.now,
  }
}

export function createIdempotencyStore(database: Database): IdempotencyStore {
  return {
    begin: (claim) =>
      database.tenant(claim.tenantId, async (tx) => {
        // An expired row, or one whose process is gone, is taken over as if it were not there.
        const taken = await sql`
          insert into hub.idempotency_keys as k
            (tenant_id, key, route, caller, body_hash, state, created_at, expires_at)
          values (${claim.tenantId}, ${claim.key}, ${claim.route}, ${claim.caller}, ${claim.hash}, 'running',
            ${instantText(claim.now)}, ${later(claim.now, RETENTION_MS)})
          on conflict (tenant_id, key) do update set
            route = excluded.route, caller = excluded.caller, body_hash = excluded.body_hash, state = 'running',
            status = null, answer = null, content_type = null,
            created_at = excluded.created_at, expires_at = excluded.expires_at
          where k.expires_at <= excluded.created_at
             or (k.state = 'running' and k.body_hash = excluded.body_hash
                 and k.created_at <= ${later(claim.now, -LEASE_MS)}::timestamptz)
          returning 1`.execute(tx)
        if (taken.rows.length > 0) return null
        const { rows } = await sql<Row>`
          select route, body_hash, state, status, answer from hub.idempotency_keys
          where tenant_id = ${claim.tenantId} and key = ${claim.key}`.execute(tx)
        return answerOf(rows[0], claim)
      }),
    settle: (claim, answer, tx) => {
      const write = async (open: Tx) => {
        await sql`
          update hub.idempotency_keys
          set state = 'done', status = ${answer.status}, answer = ${seal(answer, claim.sealKey)},
            content_type = ${answer.contentType}
          where tenant_id = ${claim.tenantId} and key = ${claim.key}`.execute(open)
      }
      return tx ? write(tx) : database.tenant(claim.tenantId, write)
    },
    release: (claim) =>
      database.tenant(claim.tenantId, async (tx) => {
        await sql`
          delete from hub.idempotency_keys
          where tenant_id = ${claim.tenantId} and key = ${claim.key} and state = 'running'`.execute(tx)
      }),
  }
}

/** Removes keys whose day is over; answers how many. For a job that runs now and then. */
export function pruneIdempotencyKeys(database: Database, now: Instant): Promise<number> {
  return database.system(async (tx) => {
    const gone = await sql`delete from hub.idempotency_keys where expires_at <= ${instantText(now)}`.execute(tx)
    return Number(gone.numAffectedRows ?? 0)
  })
}

function answerOf(row: Row | undefined, claim: Claim): StoredAnswer {
  // Gone between the two statements: its first request has just given up.
  if (!row) throw httpFault(409, 'http.idempotency-running', { retryAfterSeconds: 1 })
  if (!row.body_hash.equals(claim.hash)) throw httpFault(422, 'http.idempotency-key-reused')
  if (row.state === 'running' || row.answer === null) {
    throw httpFault(409, 'http.idempotency-running', { retryAfterSeconds: 1 })
  }
  return unseal(row.answer, claim.sealKey)
}

function seal(answer: StoredAnswer, key: Buffer): Buffer {
  const nonce = randomBytes(12)
  const cipher = createCipheriv(SEAL, key, nonce)
  return Buffer.concat([nonce, cipher.update(JSON.stringify(answer)), cipher.final(), cipher.getAuthTag()])
}

function unseal(sealed: Buffer, key: Buffer): StoredAnswer {
  const decipher = createDecipheriv(SEAL, key, sealed.subarray(0, 12))
  decipher.setAuthTag(sealed.subarray(-16))
  const text = Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString('utf8')
  return JSON.parse(text) as StoredAnswer
}

function later(from: Instant, ms: number): string {
  return instantText(instant(from + ms))
}
