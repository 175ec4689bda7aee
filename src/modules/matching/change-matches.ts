import { Fault } from '#kernel/fault.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import { appendEvents } from '#platform/outbox/append.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { availabilityMoved } from './announce-availability.ts'
import { channelNamespace, connectionNamespace } from './namespaces.ts'
import type { Saying } from './replace-catalogue.ts'
import { selectChannels } from './store-channels.ts'
import {
  deleteMatches,
  findUndoable,
  insertChange,
  lockPairing,
  type Match,
  markUndone,
  type Pairing,
  type SaidHow,
  type Stood,
  selectMatches,
  selectStanding,
  upsertMatches,
} from './store-matches.ts'
import { dueSoon, watch } from './store-watches.ts'

// The one way in which a match comes about or goes: what stood before is kept with who changed it, whoever sells by it is
// told, and it is looked at anew. Whether the ids exist was checked before.

/** A channel's ids within a connection's articles; channel null: ids of every channel. */
export type MappingRef = { readonly tenantId: TenantId; readonly connectionId: Id; readonly channel: string | null }

export type Wanted =
  | { readonly kind: 'article'; readonly posItemId: string; readonly confidence: number | null }
  /** It stands for none, and nobody shall ask again. */
  | { readonly kind: 'none' }
  /** As though nobody had said anything. */
  | { readonly kind: 'unsaid' }

export type Changed = { readonly changed: number; readonly changeId: Id | null }

export function pairingOf({ tenantId, connectionId, channel }: MappingRef): Pairing {
  return { tenantId, left: channelNamespace(channel), right: connectionNamespace(connectionId) }
}

/** Changes what the given ids stand for. Ids that stand for just that already are not changed. */
export async function changeMatches(
  tx: Tx,
  ref: MappingRef,
  wanted: ReadonlyMap<string, Wanted>,
  saying: Saying & { readonly how: SaidHow },
): Promise<Changed> {
  const pairing = pairingOf(ref)
  await lockPairing(tx, pairing)
  return change(tx, ref, pairing, await stoodAfter(tx, ref, pairing, wanted, saying), saying)
}

/** The given ids stand for these, and all others for nothing. */
export async function replaceMatches(
  tx: Tx,
  ref: MappingRef,
  wanted: ReadonlyMap<string, Wanted>,
  saying: Saying & { readonly how: SaidHow },
): Promise<Changed> {
  const pairing = pairingOf(ref)
  await lockPairing(tx, pairing)
  const standing = await selectMatches(tx, pairing)
  const whole = new Map<string, Wanted>(wanted)
  for (const id of standing.keys()) if (!whole.has(id)) whole.set(id, { kind: 'unsaid' })
  return change(tx, ref, pairing, await stoodAfter(tx, ref, pairing, whole, saying), saying)
}

/** Puts back what stood before the newest change that stands. Throws `matching.nothing-to-undo`. */
export async function undoLastChange(tx: Tx, ref: MappingRef, saying: Saying): Promise<Changed & { undoneId: Id }> {
  const pairing = pairingOf(ref)
  await lockPairing(tx, pairing)
  const last = await findUndoable(tx, pairing)
  if (last === null) {
    throw new Fault('conflict', 'matching.nothing-to-undo', {
      say: 'No change of these mappings is left that could be undone.',
    })
  }
  await markUndone(tx, pairing, last.id, saying.by, saying.now)
  const done = await change(tx, ref, pairing, last.before, { ...saying, how: 'undo' })
  return { ...done, undoneId: last.id }
}

/** What will stand. What is unsaid in one channel and said for every channel needs a word of its own to be unsaid. */
async function stoodAfter(
  tx: Tx,
  { channel }: MappingRef,
  pairing: Pairing,
  wanted: ReadonlyMap<string, Wanted>,
  { by, now, how }: Saying & { readonly how: SaidHow },
): Promise<Stood[]> {
  const unsaid = [...wanted].flatMap(([id, { kind }]) => (kind === 'unsaid' ? [id] : []))
  const everywhere = { ...pairing, left: channelNamespace(null) }
  const saidEverywhere = channel === null ? new Map() : await selectMatches(tx, everywhere, unsaid)
  return [...wanted].map(([leftId, one]) => {
    if (one.kind === 'unsaid' && !saidEverywhere.has(leftId)) return { leftId, match: null }
    const match: Match = {
      leftId,
      rightId: one.kind === 'article' ? one.posItemId : null,
      saidBy: by,
      saidAt: now,
      saidHow: how,
      confidence: one.kind === 'article' ? one.confidence : null,
      pricesAccepted: null,
    }
    return { leftId, match }
  })
}

async function change(
  tx: Tx,
  ref: MappingRef,
  pairing: Pairing,
  wanted: readonly Stood[],
  saying: Saying & { readonly how: SaidHow },
): Promise<Changed> {
  const ids = wanted.map(({ leftId }) => leftId)
  const standing = await selectMatches(tx, pairing, ids)
  const after = wanted.filter(({ leftId, match }) => isOther(match, standing.get(leftId) ?? null))
  if (after.length === 0) return { changed: 0, changeId: null }
  const before = after.map(({ leftId }): Stood => ({ leftId, match: standing.get(leftId) ?? null }))
  const changedIds = after.map(({ leftId }) => leftId)
  const meantBefore = await selectStanding(tx, pairing, changedIds)
  await upsertMatches(
    tx,
    pairing,
    after.flatMap(({ match }) => match ?? []),
  )
  await deleteMatches(
    tx,
    pairing,
    after.flatMap(({ leftId, match }) => (match === null ? leftId : [])),
  )
  const meantAfter = await selectStanding(tx, pairing, changedIds)
  const changeId = await insertChange(tx, pairing, { ...saying, changedBy: saying.by, before, after })
  await watchAgain(tx, ref, saying)
  const moved = await availabilityMoved(tx, ref, changedIds, { before: meantBefore, after: meantAfter }, saying.now)
  await appendEvents(tx, ref.tenantId, [
    {
      type: 'item_mapping.changed',
      subject: `connection/${ref.connectionId}`,
      occurredAt: saying.now,
      actor: saying.by,
      requestId: saying.requestId,
      data: { connection_id: ref.connectionId, channel: ref.channel, changed: after.length, how: saying.how },
    },
    ...moved,
  ])
  return { changed: after.length, changeId }
}

/** Only what it stands for counts: who says it again, and how, changes nothing. */
function isOther(a: Match | null, b: Match | null): boolean {
  if (a === null || b === null) return a !== b
  return a.rightId !== b.rightId
}

async function watchAgain(tx: Tx, { tenantId, connectionId, channel }: MappingRef, { now }: Saying): Promise<void> {
  const channels = (await selectChannels(tx, tenantId)).map((one) => one.channel)
  const meant = channel === null ? channels : channels.filter((one) => one === channel)
  const refs = meant.map((one) => ({ tenantId, connectionId, channel: one }))
  await watch(tx, refs, now)
  await dueSoon(tx, { tenantId, connectionId, channel }, 'mapping', now)
}
