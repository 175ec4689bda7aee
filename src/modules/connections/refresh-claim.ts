import { sql } from 'kysely'
import { type Id, newId } from '#kernel/ids.ts'
import { type Instant, instant, instantText } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { ConnectionRef } from './live.ts'
import type { ConnectionState } from './store.ts'

// Who may refresh a sign-in. Between taking the claim and giving it back lies a call to the provider, so no lock of a
// transaction can hold it: the claim is a row with an end, longer than the call may take. Whoever finds it held waits
// and takes what its holder stored. A claim outlives its holder only by a crash.

/** Longer than a refresh may take with everything around it, so that only a crash lets a claim run out. */
export const CLAIM_MS = 90_000
export const REFRESH_MAX_MS = 30_000
/** Clocks of two hubs differ; a claim that ends later than that could have let it was taken under one that was wrong. */
const CLOCKS_DIFFER_MAX_MS = 15 * 60_000

export type Claimed = {
  readonly kind: 'claimed'
  readonly claim: Id
  readonly version: number
  /** An earlier holder did not give it back: its answer may still be on the way. */
  readonly stolen: boolean
}

export type ClaimOutcome =
  | Claimed
  /** A newer version than the one that was refused is stored. */
  | { readonly kind: 'newer' }
  | { readonly kind: 'held'; readonly refreshNo: number }
  | { readonly kind: 'ended'; readonly state: ConnectionState }

/** Takes the claim for refreshing a version. The row is locked only as long as the caller's short transaction. */
export async function takeClaim(
  tx: Tx,
  { tenantId, id }: ConnectionRef,
  refused: number,
  now: Instant,
): Promise<ClaimOutcome> {
  const { rows } = await sql<ClaimRow>`
    select state, credentials_version, refresh_no, refresh_failures, refresh_claimed_until from pos.configurations
    where tenant_id = ${tenantId} and id = ${id} for update`.execute(tx)
  const row = rows[0]
  if (row === undefined || row.state !== 'active') return { kind: 'ended', state: row?.state ?? 'disconnected' }
  if (row.credentials_version > refused) return { kind: 'newer' }
  const heldUntil = row.refresh_claimed_until
  if (heldUntil !== null && heldUntil > now && heldUntil <= now + CLAIM_MS + CLOCKS_DIFFER_MAX_MS) {
    return { kind: 'held', refreshNo: row.refresh_no }
  }
  const claim = newId()
  await sql`
    update pos.configurations set refresh_claim = ${claim},
      refresh_claimed_until = ${instantText(instant(now + CLAIM_MS))}
    where tenant_id = ${tenantId} and id = ${id}`.execute(tx)
  return { kind: 'claimed', claim, version: row.credentials_version, stolen: heldUntil !== null }
}

/** What became of somebody else's refresh. */
export async function lookAtClaim(tx: Tx, { tenantId, id }: ConnectionRef) {
  const { rows } = await sql<ClaimRow>`
    select state, credentials_version, refresh_no, refresh_failures, refresh_claimed_until from pos.configurations
    where tenant_id = ${tenantId} and id = ${id}`.execute(tx)
  const row = rows[0]
  return {
    state: row?.state ?? ('disconnected' as const),
    version: row?.credentials_version ?? 0,
    refreshNo: row?.refresh_no ?? 0,
    failures: row?.refresh_failures ?? 0,
    heldUntil: row?.refresh_claimed_until ?? null,
  }
}

/** Gives the claim back; `retryAt` where the refresh came to nothing. Does nothing when the claim is another's by now. */
export async function giveBackClaim(
  tx: Tx,
  { tenantId, id }: ConnectionRef,
  claim: Id,
  retryAt: Instant | null,
): Promise<void> {
  const failed =
    retryAt === null
      ? sql``
      : sql`, refresh_failures = refresh_failures + 1,
      refresh_due_at = ${instantText(retryAt)}`
  await sql`
    update pos.configurations set refresh_claim = null, refresh_claimed_until = null, refresh_no = refresh_no + 1
      ${failed}
    where tenant_id = ${tenantId} and id = ${id} and refresh_claim = ${claim}`.execute(tx)
}

type ClaimRow = {
  state: ConnectionState
  credentials_version: number
  refresh_no: number
  refresh_failures: number
  refresh_claimed_until: Instant | null
}
