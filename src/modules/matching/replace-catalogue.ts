import { Fault } from '#kernel/fault.ts'
import type { TenantId } from '#kernel/ids.ts'
import type { Instant } from '#kernel/instant.ts'
import { HttpFault } from '#platform/http/http-fault.ts'
import { appendEvents } from '#platform/outbox/append.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { ChannelItem } from './channel-item.ts'
import {
  type ChannelRef,
  deleteItems,
  lockChannel,
  lockItem,
  selectItems,
  touchChannel,
  upsertItems,
} from './store-channels.ts'
import { dueSoon } from './store-watches.ts'

// A channel says all that it sells at once. What it leaves out is sold no longer; what was matched stays matched, since an
// item that comes back is the same item.

export type Saying = { readonly by: string; readonly requestId: string | null; readonly now: Instant }

export type CatalogueCounts = {
  readonly created: number
  readonly updated: number
  readonly removed: number
  readonly unchanged: number
}

/** Throws `matching.items-wrong` and `matching.removals-unconfirmed`. Repeating it changes nothing. */
export async function replaceCatalogue(
  tx: Tx,
  ref: ChannelRef,
  items: readonly ChannelItem[],
  saying: Saying & { readonly removalsConfirmed: boolean },
): Promise<CatalogueCounts> {
  checkIds(items)
  await lockChannel(tx, ref, saying.by, saying.now)
  const standing = new Map((await selectItems(tx, ref)).map((item) => [item.id, item]))
  const told = new Set(items.map(({ id }) => id))
  const removed = [...standing.keys()].filter((id) => !told.has(id))
  if (!saying.removalsConfirmed) checkRemovals(ref, removed.length, standing.size)
  const created = items.filter(({ id }) => !standing.has(id))
  const updated = items.filter((item) => isOther(item, standing.get(item.id)))
  await deleteItems(tx, ref, removed)
  await upsertItems(tx, ref, [...created, ...updated], saying.now)
  const counts = {
    created: created.length,
    updated: updated.length,
    removed: removed.length,
    unchanged: items.length - created.length - updated.length,
  }
  const isChanged = counts.created + counts.updated + counts.removed > 0
  if (isChanged || standing.size === 0) await touchChannel(tx, ref, saying)
  if (isChanged) await announce(tx, ref, counts, saying)
  return counts
}

export type ItemChanges = Partial<Omit<ChannelItem, 'id'>>

/** Changes one item. Throws `matching.item-missing`. */
export async function changeItem(
  tx: Tx,
  ref: ChannelRef,
  itemId: string,
  changes: ItemChanges,
  saying: Saying,
): Promise<ChannelItem> {
  const before = await lockItem(tx, ref, itemId)
  if (before === null) {
    throw new Fault('missing', 'matching.item-missing', {
      say: `The channel ${ref.channel} has no item "${itemId.slice(0, 64)}". Its list of items says what there is.`,
    })
  }
  const item = { ...before, ...changes }
  if (!isOther(item, before)) return before
  await upsertItems(tx, ref, [item], saying.now)
  await touchChannel(tx, ref, null)
  await announce(tx, ref, { created: 0, updated: 1, removed: 0 }, saying)
  return item
}

async function announce(
  tx: Tx,
  ref: ChannelRef,
  { created, updated, removed }: Omit<CatalogueCounts, 'unchanged'>,
  saying: Saying,
): Promise<void> {
  await dueSoon(tx, { tenantId: ref.tenantId, channel: ref.channel }, 'catalogue', saying.now)
  await appendEvents(tx, ref.tenantId as TenantId, [
    {
      type: 'channel_catalog.changed',
      subject: `channel/${ref.channel}`,
      occurredAt: saying.now,
      actor: saying.by,
      requestId: saying.requestId,
      data: { channel: ref.channel, created, updated, removed },
    },
  ])
}

function checkIds(items: readonly ChannelItem[]): void {
  const firstAt = new Map<string, number>()
  const places = items.flatMap(({ id }, at) => {
    const first = firstAt.get(id)
    if (first === undefined) firstAt.set(id, at)
    return first === undefined ? [] : [{ pointer: `/items/${at}/id`, detail: `is the id of item ${first} too` }]
  })
  if (places.length === 0) return
  throw new HttpFault(422, 'matching.items-wrong', {
    say: `${places.length} items have the id of another one; each needs its own. Nothing was stored.`,
    places: places.slice(0, 50),
  })
}

function checkRemovals(ref: ChannelRef, removed: number, standing: number): void {
  if (removed * 2 <= standing) return
  throw new Fault('conflict', 'matching.removals-unconfirmed', {
    say:
      `This list leaves out ${removed} of the ${standing} items of ${ref.channel}. ` +
      'If they are sold no longer, ask again with confirm_removals=true.',
    detail: { removed, standing },
  })
}

const FIELDS = [
  'name',
  'variant',
  'sku',
  'barcode',
  'category',
  'kind',
  'parentId',
  'price',
  'currency',
  'available',
] as const satisfies readonly (keyof ChannelItem)[]

function isOther(item: ChannelItem, before: ChannelItem | undefined): boolean {
  return before !== undefined && FIELDS.some((field) => item[field] !== before[field])
}
