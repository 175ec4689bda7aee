import { z } from 'zod'
import { type Id, isId } from '#kernel/ids.ts'
import { getSite } from '#modules/sites/sites.ts'
import { defineRoute, type Route } from '#platform/http/route.ts'
import { changeConnection, changePlaces, confirmConnection, doubtConnection, type PlaceWish } from './change.ts'
import { checkConnection } from './check-connection.ts'
import type { Desk } from './desk.ts'
import { firstFigures, type OurFigures } from './first-figures.ts'
import { askedOf } from './linked.ts'
import { originOf } from './origin.ts'
import { listPlaces } from './places.ts'
import { getConfiguration } from './store.ts'
import { endpointOwnerOf, rotateSecret } from './subscriptions.ts'
import { getView } from './view.ts'
import { newWebhookSecret, secretToWire } from './webhook-secret.ts'
import {
  toWireConnection,
  toWireFirstFigures,
  toWirePlace,
  wireConnection,
  wireConnectionWithSecret,
  wireFirstFigures,
  wirePlace,
} from './wire.ts'

// The steps of connecting after the sign-in: which places, filed where; does the sign-in still hold; are the first
// figures right.

const TAGS = ['Connections'] as const
const wirePlaces = z.strictObject({ data: z.array(wirePlace), next_cursor: z.null() })

export function placeRoutes(desk: Desk, ourFigures: OurFigures): Route[] {
  return [...mappingRoutes(desk), ...stepRoutes(desk, ourFigures)]
}

function mappingRoutes(desk: Desk): Route[] {
  const places = async (tenantId: Parameters<typeof getView>[1], id: string) =>
    desk.database.tenant(tenantId, async (tx) => {
      const standing = await getConfiguration(tx, tenantId, id)
      askedOf(standing)
      return (await listPlaces(tx, standing)).map(toWirePlace)
    })
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenant_id/pos/configurations/:config_id/places',
      scope: 'connections:read',
      summary: 'List the account’s places of sale, and the site of each',
      tags: TAGS,
      answers: { 200: wirePlaces },
      async handler({ tenant, params }) {
        return { status: 200, body: { data: await places(tenant.id, params.config_id), next_cursor: null } } as const
      },
    }),
    defineRoute({
      method: 'PUT',
      path: '/api/v1/tenants/:tenant_id/pos/configurations/:config_id/places',
      scope: 'connections:write',
      summary: 'Choose places of sale, and the site that each is filed at',
      description:
        'Places that are not named stay as they are. `site_id` is a site’s id or slug; `new` makes one with the ' +
        'place’s clock and currency; left out, the hub finds the site by name or makes one. What was filed stays where ' +
        'it was filed.',
      tags: TAGS,
      body: z.strictObject({
        all: z.boolean().optional().meta({ description: 'Whether places that open later are chosen too' }),
        places: z
          .array(
            z.strictObject({
              id: z.string().min(1).max(200),
              chosen: z.boolean(),
              site_id: z.string().min(1).max(64).nullable().optional(),
            }),
          )
          .max(1_000),
      }),
      answers: { 200: wirePlaces },
      async handler({ tenant, params, body, caller, requestId, now }) {
        const wishes = await wishesOf(desk, tenant.id, body.places)
        await changePlaces(desk, originOf(tenant, caller, requestId, now), params.config_id, wishes, body.all ?? null)
        return { status: 200, body: { data: await places(tenant.id, params.config_id), next_cursor: null } } as const
      },
    }),
  ]
}

function stepRoutes(desk: Desk, ourFigures: OurFigures): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/api/v1/tenants/:tenant_id/pos/configurations/:config_id/check',
      scope: 'connections:write',
      summary: 'Try the sign-in and its permissions again',
      description: 'Reads the account’s places again too, and looks after the webhook subscription.',
      tags: TAGS,
      idempotent: false,
      answers: { 200: wireConnection },
      async handler({ tenant, params, caller, requestId, now }) {
        await checkConnection(desk, originOf(tenant, caller, requestId, now), params.config_id)
        return { status: 200, body: toWireConnection(await getView(desk, tenant.id, params.config_id)) } as const
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenant_id/pos/configurations/:config_id/first-figures',
      scope: 'connections:read',
      summary: 'What the provider says was taken on the newest closed day, beside ours',
      description: 'A place that was closed yesterday shows its newest day with takings of the last week.',
      tags: TAGS,
      answers: { 200: z.strictObject({ data: z.array(wireFirstFigures), next_cursor: z.null() }) },
      async handler({ tenant, params, now }) {
        const figures = await firstFigures(desk, ourFigures, tenant.id, params.config_id, now)
        return { status: 200, body: { data: figures.map(toWireFirstFigures), next_cursor: null } } as const
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/tenants/:tenant_id/pos/configurations/:config_id/confirm',
      scope: 'connections:write',
      summary: 'Say that the first figures are right',
      tags: TAGS,
      answers: { 200: wireConnection },
      async handler({ tenant, params, caller, requestId, now }) {
        await confirmConnection(desk, originOf(tenant, caller, requestId, now), params.config_id)
        return { status: 200, body: toWireConnection(await getView(desk, tenant.id, params.config_id)) } as const
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/tenants/:tenant_id/pos/configurations/:config_id/doubt',
      scope: 'connections:write',
      summary: 'Say that the first figures are not right',
      description: 'The note is kept with the connection until somebody says that they are.',
      tags: TAGS,
      body: z.strictObject({ note: z.string().trim().max(1_000).default('') }),
      answers: { 200: wireConnection },
      async handler({ tenant, params, body, caller, requestId, now }) {
        await doubtConnection(desk, originOf(tenant, caller, requestId, now), params.config_id, body.note)
        return { status: 200, body: toWireConnection(await getView(desk, tenant.id, params.config_id)) } as const
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/tenants/:tenant_id/pos/configurations/:config_id/webhook-secret',
      scope: 'connections:write',
      summary: 'Have the provider sign webhooks with a new secret',
      description:
        'What the old one signed is believed for three days more. Where the hub makes the secret, the new one is in this ' +
        'answer and in no other. Nothing happens where the provider makes it and has no such call.',
      tags: TAGS,
      answers: { 200: wireConnectionWithSecret },
      async handler({ tenant, params, caller, requestId, now }) {
        const standing = await desk.database.tenant(tenant.id, (tx) =>
          getConfiguration(tx, tenant.id, params.config_id),
        )
        const owner = endpointOwnerOf(desk, standing, askedOf(standing))
        if (owner !== null) await rotateSecret(desk, owner, now)
        if (desk.systems.findConnector(standing.posSystem)?.live?.webhooks?.secretBy === 'ours') {
          const secret = newWebhookSecret()
          const origin = originOf(tenant, caller, requestId, now)
          await changeConnection(desk, origin, standing.id, { webhookSecret: secret })
          const shown = toWireConnection(await getView(desk, tenant.id, params.config_id))
          return { status: 200, body: { ...shown, ...secretToWire(desk, standing, secret) } } as const
        }
        return { status: 200, body: toWireConnection(await getView(desk, tenant.id, params.config_id)) } as const
      },
    }),
  ]
}

async function wishesOf(
  desk: Desk,
  tenantId: Parameters<typeof getView>[1],
  places: readonly { readonly id: string; readonly chosen: boolean; readonly site_id?: string | null | undefined }[],
): Promise<PlaceWish[]> {
  return desk.database.tenant(tenantId, async (tx) => {
    const wishes: PlaceWish[] = []
    for (const { id, chosen, site_id: named } of places) {
      const siteId = named === undefined || named === null || named === 'new' ? (named ?? null) : await siteIdOf(named)
      wishes.push({ externalId: id, chosen, siteId: siteId as Id | 'new' | null })
    }
    return wishes

    async function siteIdOf(named: string): Promise<Id> {
      // An id that does not exist is told at its place in the list; a slug is only known here.
      return isId(named) ? named : (await getSite(tx, tenantId, named)).id
    }
  })
}
