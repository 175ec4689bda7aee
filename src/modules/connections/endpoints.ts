import { sql } from 'kysely'
import { type Id, isId, type TenantId } from '#kernel/ids.ts'
import type { Clock, Instant } from '#kernel/instant.ts'
import type { Database } from '#platform/postgres/database.ts'
import type { Sealer, Vault } from '#platform/vault/vault.ts'
import type { Environment, Live, PosSystem, Webhooks } from '../../../connectors/contract.ts'
import { findAccountOwners } from './find-live.ts'
import type { Systems } from './keeping.ts'
import type { ConnectionRef } from './live.ts'
import { type EndpointOwner, type EndpointRow, findEndpointRow } from './store-endpoints.ts'

// Where providers deliver to, and what their signatures are checked with. A delivery reaches either the address of one
// connection, or the one address of a system's application, where it says itself which account it speaks of.

/** One place where deliveries may be meant for, with what they are verified by. */
export type Endpoint = {
  readonly posSystem: PosSystem
  readonly environment: Environment
  readonly live: Live
  readonly webhooks: Webhooks
  /** All that are valid now, the newest first: two while a secret turns. Never empty. */
  readonly secrets: readonly string[]
  /** The address that was given to the provider: the public base and the path, without a query. */
  readonly url: string
  /** Whose it is, where the address says so; null where the delivery names its account. */
  readonly connection: ConnectionRef | null
}

export type Endpoints = {
  /**
   * Candidates for a delivery: with an id those of that connection (none when there is no such one, when it is
   * disconnected, of another system, or without a secret), without one those of the applications. Answers from memory
   * for a moment: a connection that ended is no longer answered in this process at once, and in others within 2 s.
   */
  find(posSystem: string, configId: string | null): Promise<readonly Endpoint[]>
  /**
   * Connections, of any tenant, that an account belongs to and that are not disconnected. One account is connected once
   * in a hub, so this is one or none.
   */
  accountOwners(posSystem: PosSystem, environment: Environment, account: string): Promise<readonly ConnectionRef[]>
  /** Forgets all that is remembered, since something of it was changed. */
  forget(): void
}

export type EndpointsOptions = {
  readonly database: Database
  readonly vault: Vault
  readonly clock: Clock
  readonly systems: Pick<Systems, 'findConnector' | 'applicationOf'>
  readonly monotonicMs?: () => number
}

const REMEMBER_MS = 1_500
const REMEMBERED_MAX = 20_000
const ENVIRONMENTS = ['production', 'sandbox'] as const satisfies readonly Environment[]

/** What a connection's and an application's webhook secrets are sealed for. */
export function secretBinding(owner: EndpointOwner): readonly string[] {
  return owner.kind === 'connection'
    ? ['webhook-secret', owner.id]
    : ['webhook-secret', owner.posSystem, owner.environment, owner.applicationId]
}

export function endpointPath(posSystem: PosSystem, configId: Id | null): string {
  return `/api/v1/webhooks/${posSystem}${configId === null ? '' : `/${configId}`}`
}

export function createEndpoints(options: EndpointsOptions): Endpoints {
  const found = createMemory<readonly Endpoint[]>(options)
  const owners = createMemory<readonly ConnectionRef[]>(options)
  return {
    async find(posSystem, configId) {
      const live = options.systems.findConnector(posSystem)?.live
      if (live?.webhooks === undefined || (configId !== null && !isId(configId))) return []
      const system = { posSystem: posSystem as PosSystem, live, webhooks: live.webhooks }
      return found.recall(`${posSystem} ${configId ?? ''}`, () =>
        configId === null ? ofApplications(options, system) : ofConnection(options, system, configId as Id),
      )
    },
    accountOwners: (posSystem, environment, account) =>
      owners.recall(`${posSystem} ${environment} ${account}`, () =>
        options.database.system((tx) => findAccountOwners(tx, posSystem, environment, account)),
      ),
    forget() {
      found.forget()
      owners.forget()
    },
  }
}

type OfSystem = Pick<Endpoint, 'posSystem' | 'live' | 'webhooks'>

async function ofConnection(options: EndpointsOptions, system: OfSystem, id: Id): Promise<readonly Endpoint[]> {
  const { database, vault, clock } = options
  const seen = await database.system(async (tx) => {
    const { rows } = await sql<{ tenant_id: TenantId; environment: Environment }>`
      select tenant_id, environment from pos.configurations
      where id = ${id} and pos_system = ${system.posSystem} and account_id is not null and state <> 'disconnected'`.execute(
      tx,
    )
    const known = rows[0]
    if (known === undefined) return null
    const owner = { kind: 'connection', tenantId: known.tenant_id, id } as const
    return { known, owner, row: await findEndpointRow(tx, owner) }
  })
  if (seen === null || seen.row === null) return []
  const secrets = openSecrets(seen.row, seen.owner, await vault.tenant(seen.owner.tenantId), clock.now())
  if (secrets.length === 0) return []
  const connection = { tenantId: seen.owner.tenantId, id }
  return [{ ...system, environment: seen.known.environment, secrets, url: seen.row.url, connection }]
}

async function ofApplications(options: EndpointsOptions, system: OfSystem): Promise<readonly Endpoint[]> {
  const { database, vault, clock, systems } = options
  const owners = ENVIRONMENTS.flatMap((environment) => {
    const applicationId = systems.applicationOf(system.posSystem, environment)?.id
    return applicationId === undefined
      ? []
      : [{ kind: 'application', posSystem: system.posSystem, environment, applicationId } as const]
  })
  if (owners.length === 0) return []
  const rows = await database.system(async (tx) => {
    const rows: (EndpointRow | null)[] = []
    for (const owner of owners) rows.push(await findEndpointRow(tx, owner))
    return rows
  })
  const sealer = await vault.hub()
  return owners.flatMap((owner, index) => {
    const row = rows[index] ?? null
    const secrets = row === null ? [] : openSecrets(row, owner, sealer, clock.now())
    if (row === null || secrets.length === 0) return []
    return [{ ...system, environment: owner.environment, secrets, url: row.url, connection: null }]
  })
}

function openSecrets(row: EndpointRow, owner: EndpointOwner, sealer: Sealer, now: Instant): readonly string[] {
  const before = row.secretBeforeUntil !== null && row.secretBeforeUntil > now ? row.secretBefore : null
  return [row.secret, before].flatMap((sealed) =>
    sealed === null ? [] : [sealer.open(sealed, secretBinding(owner)).toString()],
  )
}

/**
 * Remembers answers for a moment. What was read while something was being changed may be as it was before; it serves
 * whoever waits for it and is not remembered.
 */
function createMemory<T>({ monotonicMs = () => performance.now() }: Pick<EndpointsOptions, 'monotonicMs'>) {
  const remembered = new Map<string, { readonly value: T; readonly until: number }>()
  const looking = new Map<string, Promise<T>>()
  let changes = 0
  return {
    async recall(name: string, look: () => Promise<T>): Promise<T> {
      const known = remembered.get(name)
      if (known !== undefined && known.until > monotonicMs()) return known.value
      const running = looking.get(name)
      if (running !== undefined) return running
      const changesBefore = changes
      const begun = look().finally(() => {
        if (looking.get(name) === begun) looking.delete(name)
      })
      looking.set(name, begun)
      const value = await begun
      if (changes !== changesBefore) return value
      const oldest = remembered.size >= REMEMBERED_MAX ? remembered.keys().next().value : undefined
      if (oldest !== undefined) remembered.delete(oldest)
      remembered.delete(name)
      remembered.set(name, { value, until: monotonicMs() + REMEMBER_MS })
      return value
    },
    forget() {
      changes += 1
      remembered.clear()
      // Whoever asks from now on must not be answered by a look that began before the change.
      looking.clear()
    },
  }
}
