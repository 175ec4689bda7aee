import type { Id, TenantId } from '#kernel/ids.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { Desk } from './desk.ts'
import type { PushWishes } from './for-orders.ts'
import { type Place, placesOf } from './places.ts'
import { type Configuration, getConfiguration, listConfigurations } from './store.ts'
import { type EndpointOwner, type EndpointRow, endpointsOf, findEndpointRow } from './store-endpoints.ts'
import { endpointOwnerOf, endpointUrl } from './subscriptions.ts'

// A connection with all that a person is shown of it, from one moment.

export type ConnectionView = {
  readonly configuration: Configuration
  readonly places: readonly Place[]
  /** Null where the system makes no subscriptions, or none was ever put down. */
  readonly endpoint: EndpointRow | null
  /** Where the provider is to deliver; null where it cannot. */
  readonly webhookUrl: string | null
  /** What is wanted of pushed orders; null where the system takes none. */
  readonly push: PushWishes | null
}

/** Throws `connections.unknown`. */
export async function getView(desk: Desk, tenantId: TenantId, id: string): Promise<ConnectionView> {
  const seen = await desk.database.tenant(tenantId, async (tx) =>
    seenOf(desk, tx, tenantId, [await getConfiguration(tx, tenantId, id)]),
  )
  const [view] = await viewsOf(desk, seen)
  return view as ConnectionView
}

export async function listViews(desk: Desk, tenantId: TenantId): Promise<readonly ConnectionView[]> {
  const seen = await desk.database.tenant(tenantId, async (tx) =>
    seenOf(desk, tx, tenantId, await listConfigurations(tx, tenantId)),
  )
  return viewsOf(desk, seen)
}

type Seen = {
  readonly configurations: readonly Configuration[]
  readonly places: ReadonlyMap<Id, readonly Place[]>
  readonly endpoints: ReadonlyMap<Id, EndpointRow>
  readonly wishes: ReadonlyMap<Id, PushWishes>
}

async function seenOf(desk: Desk, tx: Tx, tenantId: TenantId, configurations: readonly Configuration[]): Promise<Seen> {
  const pushed = configurations.filter(({ posSystem }) => takesOrders(desk, posSystem)).map(({ id }) => id)
  return {
    configurations,
    places: await placesOf(tx, tenantId, null),
    endpoints: await endpointsOf(tx, tenantId),
    wishes: (await desk.pushWishes?.of(tx, tenantId, pushed)) ?? new Map(),
  }
}

function takesOrders(desk: Desk, posSystem: string): boolean {
  return desk.systems.findConnector(posSystem)?.live?.orders !== undefined
}

async function viewsOf(
  desk: Desk,
  { configurations, places, endpoints, wishes }: Seen,
): Promise<readonly ConnectionView[]> {
  const shared = new Map<string, EndpointRow | null>()
  const views: ConnectionView[] = []
  for (const configuration of configurations) {
    const { id, posSystem, asked } = configuration
    const own = endpoints.get(id) ?? null
    const owner = asked === null ? null : endpointOwnerOf(desk, configuration, asked)
    const endpoint =
      owner?.kind === 'application' && own?.state !== 'manual' ? await sharedRow(desk, owner, shared) : own
    const takes = asked !== null && desk.systems.findConnector(posSystem)?.live?.webhooks !== undefined
    const ofApplication = endpoint !== null && endpoint !== own
    views.push({
      configuration,
      places: places.get(id) ?? [],
      endpoint,
      push: wishes.get(id) ?? null,
      webhookUrl: takes ? endpointUrl(desk, posSystem, ofApplication ? null : id) : null,
    })
  }
  return views
}

/** An application's subscription serves many connections and is looked at once. */
async function sharedRow(
  desk: Desk,
  owner: EndpointOwner & { kind: 'application' },
  known: Map<string, EndpointRow | null>,
): Promise<EndpointRow | null> {
  const name = `${owner.posSystem} ${owner.environment}`
  const before = known.get(name)
  if (before !== undefined) return before
  const row = await desk.database.system((tx) => findEndpointRow(tx, owner))
  known.set(name, row)
  return row
}
