import { useState } from 'react'

/** Which rows came by themselves above the newest one that was shown; other filters or more pages do not count. */
export function useArrived(
  rows: readonly { readonly id: string }[],
  scope: string,
  settled: boolean,
): ReadonlySet<string> {
  const [shown, setShown] = useState<{ scope: string; first: string | undefined; arrived: ReadonlySet<string> }>({
    scope,
    first: rows[0]?.id,
    arrived: new Set(),
  })
  const first = rows[0]?.id
  if (settled && (shown.scope !== scope || shown.first !== first)) {
    const place = rows.findIndex((row) => row.id === shown.first)
    const fresh = shown.scope === scope && place > 0 ? rows.slice(0, place).map((row) => row.id) : []
    setShown({ scope, first, arrived: new Set(fresh) })
  }
  return shown.arrived
}
