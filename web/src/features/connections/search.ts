// What stands behind the question mark of a connection's addresses.

export const TABS = ['overview', 'places', 'syncs', 'webhooks', 'orders', 'records', 'settings'] as const
export type Tab = (typeof TABS)[number]

export const OUTCOMES = ['received', 'processed', 'ignored', 'failed'] as const
export type Outcome = (typeof OUTCOMES)[number]

export type ConnectionSearch = {
  readonly tab?: Tab
  /** A step of setting up, as a provider's page sends one back to it. */
  readonly step?: 'places' | 'sync' | 'figures'
  readonly outcome?: Outcome
  readonly type?: string
  readonly from?: string
  readonly to?: string
}

export function readConnectionSearch(search: Record<string, unknown>): ConnectionSearch {
  const tab = TABS.find((one) => one === search.tab)
  const step = (['places', 'sync', 'figures'] as const).find((one) => one === search.step)
  const outcome = OUTCOMES.find((one) => one === search.outcome)
  const { type } = search
  const [from, to] = [dayIn(search.from), dayIn(search.to)]
  return {
    ...(tab === undefined ? {} : { tab }),
    ...(step === undefined ? {} : { step }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(typeof type === 'string' && type !== '' ? { type: type.slice(0, 120) } : {}),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  }
}

/** `error` is the code with which a provider's page sent somebody back. */
export type ConnectionsSearch = { readonly error?: string }

export function readConnectionsSearch(search: Record<string, unknown>): ConnectionsSearch {
  const { error } = search
  return typeof error === 'string' && /^[\w.-]{1,80}$/.test(error) ? { error } : {}
}

function dayIn(value: unknown): string | undefined {
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : undefined
}
