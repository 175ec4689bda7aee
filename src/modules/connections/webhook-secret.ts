import { randomBytes } from 'node:crypto'
import type { Instant } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { Sealer } from '#platform/vault/vault.ts'
import type { Desk } from './desk.ts'
import { secretBinding } from './endpoints.ts'
import type { Configuration } from './store.ts'
import { putEndpoint, recordSubscription } from './store-endpoints.ts'
import { endpointUrl } from './subscriptions.ts'

// The secret of a subscription that a person makes at the provider: either the provider showed it and it was pasted here,
// or we made it and it is typed in there.

/** 256 bits, under a name that scanners for leaked secrets know. */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString('base64url')}`
}

/** What the secret before signed is believed for a while. */
export async function keepWebhookSecret(
  desk: Pick<Desk, 'publicBase'>,
  tx: Tx,
  sealer: Sealer,
  { tenantId, id, posSystem }: Pick<Configuration, 'tenantId' | 'id' | 'posSystem'>,
  secret: string,
  now: Instant,
): Promise<void> {
  const url = endpointUrl(desk, posSystem, id)
  const owner = { kind: 'connection', tenantId, id } as const
  await putEndpoint(tx, owner, { url, state: 'manual', dueAt: null })
  const sealed = sealer.seal(Buffer.from(secret), secretBinding(owner))
  await recordSubscription(tx, owner, { url, subscriptionId: null, secret: sealed }, 'manual', now, null)
}

/** What is shown of a secret that was just made, beside the connection; nothing where none was. */
export function secretToWire(
  desk: Pick<Desk, 'publicBase' | 'systems'>,
  { posSystem, id }: Pick<Configuration, 'posSystem' | 'id'>,
  secret: string | undefined,
) {
  if (secret === undefined) return {}
  const { webhooks } = desk.systems.findConnector(posSystem)?.live ?? {}
  const addresses = webhooks?.standingUrls?.(endpointUrl(desk, posSystem, id), secret)
  return { webhook_secret: secret, ...(addresses === undefined ? {} : { webhook_addresses: [...addresses] }) }
}
