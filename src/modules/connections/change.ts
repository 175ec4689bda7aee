import { sql } from 'kysely'
import { Fault } from '#kernel/fault.ts'
import type { Id } from '#kernel/ids.ts'
import { type Instant, instant, instantText, type LocalDate } from '#kernel/instant.ts'
import { listSites } from '#modules/sites/sites.ts'
import { HttpFault } from '#platform/http/http-fault.ts'
import { appendEvents } from '#platform/outbox/append.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { carryOut, type PlaceChoice, planPlaces } from './choose-places.ts'
import { choosePlaces, findBlankSite, type Origin, refuseUnknownPlaces, SUBSCRIBING_MS, subscribe } from './connect.ts'
import { type NewCredentials, storeCredentials } from './credentials.ts'
import type { Desk } from './desk.ts'
import type { PushWishChange } from './for-orders.ts'
import { askedOf } from './linked.ts'
import { listPlaces, recordChoices, recordPlaces } from './places.ts'
import type { FoundSignIn } from './sign-in-check.ts'
import { type Configuration, getConfiguration, setState } from './store.ts'
import { putEndpoint } from './store-endpoints.ts'
import { endpointOwnerOf, endpointUrl } from './subscriptions.ts'
import { keepWebhookSecret } from './webhook-secret.ts'

// A standing connection, changed by a person or by a new sign-in. What was filed stays where it was filed.

export type ConnectionChange = {
  readonly name?: string | undefined
  readonly locations?: 'all' | readonly string[] | undefined
  readonly backfillFrom?: LocalDate | null | undefined
  readonly webhooks?: boolean | undefined
  /** Of a subscription that a person made at the provider. */
  readonly webhookSecret?: string | undefined
  readonly signIn?: { readonly found: FoundSignIn; readonly credentials: NewCredentials } | undefined
  /** What is wanted of orders that are put into this POS. */
  readonly push?: PushWishChange | undefined
}

/** Throws `connections.unknown`, `.disconnected`, `.not-live`, `.account-differs`, `.place-unknown`. */
export async function changeConnection(
  desk: Desk,
  origin: Origin,
  id: string,
  change: ConnectionChange,
): Promise<Configuration> {
  const { tenantId, now } = origin
  const sealer = await desk.vault.tenant(tenantId)
  const changed = await desk.database.tenant(tenantId, async (tx) => {
    const standing = await getConfiguration(tx, tenantId, id, 'lock')
    refuseEnded(standing)
    // A sign-in that works again: what was missed meanwhile is wanted at once.
    let isWanted = change.signIn !== undefined && (await listPlaces(tx, standing)).some(({ chosen }) => chosen)
    const words = await rename(tx, standing, change, now)
    if (change.signIn !== undefined) words.push(await renewSignIn(desk, tx, sealer, standing, change.signIn, now))
    if (change.locations !== undefined) {
      const places = await listPlaces(tx, standing)
      refuseUnknownPlaces(
        { places: places.map(({ externalId, ...place }) => ({ ...place, id: externalId })) },
        { locations: change.locations },
      )
      isWanted = await choosePlaces(tx, standing, change.locations, origin)
      words.push('locations')
    }
    const fresh = await getConfiguration(tx, tenantId, id)
    if (change.webhooks !== undefined || change.signIn !== undefined) await wishForWebhooks(desk, tx, fresh, now)
    if (change.webhookSecret !== undefined) {
      await keepWebhookSecret(desk, tx, sealer, fresh, change.webhookSecret, now)
      words.push('webhook_secret')
    }
    if (change.push !== undefined && desk.pushWishes !== undefined) {
      await desk.pushWishes.change(tx, tenantId, fresh.id, change.push, origin)
      words.push('push')
    }
    await appendChanged(tx, fresh, words, origin)
    if (isWanted) await desk.onPlacesChosen(tx, standing, origin)
    return fresh
  })
  desk.keeper.forget(changed)
  desk.endpoints.forget()
  if (change.webhooks !== undefined || change.signIn !== undefined) await subscribe(desk, changed)
  return changed
}

export type PlaceWish = {
  readonly externalId: string
  readonly chosen: boolean
  /** Null: by the rules; `new`: a site of its own. */
  readonly siteId: Id | 'new' | null
}

/** Which places are chosen, and where each is filed. Places that are not named stay as they are. */
export async function changePlaces(
  desk: Desk,
  origin: Origin,
  id: string,
  wishes: readonly PlaceWish[],
  all: boolean | null,
): Promise<Configuration> {
  const { tenantId, now } = origin
  const changed = await desk.database.tenant(tenantId, async (tx) => {
    const standing = await getConfiguration(tx, tenantId, id, 'lock')
    refuseEnded(standing)
    const byId = new Map((await listPlaces(tx, standing)).map((place) => [place.externalId, place]))
    const choices = wishes.flatMap(({ externalId, chosen, siteId }, index): PlaceChoice[] => {
      const place = byId.get(externalId)
      if (place === undefined) throw unknownPlace(`/places/${index}/id`)
      const site = siteId === null ? 'auto' : siteId === 'new' ? 'new' : { id: siteId }
      return chosen ? [{ place, site, pointer: `/places/${index}/site_id` }] : []
    })
    const sites = await listSites(tx, tenantId)
    const plan = planPlaces(choices, sites, await findBlankSite(tx, tenantId, sites), origin.defaults)
    const siteOf = await carryOut(tx, tenantId, plan, now)
    await recordChoices(
      tx,
      standing,
      new Map(wishes.map(({ externalId }) => [externalId, siteOf.get(externalId) ?? null])),
    )
    if (all !== null) {
      await sql`
        update pos.configurations set all_places = ${all} where tenant_id = ${tenantId} and id = ${standing.id}`.execute(
        tx,
      )
    }
    await appendChanged(tx, standing, ['locations'], origin)
    if (choices.length > 0) await desk.onPlacesChosen(tx, standing, origin)
    return getConfiguration(tx, tenantId, id)
  })
  desk.keeper.forget(changed)
  return changed
}

/** A person looked at the first figures and said that they are right. */
export async function confirmConnection(desk: Desk, origin: Origin, id: string): Promise<Configuration> {
  const { tenantId, now, actor } = origin
  return desk.database.tenant(tenantId, async (tx) => {
    const standing = await getConfiguration(tx, tenantId, id, 'lock')
    refuseEnded(standing)
    if (standing.asked?.confirmedAt === null) {
      await sql`
        update pos.configurations set confirmed_at = ${instantText(now)}, confirmed_by = ${actor}, doubted_at = null,
          doubt = null
        where tenant_id = ${tenantId} and id = ${standing.id}`.execute(tx)
      await appendChanged(tx, standing, ['confirmed'], origin)
    }
    return getConfiguration(tx, tenantId, id)
  })
}

/** A person looked at the first figures and said that they are not right; the note is theirs. */
export async function doubtConnection(desk: Desk, origin: Origin, id: string, note: string): Promise<Configuration> {
  const { tenantId, now } = origin
  return desk.database.tenant(tenantId, async (tx) => {
    const standing = await getConfiguration(tx, tenantId, id, 'lock')
    refuseEnded(standing)
    await sql`
      update pos.configurations set confirmed_at = null, confirmed_by = null, doubted_at = ${instantText(now)},
        doubt = ${note}
      where tenant_id = ${tenantId} and id = ${standing.id}`.execute(tx)
    await appendChanged(tx, standing, ['doubted'], origin)
    return getConfiguration(tx, tenantId, id)
  })
}

async function rename(
  tx: Tx,
  { tenantId, id }: Configuration,
  change: ConnectionChange,
  now: Instant,
): Promise<string[]> {
  const { name, backfillFrom, webhooks, locations } = change
  await sql`
    update pos.configurations set updated_at = ${instantText(now)}, name = coalesce(${name ?? null}, name),
      backfill_from = ${backfillFrom === undefined ? sql`backfill_from` : sql`${backfillFrom}::date`},
      webhooks_wanted = coalesce(${webhooks ?? null}::boolean, webhooks_wanted),
      all_places = coalesce(${locations === undefined ? null : locations === 'all'}::boolean, all_places)
    where tenant_id = ${tenantId} and id = ${id}`.execute(tx)
  return [
    ...(name === undefined ? [] : ['name']),
    ...(backfillFrom === undefined ? [] : ['backfill_from']),
    ...(webhooks === undefined ? [] : ['webhooks']),
  ]
}

async function renewSignIn(
  desk: Desk,
  tx: Tx,
  sealer: Awaited<ReturnType<Desk['vault']['tenant']>>,
  standing: Configuration,
  { found, credentials }: NonNullable<ConnectionChange['signIn']>,
  now: Instant,
): Promise<string> {
  const asked = askedOf(standing)
  const { check, dataTypes, places } = found
  if (check.account !== asked.account) {
    throw new HttpFault(422, 'connections.account-differs', {
      say: 'These credentials are of another account than the one that is connected. Connect that account by itself.',
      places: [{ pointer: '/credentials', detail: 'of another account' }],
    })
  }
  await storeCredentials(tx, sealer, desk.fingerprintKey, standing, asked.credentialsVersion, credentials, now, false)
  if (standing.state !== 'active') await setState(tx, standing, 'active', null, now)
  await sql`
    update pos.configurations set account_name = ${check.accountName}, data_types = ${[...dataTypes]},
      checked_at = ${instantText(now)}, check_code = 'ok', missing_permissions = ${JSON.stringify(check.missing)}::jsonb
    where tenant_id = ${standing.tenantId} and id = ${standing.id}`.execute(tx)
  await recordPlaces(tx, standing, places, now)
  return 'credentials'
}

/** Puts the wish for webhooks down; `subscribe` then asks for them at once. */
async function wishForWebhooks(desk: Desk, tx: Tx, connection: Configuration, now: Instant): Promise<void> {
  const asked = askedOf(connection)
  const owner = endpointOwnerOf(desk, connection, asked)
  if (owner?.kind !== 'connection') return
  const url = endpointUrl(desk, connection.posSystem, connection.id)
  await putEndpoint(tx, owner, { url, state: 'waiting', dueAt: instant(now + SUBSCRIBING_MS) })
}

export async function appendChanged(
  tx: Tx,
  { tenantId, id, name, posSystem }: Pick<Configuration, 'tenantId' | 'id' | 'name' | 'posSystem'>,
  changed: readonly string[],
  { actor, requestId, now }: Pick<Origin, 'actor' | 'requestId' | 'now'>,
): Promise<void> {
  await appendEvents(tx, tenantId, [
    {
      type: 'connection.changed',
      subject: `connection/${id}`,
      occurredAt: now,
      actor,
      requestId,
      data: { changed: [...changed], connection_id: id, name, pos_system: posSystem },
    },
  ])
}

/** Throws `connections.disconnected`, `connections.not-live`. */
export function refuseEnded(connection: Configuration): void {
  askedOf(connection)
  if (connection.state !== 'disconnected') return
  throw new Fault('conflict', 'connections.disconnected', {
    say: `“${connection.name}” was disconnected. Connect its account again, and it goes on where it stopped.`,
  })
}

function unknownPlace(pointer: string): Fault {
  return new HttpFault(422, 'connections.place-unknown', {
    say: 'The account has no place of sale with an id that was given. Nothing was changed.',
    places: [{ pointer, detail: 'no such place of sale' }],
  })
}
