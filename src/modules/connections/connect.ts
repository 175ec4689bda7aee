import { sql } from 'kysely'
import type { Fault } from '#kernel/fault.ts'
import { type Id, newId, type TenantId } from '#kernel/ids.ts'
import { type Instant, instant, instantText, type LocalDate } from '#kernel/instant.ts'
import { listSites, type Site } from '#modules/sites/sites.ts'
import { HttpFault } from '#platform/http/http-fault.ts'
import { appendEvents } from '#platform/outbox/append.ts'
import { sqlState, type Tx } from '#platform/postgres/database.ts'
import type { MissingPermission } from '../../../connectors/contract.ts'
import { carryOut, type PlaceChoice, planPlaces, type SiteDefaults } from './choose-places.ts'
import { type NewCredentials, storeCredentials } from './credentials.ts'
import type { Desk } from './desk.ts'
import { listPlaces, recordChoices, recordPlaces } from './places.ts'
import type { FoundSignIn, GivenSignIn } from './sign-in-check.ts'
import { type Configuration, findEnded, getConfiguration } from './store.ts'
import { findEndpointRow, putEndpoint } from './store-endpoints.ts'
import { endpointOwnerOf, endpointUrl, tendEndpoint } from './subscriptions.ts'
import { keepWebhookSecret, newWebhookSecret } from './webhook-secret.ts'

// A new connection, once the provider has said whose the credentials are. All of it is stored in one transaction, or
// nothing. An account that this tenant had connected before goes on as the same connection: its sales are known by it,
// and under another one each would stand twice.

export type ConnectionDraft = {
  readonly name: string
  readonly locations: 'all' | 'none' | readonly string[]
  readonly backfillFrom: LocalDate | null
  readonly webhooks: boolean
  /** Where the hub makes the secret that deliveries are signed with: this one, to be shown; a new one when left out. */
  readonly webhookSecret?: string | undefined
}

export type Origin = {
  readonly tenantId: TenantId
  readonly defaults: SiteDefaults
  readonly actor: string
  readonly requestId: string | null
  readonly now: Instant
}

/** Throws `connections.account-unavailable`, `connections.place-unknown`, `connections.place-none`. */
export async function connect(
  desk: Desk,
  origin: Origin,
  given: GivenSignIn,
  found: FoundSignIn,
  draft: ConnectionDraft,
  credentials: NewCredentials,
): Promise<Configuration> {
  const { tenantId, now } = origin
  refuseUnknownPlaces(found, draft)
  const sealer = await desk.vault.tenant(tenantId)
  const made = await desk.database
    .tenant(tenantId, async (tx) => {
      const account = found.check.account
      const ended = await findEnded(tx, tenantId, {
        posSystem: given.posSystem,
        environment: given.environment,
        account,
      })
      const ref = { tenantId, id: ended?.id ?? newId() }
      await (ended === null ? insert : revive)(tx, ref, given, found, draft, credentials, now)
      const before = ended?.asked?.credentialsVersion ?? 0
      const stored = await storeCredentials(tx, sealer, desk.fingerprintKey, ref, before, credentials, now, false)
      if (stored === null) throw new Error('a connection that was just locked changed')
      await recordPlaces(tx, ref, found.places, now)
      const isWanted = await choosePlaces(tx, ref, draft.locations, origin)
      const owner = endpointOwnerOf(
        desk,
        { ...ref, posSystem: given.posSystem },
        { environment: given.environment, credentialsFrom: credentials.from },
      )
      if (owner?.kind === 'connection') {
        const url = endpointUrl(desk, given.posSystem, ref.id)
        const wanted = draft.webhooks
          ? ({ state: 'waiting', dueAt: instant(now + SUBSCRIBING_MS) } as const)
          : ({ state: 'off', dueAt: null } as const)
        await putEndpoint(tx, owner, { url, ...wanted })
      }
      if (given.live.webhooks?.secretBy === 'ours') {
        const secret = draft.webhookSecret ?? newWebhookSecret()
        await keepWebhookSecret(desk, tx, sealer, { ...ref, posSystem: given.posSystem }, secret, now)
      }
      await appendEvents(tx, tenantId, [
        {
          type: 'connection.created',
          subject: `connection/${ref.id}`,
          occurredAt: now,
          actor: origin.actor,
          requestId: origin.requestId,
          data: { connection_id: ref.id, name: draft.name, pos_system: given.posSystem },
        },
      ])
      if (isWanted) await desk.onPlacesChosen(tx, ref, origin)
      return getConfiguration(tx, tenantId, ref.id)
    })
    .catch((error: unknown) => {
      throw isAccountTaken(error) ? accountUnavailable() : error
    })
  desk.keeper.forget(made)
  desk.endpoints.forget()
  await subscribe(desk, made)
  return made
}

/** How long asking to be told is left to whoever made the connection, before a step sees to it. */
export const SUBSCRIBING_MS = 60_000

/**
 * Asks to be told, where that is wanted. What comes of it stands in the endpoint's state and is tended by a step.
 * `anew` looks at an application's subscription too that is known to stand.
 */
export async function subscribe(desk: Desk, connection: Configuration, anew = false): Promise<void> {
  const { asked } = connection
  if (asked === null) return
  const owner = endpointOwnerOf(desk, connection, asked)
  if (owner === null || (!asked.webhooksWanted && owner.kind === 'application')) return
  if (owner.kind === 'application') {
    const url = endpointUrl(desk, connection.posSystem, null)
    const stands = await desk.database.system(async (tx) => {
      const row = await findEndpointRow(tx, owner)
      if (row?.state === 'subscribed' && row.url === url) return true
      const dueAt = instant(desk.clock.now() + SUBSCRIBING_MS)
      await putEndpoint(tx, owner, { url, state: 'waiting', dueAt })
      return false
    })
    if (stands && !anew) return
  }
  await tendEndpoint(desk, owner)
}

async function insert(
  tx: Tx,
  { tenantId, id }: { tenantId: TenantId; id: Id },
  given: GivenSignIn,
  { check, dataTypes }: FoundSignIn,
  draft: ConnectionDraft,
  { from }: NewCredentials,
  now: Instant,
): Promise<void> {
  const at = instantText(now)
  await sql`
    insert into pos.configurations (tenant_id, id, pos_system, name, state, state_since, environment, account_id,
      account_name, data_types, all_places, backfill_from, webhooks_wanted, credentials_from, checked_at, check_code,
      missing_permissions, created_at, updated_at)
    values (${tenantId}, ${id}, ${given.posSystem}, ${draft.name}, 'active', ${at}, ${given.environment},
      ${check.account}, ${check.accountName}, ${[...dataTypes]}, ${draft.locations === 'all'}, ${draft.backfillFrom},
      ${draft.webhooks}, ${from}, ${at}, 'ok', ${permissionsText(check.missing)}::jsonb, ${at}, ${at})`.execute(tx)
}

async function revive(
  tx: Tx,
  { tenantId, id }: { tenantId: TenantId; id: Id },
  _given: GivenSignIn,
  { check, dataTypes }: FoundSignIn,
  draft: ConnectionDraft,
  { from }: NewCredentials,
  now: Instant,
): Promise<void> {
  const at = instantText(now)
  await sql`
    update pos.configurations set name = ${draft.name}, state = 'active', state_reason = null, state_since = ${at},
      account_name = ${check.accountName}, data_types = ${[...dataTypes]}, all_places = ${draft.locations === 'all'},
      backfill_from = ${draft.backfillFrom}, webhooks_wanted = ${draft.webhooks}, credentials_from = ${from},
      checked_at = ${at}, check_code = 'ok', missing_permissions = ${permissionsText(check.missing)}::jsonb,
      confirmed_at = null, confirmed_by = null, doubted_at = null, doubt = null, updated_at = ${at}
    where tenant_id = ${tenantId} and id = ${id}`.execute(tx)
}

/**
 * Chooses places by the rules, and with them their sites; those that are not named are chosen no more. Answers whether
 * any is chosen.
 */
export async function choosePlaces(
  tx: Tx,
  ref: { readonly tenantId: TenantId; readonly id: Id },
  locations: ConnectionDraft['locations'],
  { defaults, now }: Origin,
): Promise<boolean> {
  const known = await listPlaces(tx, ref)
  const isChosen = (externalId: string) =>
    locations === 'all' || (locations !== 'none' && locations.includes(externalId))
  const choices = known
    .filter(({ externalId }) => isChosen(externalId))
    .map((place): PlaceChoice => ({ place, site: 'auto', pointer: '/locations' }))
  const sites = await listSites(tx, ref.tenantId)
  const plan = planPlaces(choices, sites, await findBlankSite(tx, ref.tenantId, sites), defaults)
  const siteOf = await carryOut(tx, ref.tenantId, plan, now)
  await recordChoices(tx, ref, new Map(known.map(({ externalId }) => [externalId, siteOf.get(externalId) ?? null])))
  return choices.length > 0
}

/** The tenant's one site, if no connection files anything at it yet. */
export async function findBlankSite(tx: Tx, tenantId: TenantId, sites: readonly Site[]): Promise<Site | null> {
  const [only, another] = sites
  if (only === undefined || another !== undefined) return null
  const { rows } = await sql<{ used: boolean }>`
    select exists (select from pos.configurations where tenant_id = ${tenantId} and site_id = ${only.id})
      or exists (select from pos.connection_places where tenant_id = ${tenantId} and site_id = ${only.id})
      -- The demonstration's till files at sites of its own choosing.
      or exists (select from pos.configurations where tenant_id = ${tenantId} and site_id is null and account_id is null)
      as used`.execute(tx)
  return rows[0]?.used === false ? only : null
}

/** Throws `connections.place-unknown`, `connections.place-none`. */
export function refuseUnknownPlaces(
  { places }: Pick<FoundSignIn, 'places'>,
  { locations }: Pick<ConnectionDraft, 'locations'>,
): void {
  if (places.length === 0) {
    throw new HttpFault(422, 'connections.place-none', {
      say: 'The account has no place of sale. Make one there first, then connect it.',
      places: [{ pointer: '/locations', detail: 'the account has none' }],
    })
  }
  if (typeof locations === 'string') return
  const known = new Set(places.map(({ id }) => id))
  const unknown = locations.flatMap((id, index) =>
    known.has(id) ? [] : [{ pointer: `/locations/${index}`, detail: 'no such place of sale' }],
  )
  if (unknown.length === 0) return
  throw new HttpFault(422, 'connections.place-unknown', {
    say: 'The account has no place of sale with an id that was given. Nothing was stored.',
    places: unknown,
  })
}

export function isAccountTaken(error: unknown): boolean {
  return sqlState(error) === '23505' && (error as { constraint?: unknown }).constraint === 'configurations_account'
}

/** The same words whoever has it: whether another tenant does is nobody's business. */
export function accountUnavailable(): Fault {
  return new HttpFault(422, 'connections.account-unavailable', {
    say: 'The account of these credentials cannot be connected here. If it is connected already, change that connection instead.',
    places: [{ pointer: '/credentials', detail: 'the account cannot be connected here' }],
  })
}

function permissionsText(missing: readonly MissingPermission[]): string {
  return JSON.stringify(missing)
}
