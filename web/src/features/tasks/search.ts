// The choice of tasks, as it stands in the address.

export type TasksSearch = { readonly state?: 'settled' | 'all'; readonly kind?: string }

export function readTasksSearch(search: Readonly<Record<string, unknown>>): TasksSearch {
  const state = (['settled', 'all'] as const).find((one) => one === search.state)
  const { kind } = search
  return {
    ...(state === undefined ? {} : { state }),
    ...(typeof kind === 'string' && /^[a-z_.]{1,60}$/.test(kind) ? { kind } : {}),
  }
}
