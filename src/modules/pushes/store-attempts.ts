import { sql } from 'kysely'
import type { Id, TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import type { CallEnding } from '#modules/connections/live.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { Sealer } from '#platform/vault/vault.ts'
import type { ProviderCall } from '../../../connectors/contract.ts'
import type { Push } from './push-row.ts'
import type { DueAs, Step } from './states.ts'
import type { MadeCall } from './verdict.ts'

// Tries and their calls: put down before, completed after, never changed again.

export type Attempt = {
  readonly no: number
  readonly step: Step
  readonly dueAs: DueAs
  readonly retryNo: number
  readonly startedAt: Instant
  readonly endedAt: Instant | null
  readonly result: string | null
  readonly errorCode: string | null
  readonly say: string | null
}

export type StoredCall = {
  readonly attemptNo: number
  readonly no: number
  readonly name: string
  readonly method: string
  readonly path: string
  readonly writes: boolean
  readonly begunAt: Instant
  readonly request: Buffer | null
  readonly tookMs: number | null
  readonly status: number | null
  readonly verdict: MadeCall['verdict']
  readonly neverSent: boolean | null
  readonly answer: Buffer | null
}

export type CallPlace = Pick<Push, 'tenantId' | 'id'> & { readonly attemptNo: number; readonly no: number }

/** Larger bodies are cut in the history; what a provider answers to an order is a few kilobytes. */
const BODY_MAX = 256 * 1024
/** A search answers other customers' orders as well, hundreds of them: no more of it is kept than an order may take. */
const READ_MAX = 16 * 1024

export async function beginCall(tx: Tx, sealer: Sealer, place: CallPlace, call: ProviderCall, now: Instant) {
  const request = call.body === null ? null : sealBody(sealer, place, 'request', Buffer.from(call.body))
  await sql`
    insert into pos.push_calls (tenant_id, push_id, attempt_no, no, name, method, path, writes, begun_at, request)
    values (${place.tenantId}, ${place.id}, ${place.attemptNo}, ${place.no}, ${call.name}, ${call.method}, ${call.path},
      ${call.writes === true}, ${instantText(now)}, ${request})`.execute(tx)
}

export type EndedCall = { readonly place: CallPlace; readonly writes: boolean; readonly ended: CallEnding }

export async function endCall(tx: Tx, sealer: Sealer, { place, writes, ended }: EndedCall): Promise<void> {
  const { answer, verdict, neverSent, tookMs } = ended
  const kept = answer?.body.subarray(0, writes ? BODY_MAX : READ_MAX) ?? null
  const body = kept === null ? null : sealBody(sealer, place, 'answer', kept)
  await sql`
    update pos.push_calls set took_ms = ${Math.round(tookMs)}, status = ${answer?.status ?? null},
      verdict = ${verdict.kind}, never_sent = ${neverSent}, answer = ${body}
    where tenant_id = ${place.tenantId} and push_id = ${place.id} and attempt_no = ${place.attemptNo}
      and no = ${place.no}`.execute(tx)
}

export function openBody(
  sealer: Sealer,
  place: CallPlace,
  which: 'request' | 'answer',
  sealed: Buffer | null,
): string | null {
  return sealed === null ? null : sealer.open(sealed, binding(place, which)).toString()
}

function sealBody(sealer: Sealer, place: CallPlace, which: 'request' | 'answer', body: Uint8Array): Buffer {
  return sealer.seal(body.subarray(0, BODY_MAX), binding(place, which))
}

function binding({ id, attemptNo, no }: CallPlace, which: string): readonly string[] {
  return ['push-call', id, String(attemptNo), String(no), which]
}

export type AttemptEnd = { readonly result: string; readonly code: string | null; readonly say: string | null }

export async function endAttempt(
  tx: Tx,
  push: Pick<Push, 'tenantId' | 'id'>,
  no: number,
  { result, code, say }: AttemptEnd,
  now: Instant,
): Promise<void> {
  await sql`
    update pos.push_attempts set ended_at = ${instantText(now)}, result = ${result}, error_code = ${code},
      say = ${say?.slice(0, 500) ?? null}
    where tenant_id = ${push.tenantId} and push_id = ${push.id} and no = ${no} and ended_at is null`.execute(tx)
}

/** Calls of an attempt, as far as they are known. */
export async function callsOf(tx: Tx, push: Pick<Push, 'tenantId' | 'id'>, attemptNo: number): Promise<MadeCall[]> {
  const { rows } = await sql<MadeCall>`
    select name, writes, verdict, coalesce(never_sent, false) as "neverSent" from pos.push_calls
    where tenant_id = ${push.tenantId} and push_id = ${push.id} and attempt_no = ${attemptNo} order by no`.execute(tx)
  return rows
}

export async function listAttempts(tx: Tx, tenantId: TenantId, pushId: Id): Promise<Attempt[]> {
  const { rows } = await sql<Attempt>`
    select no, step, due_as as "dueAs", retry_no as "retryNo", started_at as "startedAt", ended_at as "endedAt", result,
      error_code as "errorCode", say
    from pos.push_attempts where tenant_id = ${tenantId} and push_id = ${pushId} order by no`.execute(tx)
  return rows
}

export async function listCalls(tx: Tx, tenantId: TenantId, pushId: Id): Promise<StoredCall[]> {
  const { rows } = await sql<StoredCall>`
    select attempt_no as "attemptNo", no, name, method, path, writes, begun_at as "begunAt", request,
      took_ms as "tookMs", status, verdict, never_sent as "neverSent", answer
    from pos.push_calls where tenant_id = ${tenantId} and push_id = ${pushId} order by attempt_no, no`.execute(tx)
  return rows
}
