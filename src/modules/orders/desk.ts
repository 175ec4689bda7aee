import type { Clock } from '#kernel/instant.ts'
import type { Database } from '#platform/postgres/database.ts'
import type { Metrics } from '#platform/telemetry/metrics.ts'
import type { Vault } from '#platform/vault/vault.ts'
import { type OrderMeter, orderMeter } from './meter.ts'
import type { OrderHooks } from './stored-order.ts'

/** What every part of the module works with. */
export type Desk = {
  readonly database: Database
  readonly vault: Vault
  readonly clock: Clock
  readonly meter: OrderMeter
  readonly hooks: OrderHooks
}

export type OrdersOptions = Omit<Desk, 'meter' | 'hooks'> & OrderHooks & { readonly metrics: Pick<Metrics, 'counter'> }

export function openDesk(options: OrdersOptions): Desk {
  const { database, vault, clock, metrics, ...hooks } = options
  return { database, vault, clock, hooks, meter: orderMeter(metrics) }
}
