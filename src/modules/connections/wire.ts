import { z } from 'zod'
import { instantText } from '#kernel/instant.ts'
import type { BookFigures } from '../../../connectors/contract.ts'
import type { FirstFigures } from './first-figures.ts'
import type { Place } from './places.ts'
import type { AskedFacts, Configuration } from './store.ts'
import type { EndpointState } from './store-endpoints.ts'
import type { ConnectionView } from './view.ts'

// Connections as they stand on the wire. No field of a secret has a way into these shapes.

const moment = z.string().meta({ format: 'date-time' })
const dataType = z.enum(['sales', 'catalog', 'inventory', 'customers'])

export const wireWebhooks = z.strictObject({
  state: z.enum([
    'off',
    'waiting',
    'subscribed',
    'manual',
    'missing',
    'disabled',
    'elsewhere',
    'unreachable',
    'failed',
    'left',
  ]),
  say: z.string(),
  reason: z.string().nullable().meta({ description: 'The provider’s word or ours, where the state has one' }),
  url: z.string().nullable().meta({ description: 'Where the provider delivers to' }),
  checked_at: moment.nullable(),
})

export const wireConnection = z
  .strictObject({
    id: z.string(),
    pos_system: z.string(),
    name: z.string(),
    state: z.enum(['active', 'needs_sign_in', 'disconnected']),
    state_reason: z.string().nullable(),
    state_since: moment,
    location_id: z.string().nullable().meta({ description: 'The site, where the connection serves one alone' }),
    environment: z.enum(['production', 'sandbox']).nullable(),
    account: z.strictObject({ id: z.string(), name: z.string().nullable() }).nullable(),
    has_credentials: z.boolean(),
    credentials: z
      .strictObject({
        from: z.enum(['person', 'oauth', 'environment']),
        fingerprint: z.string().nullable().meta({ description: 'Tells two sign-ins apart; leads back to neither' }),
        expires_at: moment.nullable(),
        renewed_at: moment.nullable(),
        renews_itself: z.boolean(),
        reauthorize_url: z
          .string()
          .nullable()
          .meta({ description: 'The page of the dashboard where a person begins to sign in anew' }),
      })
      .nullable(),
    data_types: z.array(dataType),
    missing_permissions: z.array(
      z.strictObject({ permission: z.string(), blocks: z.array(dataType), say: z.string() }),
    ),
    checked_at: moment.nullable(),
    check: z.string().nullable().meta({ description: '`ok`, or the provider’s word at the last check' }),
    locations: z.union([z.literal('all'), z.array(z.string())]),
    sync: z.strictObject({ backfill_from: z.string().nullable(), webhooks: z.boolean() }).nullable(),
    push: z
      .strictObject({
        auto_sync_orders: z.boolean(),
        sync_customer_info: z.boolean(),
        item_mapping: z.record(z.string(), z.string()),
      })
      .nullable()
      .meta({ description: 'What is wanted of orders that are put into this POS; null where it takes none' }),
    webhooks: wireWebhooks.nullable(),
    confirmed_at: moment.nullable().meta({ description: 'When a person said that the first figures are right' }),
    doubt: z
      .strictObject({ at: moment, note: z.string() })
      .nullable()
      .meta({ description: 'A person said that the first figures are not right, and what is wrong with them' }),
    created_at: moment,
  })
  .meta({ id: 'Configuration' })

/** With the secret that the hub made, in the one answer that ever shows it. */
export const wireConnectionWithSecret = wireConnection
  .extend({
    webhook_secret: z.string().optional().meta({
      description: 'Made by the hub where the system lets it: type it in at the system now, it is never shown again',
    }),
    webhook_addresses: z
      .array(z.strictObject({ url: z.string(), say: z.string() }))
      .optional()
      .meta({ description: 'For systems that cannot sign; each holds a word made of the secret, and ends with it' }),
  })
  .meta({ id: 'ConfigurationWithSecret' })

export const wirePlace = z
  .strictObject({
    id: z.string().meta({ description: 'The provider’s id of the place' }),
    name: z.string(),
    active: z.boolean(),
    currency: z.string().nullable(),
    time_zone: z.string().nullable(),
    country: z.string().nullable(),
    chosen: z.boolean(),
    site_id: z.string().nullable(),
  })
  .meta({ id: 'ConnectionPlace' })

const wireMoney = z.strictObject({ amount: z.int(), currency: z.string() })

const wireBookFigures = z.strictObject({
  currency: z.string(),
  payments: z.int(),
  paid: wireMoney.meta({ description: 'Tips inside' }),
  tips: wireMoney,
  refunds: z.int(),
  refunded: wireMoney,
})

export const wireFirstFigures = z
  .strictObject({
    site_id: z.string(),
    site_name: z.string(),
    places: z.array(z.strictObject({ id: z.string(), name: z.string() })),
    business_date: z.string(),
    from: moment,
    to: moment,
    theirs: z.array(wireBookFigures).meta({ description: 'As the provider reports; empty: nothing was taken' }),
    ours: z.array(wireBookFigures).meta({ description: 'What stands here so far' }),
    agrees: z.boolean(),
  })
  .meta({ id: 'FirstFigures' })

export const wireEnded = z.strictObject({
  configuration: wireConnection,
  subscription: z.enum(['removed', 'none', 'left']),
  consent: z.enum(['revoked', 'none', 'left']),
  say: z.string(),
})

const SAY_BY_STATE = {
  off: 'The provider does not tell us of news; sales are found by asking.',
  waiting: 'The subscription is about to be made.',
  subscribed: 'The provider tells us of news at once.',
  manual: 'The provider tells us of news by a subscription that was made by hand.',
  missing: 'The subscription is gone at the provider. It is being made anew; sales are found by asking meanwhile.',
  disabled: 'The provider stopped the subscription. It is being made anew; sales are found by asking meanwhile.',
  elsewhere:
    'The subscription leads to another address than ours is now. It is being mended; sales are found by asking.',
  unreachable:
    'The provider cannot reach the address of this hub, which is known in its own house only. Set TILLWIRE_PUBLIC_URL to one that can be reached; sales are found by asking meanwhile.',
  failed: 'The subscription could not be made. It is tried again; sales are found by asking meanwhile.',
  left: 'The connection ended, and its subscription still stands at the provider; what it delivers is refused.',
} as const satisfies Record<EndpointState, string>

export function toWireConnection(view: ConnectionView): z.output<typeof wireConnection> {
  const { configuration, places } = view
  const { asked } = configuration
  return {
    id: configuration.id,
    pos_system: configuration.posSystem,
    name: configuration.name,
    state: configuration.state,
    state_reason: configuration.stateReason,
    state_since: instantText(configuration.stateSince),
    location_id: configuration.siteId,
    environment: asked?.environment ?? null,
    account: asked === null ? null : { id: asked.account, name: asked.accountName },
    has_credentials: (asked?.fingerprint ?? null) !== null,
    credentials: asked === null ? null : credentialsToWire(configuration, asked),
    data_types: [...(asked?.dataTypes ?? [])],
    missing_permissions: (asked?.missingPermissions ?? []).map(({ blocks, ...one }) => ({
      ...one,
      blocks: [...blocks],
    })),
    checked_at: textOf(asked?.checkedAt),
    check: asked?.checkCode ?? null,
    locations:
      asked?.allPlaces === true ? 'all' : places.filter(({ chosen }) => chosen).map(({ externalId }) => externalId),
    sync: asked === null ? null : { backfill_from: asked.backfillFrom, webhooks: asked.webhooksWanted },
    push: view.push && {
      auto_sync_orders: view.push.autoSyncOrders,
      sync_customer_info: view.push.syncCustomerInfo,
      item_mapping: { ...view.push.itemMapping },
    },
    webhooks: webhooksToWire(view),
    confirmed_at: textOf(asked?.confirmedAt),
    doubt: doubtToWire(asked),
    created_at: instantText(configuration.createdAt),
  }
}

/** Null where the system never tells by itself. */
export function webhooksToWire({
  configuration,
  endpoint,
  webhookUrl,
}: ConnectionView): z.output<typeof wireWebhooks> | null {
  if (webhookUrl === null) return null
  const wanted = configuration.asked?.webhooksWanted === true
  const stands = endpoint?.state ?? (wanted ? 'waiting' : 'off')
  // One that was made by hand for an address that the hub has no more can only be mended by hand.
  const state = stands === 'manual' && endpoint?.url !== webhookUrl ? 'elsewhere' : stands
  return {
    state,
    say: SAY_BY_STATE[state],
    reason: endpoint?.reason ?? null,
    url: webhookUrl,
    checked_at: textOf(endpoint?.checkedAt),
  }
}

export function toWirePlace(place: Place): z.output<typeof wirePlace> {
  return {
    id: place.externalId,
    name: place.name,
    active: place.active,
    currency: place.currency,
    time_zone: place.timeZone,
    country: place.country,
    chosen: place.chosen,
    site_id: place.siteId,
  }
}

export function toWireFirstFigures(one: FirstFigures): z.output<typeof wireFirstFigures> {
  const [theirs, ours] = [one.theirs.map(toWireFigures), one.ours.map(toWireFigures)]
  return {
    site_id: one.site.id,
    site_name: one.site.name,
    places: one.places.map(({ externalId, name }) => ({ id: externalId, name })),
    business_date: one.businessDate,
    from: instantText(one.from),
    to: instantText(one.to),
    theirs,
    ours,
    agrees: JSON.stringify(theirs) === JSON.stringify(ours),
  }
}

function toWireFigures(figures: BookFigures): z.output<typeof wireBookFigures> {
  const { currency, payments, refunds } = figures
  const money = (amount: bigint) => ({ amount: Number(amount), currency })
  return {
    currency,
    payments,
    paid: money(figures.paid),
    tips: money(figures.tips),
    refunds,
    refunded: money(figures.refunded),
  }
}

function credentialsToWire({ id, posSystem, state }: Configuration, asked: AskedFacts) {
  const byOAuth = asked.credentialsFrom === 'oauth'
  return {
    from: asked.credentialsFrom,
    fingerprint: asked.fingerprint,
    expires_at: textOf(asked.tokenExpiresAt),
    renewed_at: textOf(asked.refreshedAt),
    renews_itself: byOAuth && asked.refreshFailures === 0,
    reauthorize_url: byOAuth && state !== 'disconnected' ? `/connections/new/${posSystem}?connection=${id}` : null,
  }
}

function doubtToWire(asked: AskedFacts | null) {
  const at = asked?.doubtedAt ?? null
  return at === null ? null : { at: instantText(at), note: asked?.doubt ?? '' }
}

function textOf(at: AskedFacts['checkedAt'] | undefined): string | null {
  return at === null || at === undefined ? null : instantText(at)
}
