import type { Order } from '#canon/order.ts'
import { type Id, newId, type TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import { wireAmount } from '#kernel/money.ts'
import { appendEvents } from '#platform/outbox/append.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { Sealer } from '#platform/vault/vault.ts'
import { partsOf } from './body.ts'
import { changesBetween } from './changes.ts'
import { checkCurrency, checkItems, checkPlacedAt, checkPromisedAt, findSite } from './circumstances.ts'
import type { Desk } from './desk.ts'
import { storedOrder } from './find.ts'
import { sealPersonal } from './personal.ts'
import { readOrder } from './read-order.ts'
import { type Remark, startRemarks } from './remark.ts'
import { type FullRow, insertOrder, readFirstContent, readFull } from './store.ts'
import type { StoredOrder } from './stored-order.ts'
import type { NewOrder } from './wire-in.ts'

// One order from a channel: checked whole, then stored with its line in the outbox, once. The channel and its id of the
// order are the key: whoever hands it in again, also in the same moment, is answered with what is there.

export type Taking = {
  readonly tenantId: TenantId
  readonly actor: string
  readonly requestId: string | null
  readonly now: Instant
}

export type Taken =
  | { readonly kind: 'created' | 'known'; readonly order: StoredOrder }
  /** Nothing was stored: it was only to be checked. */
  | { readonly kind: 'valid'; readonly order: StoredOrder; readonly preview: Readonly<Record<string, unknown>> | null }
  /** The channel handed in another order under this id before. */
  | { readonly kind: 'otherwise'; readonly order: StoredOrder; readonly changes: readonly string[] }
  | { readonly kind: 'invalid'; readonly remarks: readonly Remark[] }

export async function takeOrder(
  desk: Desk,
  taking: Taking,
  given: NewOrder,
  { dryRun }: { readonly dryRun: boolean },
): Promise<Taken> {
  const sealer = await desk.vault.tenant(taking.tenantId)
  const read = readOrder(given, newId())
  const taken = await desk.database.tenant(taking.tenantId, async (tx): Promise<Taken> => {
    const before = read.remarks.length === 0 ? await findTaken(tx, sealer, taking.tenantId, read.order, given) : null
    if (before !== null) return before
    const remarks = startRemarks(read.remarks)
    const site = await findSite(tx, taking.tenantId, given.location ?? null, remarks)
    const { order } = read
    if (site !== null) checkCurrency(order, site, remarks)
    checkPlacedAt(order, taking.now, remarks)
    checkPromisedAt(order, taking.now, remarks)
    await checkItems(tx, taking.tenantId, order, desk.hooks.knownItems, remarks)
    if (remarks.all.length > 0 || site === null) return { kind: 'invalid', remarks: remarks.all }
    const made = newlyStored(order, site.id, taking)
    if (dryRun) return { kind: 'valid', order: made, preview: (await desk.hooks.preview?.(tx, made)) ?? null }
    const { body, personal } = partsOf(order)
    const sealed = sealPersonal(sealer, personal, order.id, 1)
    const content = { body, personal: sealed, siteId: site.id, actor: taking.actor, now: taking.now }
    if (await insertOrder(tx, taking.tenantId, order, content)) {
      await tellReceived(tx, taking, made)
      return { kind: 'created', order: made }
    }
    // Somebody was faster by a moment; what they stored is committed by now.
    const faster = await findTaken(tx, sealer, taking.tenantId, order, given)
    if (faster === null) throw new Error('an order that is in the way of another one can be read')
    return faster
  })
  if (!dryRun && taken.kind !== 'valid') desk.meter.taken(taken.kind)
  return taken
}

/**
 * What the channel handed in under this id before: the same when the content equals what stands or what came first, for
 * a repeat may come after an amendment.
 */
async function findTaken(
  tx: Tx,
  sealer: Sealer,
  tenantId: TenantId,
  order: Order,
  given: NewOrder,
): Promise<Taken | null> {
  const row = await readFull(tx, tenantId, { channel: order.channel, externalId: order.externalId })
  if (row === null) return null
  const standing = storedOrder(row, sealer, tenantId)
  const isElsewhere = given.location != null && !(await isSite(tx, tenantId, given.location, row.site_id))
  const changes = [...changesBetween(standing.order, order), ...(isElsewhere ? ['location'] : [])]
  if (changes.length === 0 || (!isElsewhere && (await cameSo(tx, sealer, tenantId, row, order)))) {
    return { kind: 'known', order: standing }
  }
  return { kind: 'otherwise', order: standing, changes }
}

async function isSite(tx: Tx, tenantId: TenantId, named: string, siteId: Id): Promise<boolean> {
  const site = await findSite(tx, tenantId, named, startRemarks())
  return site?.id === siteId
}

async function cameSo(tx: Tx, sealer: Sealer, tenantId: TenantId, row: FullRow, order: Order): Promise<boolean> {
  if (row.version === 1) return false
  const first = await readFirstContent(tx, tenantId, row.id)
  return (
    first !== null && changesBetween(storedOrder({ ...row, ...first }, sealer, tenantId, 1).order, order).length === 0
  )
}

function newlyStored(order: Order, siteId: Id, { tenantId, now }: Taking): StoredOrder {
  return {
    order,
    siteId,
    tenantId,
    version: 1,
    progress: 'placed',
    progressAt: now,
    readyAt: null,
    createdAt: now,
    handledBy: null,
  }
}

async function tellReceived(tx: Tx, taking: Taking, { order, siteId }: StoredOrder): Promise<void> {
  const { at, kind } = order.fulfilment
  await appendEvents(tx, taking.tenantId, [
    {
      type: 'order.received',
      subject: `order/${order.id}`,
      occurredAt: taking.now,
      actor: taking.actor,
      requestId: taking.requestId,
      data: {
        order_id: order.id,
        channel: order.channel,
        site_id: siteId,
        total: wireAmount(order.total),
        currency: order.currency,
        fulfilment: kind,
        at: at === null ? null : instantText(at),
        test: order.test,
      },
    },
  ])
}
