import { Fault } from '#kernel/fault.ts'
import { type Id, isId, type TenantId } from '#kernel/ids.ts'
import type { Instant } from '#kernel/instant.ts'
import { HttpFault } from '#platform/http/http-fault.ts'
import { bodyPlacesOf } from '#platform/http/input.ts'
import { appendEvents, type NewEvent } from '#platform/outbox/append.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { partsOf } from './body.ts'
import { changesBetween, type OrderField } from './changes.ts'
import { checkItems, checkPromisedAt } from './circumstances.ts'
import type { Desk } from './desk.ts'
import { storedOrder } from './find.ts'
import { addHistory } from './history.ts'
import { invalidOrder, orderMissing } from './order-fault.ts'
import { sealPersonal } from './personal.ts'
import { isOver } from './progress-states.ts'
import { readOrder } from './read-order.ts'
import { startRemarks } from './remark.ts'
import { type FullRow, insertRevision, readFull, updateOrder } from './store.ts'
import type { StoredOrder } from './stored-order.ts'
import { amended, givenAgain } from './wire-back.ts'
import { newOrder, type OrderAmendment } from './wire-in.ts'

// A change of what was ordered: laid over what stands, checked whole, kept as a new version. A change that is there already
// changes nothing, whoever brought it: so two that say "paid" are one.

export type Amending = {
  readonly tenantId: TenantId
  readonly actor: string
  readonly requestId: string
  readonly now: Instant
  /** The version that is changed, and where the caller said so; null: nowhere. */
  readonly version: { readonly number: number; readonly from: 'header' | 'body' } | null
}

/** Throws `orders.missing`, `.invalid`, `.over`, `.version-missing`, `.changed-meanwhile`. */
export async function amendOrder(
  desk: Desk,
  amending: Amending,
  orderId: string,
  amendment: OrderAmendment,
): Promise<StoredOrder> {
  const { tenantId } = amending
  if (!isId(orderId)) throw orderMissing()
  const sealer = await desk.vault.tenant(tenantId)
  return desk.database.tenant(tenantId, async (tx) => {
    const row = await readFull(tx, tenantId, { id: orderId }, { lock: true })
    if (row === null) throw orderMissing()
    const before = storedOrder(row, sealer, tenantId)
    const whole = newOrder.safeParse(amended(givenAgain(before.order), amendment))
    if (!whole.success) throw invalidOrder(bodyPlacesOf(whole.error.issues, amendment))
    const { order, remarks: own } = readOrder(whole.data, orderId)
    const changed = changesBetween(before.order, order)
    if (changed.length === 0 && own.length === 0) return before
    const becamePaid = before.order.payment.state === 'due' && order.payment.state === 'paid'
    const isPaymentAlone = becamePaid && changed.every((field) => field === 'payment')
    if (!isPaymentAlone) checkChangeable(row)
    checkVersion(amending, row.version, isPaymentAlone)
    const remarks = startRemarks(own)
    if (before.order.payment.state === 'paid' && order.payment.state === 'due') {
      remarks.add('orders.payment-back', '/payment/state', 'cannot be due again: the order is paid')
    }
    // What was promised and sold stands, whatever the hour and the catalogue say today; only what is new is asked again.
    if (before.order.fulfilment.at !== order.fulfilment.at) checkPromisedAt(order, amending.now, remarks)
    if (changed.includes('items')) await checkItems(tx, tenantId, order, desk.hooks.knownItems, remarks)
    if (remarks.all.length > 0) throw invalidOrder(remarks.all)
    const version = row.version + 1
    const { body, personal } = partsOf(order)
    const content = { body, personal: sealPersonal(sealer, personal, orderId, version) }
    await insertRevision(tx, tenantId, orderId, { ...content, ...amending, version, changed })
    await updateOrder(tx, tenantId, order, version, amending.now)
    await tellAmended(tx, amending, orderId, { version, changed, becamePaid, isPaymentAlone })
    return { ...before, order, version }
  })
}

function checkChangeable(row: FullRow): void {
  if (row.cancel_requested_at === null && !isOver(row.progress)) return
  const state = row.cancel_requested_at === null ? row.progress : 'being cancelled'
  throw new Fault('conflict', 'orders.over', {
    say: `This order is ${state}; what was ordered can no longer be changed. Only that it was paid can still be said.`,
    detail: { progress: row.progress },
  })
}

/** Being paid only ever goes one way, so whoever brings that need not know the version. */
function checkVersion({ version }: Amending, standing: number, isPaymentAlone: boolean): void {
  if (version === null) {
    if (isPaymentAlone) return
    throw new HttpFault(428, 'orders.version-missing', {
      say: `Say which version is changed: { "version": ${standing} } is the one that stands. Read it first.`,
    })
  }
  if (version.number === standing) return
  throw new HttpFault(version.from === 'header' ? 412 : 409, 'orders.changed-meanwhile', {
    say: `The order has version ${standing} by now, and version ${version.number} was to be changed. Read it again.`,
    detail: { version: standing },
  })
}

type Amended = {
  readonly version: number
  readonly changed: readonly OrderField[]
  readonly becamePaid: boolean
  readonly isPaymentAlone: boolean
}

async function tellAmended(tx: Tx, amending: Amending, orderId: Id, amended: Amended): Promise<void> {
  const { tenantId, actor, requestId, now } = amending
  const { version, changed, becamePaid, isPaymentAlone } = amended
  const kind = isPaymentAlone ? 'paid' : 'amended'
  await addHistory(tx, tenantId, orderId, { kind, at: now, by: actor, version }, now)
  const about = { subject: `order/${orderId}`, actor, requestId } as const
  const events: NewEvent[] = []
  if (!isPaymentAlone) {
    events.push({
      ...about,
      type: 'order.amended',
      occurredAt: now,
      data: { order_id: orderId, version, changed: [...changed] },
    })
  }
  if (becamePaid) {
    events.push({ ...about, type: 'order.paid', occurredAt: now, data: { order_id: orderId, version } })
  }
  await appendEvents(tx, tenantId, events)
}
