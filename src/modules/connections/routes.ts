import { z } from 'zod'
import type { Instant } from '#kernel/instant.ts'
import { findLocalDate } from '#kernel/instant.ts'
import { HttpFault } from '#platform/http/http-fault.ts'
import { defineRoute, type Route } from '#platform/http/route.ts'
import type { PosSystem } from '../../../connectors/contract.ts'
import { changeConnection } from './change.ts'
import { connect } from './connect.ts'
import type { NewCredentials } from './credentials.ts'
import type { Desk } from './desk.ts'
import { type Disconnected, disconnect } from './disconnect.ts'
import type { OurFigures } from './first-figures.ts'
import { askedOf, liveOf } from './linked.ts'
import { originOf } from './origin.ts'
import { placeRoutes } from './place-routes.ts'
import { type FoundSignIn, findSignIn, readCredentials } from './sign-in-check.ts'
import { type Configuration, getConfiguration } from './store.ts'
import { getView, listViews } from './view.ts'
import { newWebhookSecret, secretToWire } from './webhook-secret.ts'
import { toWireConnection, wireConnection, wireConnectionWithSecret, wireEnded } from './wire.ts'

const name = z.string().trim().min(1).max(120)
const environment = z.enum(['production', 'sandbox'])
const credentials = z
  .record(z.string().max(64), z.string().max(10_000))
  .meta({ description: 'The fields that the system names in the list of systems; never shown again' })
const locations = z.union([z.literal('all'), z.array(z.string().min(1).max(200)).max(1_000)])
const day = z.string().transform((text, context) => {
  const found = findLocalDate(text)
  if (found !== null) return found
  context.addIssue('not a day such as 2025-01-01')
  return z.NEVER
})
const sync = z.strictObject({
  backfill_from: day.nullable().optional().meta({ description: 'As far back as the provider shows when left out' }),
  webhooks: z.boolean().optional(),
  webhook_secret: z
    .string()
    .trim()
    .min(8)
    .max(500)
    .optional()
    .meta({ description: 'Of a subscription that was made by hand at the provider; never shown again' }),
})

const push = z
  .strictObject({
    auto_sync_orders: z.boolean().optional(),
    sync_customer_info: z.boolean().optional(),
    item_mapping: z
      .record(z.string().min(1).max(200), z.string().min(1).max(200))
      .optional()
      .meta({ description: 'The POS’s article by your own item’s id; replaces what stood' }),
  })
  .meta({ description: 'What is wanted of orders that are put into this POS; what is left out stays' })

export type ConnectionRouteOptions = { readonly desk: Desk; readonly ourFigures: OurFigures }

export function connectionRoutes({ desk, ourFigures }: ConnectionRouteOptions): Route[] {
  return [...readingRoutes(desk), ...writingRoutes(desk), ...placeRoutes(desk, ourFigures)]
}

function readingRoutes(desk: Desk): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenant_id/pos/configurations',
      scope: 'connections:read',
      summary: 'List the connections to POS systems and files',
      tags: ['Connections'],
      answers: { 200: z.strictObject({ data: z.array(wireConnection), next_cursor: z.null() }) },
      async handler({ tenant }) {
        const views = await listViews(desk, tenant.id)
        return { status: 200, body: { data: views.map(toWireConnection), next_cursor: null } } as const
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenant_id/pos/configurations/:config_id',
      scope: 'connections:read',
      summary: 'Show a connection',
      tags: ['Connections'],
      answers: { 200: wireConnection },
      async handler({ tenant, params }) {
        return { status: 200, body: toWireConnection(await getView(desk, tenant.id, params.config_id)) } as const
      },
    }),
  ]
}

function writingRoutes(desk: Desk): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/api/v1/tenants/:tenant_id/pos/configurations',
      scope: 'connections:write',
      summary: 'Connect an account of a POS system with credentials',
      description:
        'The credentials are tried at the provider first; wrong ones are answered 422 and nothing is stored. An account ' +
        'that this tenant disconnected goes on as the same connection.',
      tags: ['Connections'],
      body: z.strictObject({
        pos_system: z.string().max(40),
        name: name.optional(),
        environment: environment.default('production'),
        credentials,
        locations: locations.default('all'),
        sync: sync.optional(),
      }),
      answers: { 201: wireConnectionWithSecret },
      async handler({ tenant, body, caller, requestId, now }) {
        const live = liveOf(desk.systems, body.pos_system)
        const pasted = body.sync?.webhook_secret
        const isOurs = live.webhooks?.secretBy === 'ours'
        const shownOnce = isOurs && pasted === undefined ? newWebhookSecret() : undefined
        const posSystem = body.pos_system as PosSystem
        const origin = originOf(tenant, caller, requestId, now)
        const made = await desk.meter.attempt(posSystem, async () => {
          const given = readCredentials(live, body.credentials)
          const signIn = { posSystem, live, environment: body.environment, credentials: given, application: null }
          const found = await findSignIn(desk, signIn, now)
          const draft = {
            name: body.name ?? found.check.accountName ?? posSystem,
            locations: body.locations,
            backfillFrom: body.sync?.backfill_from ?? null,
            webhooks: body.sync?.webhooks ?? true,
            webhookSecret: shownOnce ?? pasted,
          }
          return connect(desk, origin, signIn, found, draft, typedIn(given, found))
        })
        if (pasted !== undefined && !isOurs) await changeConnection(desk, origin, made.id, { webhookSecret: pasted })
        const shown = toWireConnection(await getView(desk, tenant.id, made.id))
        return { status: 201, body: { ...shown, ...secretToWire(desk, made, shownOnce) } } as const
      },
    }),
    defineRoute({
      method: 'PUT',
      path: '/api/v1/tenants/:tenant_id/pos/configurations/:config_id',
      scope: 'connections:write',
      summary: 'Change a connection',
      description:
        'What is left out stays. New credentials must be of the same account. Places that are chosen no more keep the ' +
        'sales that were filed.',
      tags: ['Connections'],
      body: z.strictObject({
        pos_system: z.string().max(40).optional(),
        name: name.optional(),
        environment: environment.optional(),
        credentials: credentials.optional(),
        locations: locations.optional(),
        sync: sync.optional(),
        push: push.optional(),
      }),
      bodyLimitBytes: 4 * 1024 * 1024,
      answers: { 200: wireConnection },
      async handler({ tenant, params, body, caller, requestId, now }) {
        const standing = await desk.database.tenant(tenant.id, (tx) =>
          getConfiguration(tx, tenant.id, params.config_id),
        )
        refuseOther(standing, body)
        if (body.push !== undefined) refuseWithoutOrders(desk, standing)
        const signIn = body.credentials === undefined ? undefined : await tryAnew(desk, standing, body.credentials, now)
        await changeConnection(desk, originOf(tenant, caller, requestId, now), params.config_id, {
          name: body.name,
          locations: body.locations,
          backfillFrom: body.sync?.backfill_from,
          webhooks: body.sync?.webhooks,
          webhookSecret: body.sync?.webhook_secret,
          signIn,
          push: body.push && {
            autoSyncOrders: body.push.auto_sync_orders,
            syncCustomerInfo: body.push.sync_customer_info,
            itemMapping: body.push.item_mapping,
          },
        })
        return { status: 200, body: toWireConnection(await getView(desk, tenant.id, params.config_id)) } as const
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/api/v1/tenants/:tenant_id/pos/configurations/:config_id',
      scope: 'connections:write',
      summary: 'Disconnect',
      description:
        'Secrets are removed for good, the consent is revoked and the subscription removed at the provider as well as ' +
        'that goes. Sales and logs are kept.',
      tags: ['Connections'],
      answers: { 200: wireEnded },
      async handler({ tenant, params, caller, requestId, now }) {
        const ended = await disconnect(desk, originOf(tenant, caller, requestId, now), params.config_id)
        const view = await getView(desk, tenant.id, params.config_id)
        const { subscription, consent } = ended
        const body = { configuration: toWireConnection(view), subscription, consent, say: sayEnded(ended) }
        return { status: 200, body } as const
      },
    }),
  ]
}

/** Tries credentials for a connection that stands. Throws as `findSignIn` does. */
async function tryAnew(desk: Desk, standing: Configuration, given: Readonly<Record<string, string>>, now: Instant) {
  const { posSystem } = standing
  const live = liveOf(desk.systems, posSystem)
  const { environment } = askedOf(standing)
  return desk.meter.attempt(posSystem, async () => {
    const credentials = readCredentials(live, given)
    const found = await findSignIn(desk, { posSystem, live, environment, credentials, application: null }, now)
    return { found, credentials: typedIn(credentials, found) }
  })
}

/** Nothing renews what a person typed in. */
function typedIn(credentials: NewCredentials['credentials'], { check }: FoundSignIn): NewCredentials {
  return { credentials, from: 'person', expiresAt: check.expiresAt, refreshExpiresAt: null, refreshDueAt: null }
}

function refuseOther(
  { posSystem, asked }: Configuration,
  body: { readonly pos_system?: string | undefined; readonly environment?: string | undefined },
): void {
  const places = [
    ...(body.pos_system === undefined || body.pos_system === posSystem
      ? []
      : [{ pointer: '/pos_system', detail: `is ${posSystem}` }]),
    ...(body.environment === undefined || body.environment === asked?.environment
      ? []
      : [{ pointer: '/environment', detail: `is ${asked?.environment ?? 'none'}` }]),
  ]
  if (places.length === 0) return
  throw new HttpFault(422, 'connections.system-fixed', {
    say: 'A connection keeps its system and its environment. Make another connection for another one.',
    places,
  })
}

function refuseWithoutOrders({ systems }: Desk, { posSystem }: Configuration): void {
  if (systems.findConnector(posSystem)?.live?.orders !== undefined) return
  throw new HttpFault(422, 'connections.no-orders', {
    say: 'Orders cannot be put into this system, so there is nothing to set.',
    places: [{ pointer: '/push', detail: 'the system takes no orders' }],
  })
}

function sayEnded({ subscription, consent }: Pick<Disconnected, 'subscription' | 'consent'>): string {
  const kept = 'Its secrets are removed; its sales and logs are kept.'
  if (subscription !== 'left' && consent !== 'left') return `The connection has ended. ${kept}`
  const left = [subscription === 'left' ? 'the webhook subscription' : null, consent === 'left' ? 'the consent' : null]
  return `The connection has ended. ${kept} The provider could not be told: remove ${left.filter((one) => one !== null).join(' and ')} there by hand.`
}
