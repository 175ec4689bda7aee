import { sql } from 'kysely'
import type { Id, TenantId } from '#kernel/ids.ts'
import type { Instant } from '#kernel/instant.ts'
import type { OrderRemark } from '../../../connectors/contract.ts'
import type { DueAs, PushState, Step } from './states.ts'

/** One order on its way into one connection's POS: a row of pos.pushes. */
export type Push = {
  readonly tenantId: TenantId
  readonly id: Id
  readonly orderId: Id
  readonly connectionId: Id
  readonly posSystem: string
  readonly test: boolean
  readonly status: PushState
  readonly outcome: 'unknown' | null
  readonly waitsFor: 'person' | 'sign_in' | null
  readonly nextStep: Step | null
  readonly dueAs: DueAs
  readonly dueAt: Instant | null
  readonly promisedAt: Instant
  readonly retryCount: number
  readonly resends: number
  readonly throttles: number
  readonly followTries: number
  readonly firstTryAt: Instant | null
  readonly gridAt: Instant | null
  readonly firstSentAt: Instant | null
  readonly lastSentAt: Instant | null
  readonly intent: Buffer | null
  readonly orderVersion: number | null
  readonly total: bigint
  readonly currency: string
  readonly location: string | null
  readonly posOrderId: string | null
  readonly posOrderNumber: string | null
  readonly posTotal: bigint | null
  readonly wish: 'cancel' | 'amend' | null
  readonly wishReason: string | null
  readonly errorCode: string | null
  readonly errorMessage: string | null
  readonly warnings: readonly OrderRemark[]
  readonly attempts: number
  readonly claimNo: number
  readonly claimedUntil: Instant | null
  readonly createdAt: Instant
  readonly movedAt: Instant
  readonly completedAt: Instant | null
}

/** Of `pos.pushes p`, named as the fields of `Push`. */
export const PUSH_COLUMNS = sql.raw(
  [
    'tenant_id',
    'id',
    'order_id',
    'connection_id',
    'pos_system',
    'test',
    'status',
    'outcome',
    'waits_for',
    'next_step',
    'due_as',
    'due_at',
    'promised_at',
    'retry_count',
    'resends',
    'throttles',
    'follow_tries',
    'first_try_at',
    'grid_at',
    'first_sent_at',
    'last_sent_at',
    'intent',
    'order_version',
    'total',
    'currency',
    'location',
    'pos_order_id',
    'pos_order_number',
    'pos_total',
    'wish',
    'wish_reason',
    'error_code',
    'error_message',
    'warnings',
    'attempts',
    'claim_no',
    'claimed_until',
    'created_at',
    'moved_at',
    'completed_at',
  ]
    .map((name) => `p.${name} as "${name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())}"`)
    .join(', '),
)
