import type { z } from 'zod'
import type { Id, TenantId } from '#kernel/ids.ts'
import type { Desk } from './desk.ts'
import { listViews } from './view.ts'
import { webhooksToWire, type wireWebhooks } from './wire.ts'

export type SubscriptionState = z.output<typeof wireWebhooks> & { readonly connectionId: Id; readonly name: string }

/** How a system's news reaches each of a tenant's connections that are not ended; none where it never tells. */
export async function subscriptionStates(
  desk: Desk,
  tenantId: TenantId,
  posSystem: string,
): Promise<readonly SubscriptionState[]> {
  const views = await listViews(desk, tenantId)
  return views.flatMap((view) => {
    const { id, name, state, posSystem: system } = view.configuration
    const webhooks = system === posSystem && state !== 'disconnected' ? webhooksToWire(view) : null
    return webhooks === null ? [] : [{ connectionId: id, name, ...webhooks }]
  })
}
