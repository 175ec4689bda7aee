import { mixedId, upperId } from './ids.ts'

// The developer's application as the Developer Console shows it: what signs a hub in at all.

export type Application = {
  readonly id: string
  readonly secret: string
  /** The personal access token: every scope, for the developer's own account, without end; null once replaced. */
  readonly accessToken: string
  readonly name: string
  /** Null: any address is accepted. Else it must be equal to the last letter. */
  readonly redirectUri: string | null
}

export type Environment = 'Production' | 'Sandbox'

export function applicationOf(
  environment: Environment,
  seed: string,
  given: { readonly name?: string; readonly redirectUri?: string | null } = {},
): Application {
  const production = environment === 'Production'
  return {
    id: `${production ? 'sq0idp' : 'sandbox-sq0idb'}-${mixedId(22, 'application', seed, environment)}`,
    secret: `${production ? 'sq0csp' : 'sandbox-sq0csb'}-${mixedId(43, 'secret', seed, environment)}`,
    accessToken: `EAAA${mixedId(43, 'personal token', seed, environment)}`,
    name: given.name ?? 'Hub',
    redirectUri: given.redirectUri ?? null,
  }
}

/** Every scope that an endpoint of the simulator asks for, and their writing sisters. */
export const SCOPES: readonly string[] = [
  'MERCHANT_PROFILE_READ',
  'MERCHANT_PROFILE_WRITE',
  'PAYMENTS_READ',
  'PAYMENTS_WRITE',
  'ORDERS_READ',
  'ORDERS_WRITE',
  'ITEMS_READ',
  'ITEMS_WRITE',
  'INVENTORY_READ',
  'INVENTORY_WRITE',
  'CUSTOMERS_READ',
  'CUSTOMERS_WRITE',
  'LOYALTY_READ',
  'LOYALTY_WRITE',
  'GIFTCARDS_READ',
  'GIFTCARDS_WRITE',
  'INVOICES_READ',
  'INVOICES_WRITE',
  'EMPLOYEES_READ',
  'TIMECARDS_READ',
  'CASH_DRAWER_READ',
  'PAYOUTS_READ',
  'DISPUTES_READ',
  'DEVICES_READ',
  'SETTLEMENTS_READ',
  'BANK_ACCOUNTS_READ',
]

/** What a consent without a `scope` grants. */
export const DEFAULT_SCOPES: readonly string[] = [
  'MERCHANT_PROFILE_READ',
  'PAYMENTS_READ',
  'SETTLEMENTS_READ',
  'BANK_ACCOUNTS_READ',
]

/** A short opaque id of a subscription or the like. */
export function serialIdOf(kind: string, seed: string, serial: number): string {
  return `${kind}_${upperId(24, kind, seed, String(serial)).toLowerCase()}`
}
