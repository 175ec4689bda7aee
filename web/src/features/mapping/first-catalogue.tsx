import type { ReactNode } from 'react'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import { Card } from '../../ui/card.tsx'

/** How a channel hands in what it sells, as a call that works here once a key stands in it. */
export function FirstCatalogue(): ReactNode {
  const { api, tenant } = useSession()
  const words = texts.mapping.empty
  const address = `${window.location.origin}${api.path('channels/web-shop/items')}`
  const call = `curl -sS -X PUT ${address} \\
  -H 'X-API-Key: KEY' -H 'content-type: application/json' -d '{
  "items": [
    { "id": "tart", "name": "Lemon tart", "price": { "amount": 450, "currency": "${tenant.currency}" } },
    { "id": "cream", "name": "Whipped cream", "kind": "modifier", "parent_id": "tart" }
  ]
}'`
  return (
    <Card title={words.call} say={words.callSay} className="mx-auto max-w-3xl">
      <section
        aria-label={words.call}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keyboard
        tabIndex={0}
        className="overflow-x-auto rounded-md bg-sunken p-3"
      >
        <pre className="font-mono text-xs leading-relaxed">{call}</pre>
      </section>
    </Card>
  )
}
