import { Link } from '@tanstack/react-router'
import { ShoppingBag } from 'lucide-react'
import type { ReactNode } from 'react'
import { useSession } from '../../app/session.tsx'
import { useSites } from '../../app/sites.ts'
import { texts } from '../../app/texts.ts'
import { Button, buttonClasses } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { Empty } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.tsx'

/** No order yet: how one comes in, as a call that works here once a key stands in it. */
export function FirstOrder(): ReactNode {
  const { api, tenant } = useSession()
  const words = texts.orders.first
  const sites = useSites()
  const [site] = sites
  const call = firstCall({
    address: `${window.location.origin}${api.path('orders')}`,
    currency: site?.currency ?? tenant.currency,
    location: sites.length > 1 ? (site?.slug ?? null) : null,
    now: new Date(),
  })
  const copy = (): void => {
    const written = navigator.clipboard?.writeText(call) ?? Promise.reject(new Error('no clipboard'))
    written.then(
      () => toast(words.copied),
      () => toast(words.copyFailed, 'bad'),
    )
  }
  return (
    <>
      <Empty icon={<ShoppingBag className="size-6" aria-hidden="true" />} title={words.title} say={words.say}>
        <Link to="/settings" className={buttonClasses('primary')}>
          {words.key}
        </Link>
        <Link to="/connections" className={buttonClasses('plain')}>
          {words.connect}
        </Link>
        <a href="/docs" className={buttonClasses('plain')}>
          {words.docs}
        </a>
      </Empty>
      <Card
        title={words.call}
        say={words.callSay}
        className="mx-auto max-w-3xl"
        actions={
          <Button size="sm" onClick={copy}>
            {words.copy}
          </Button>
        }
      >
        <section
          aria-label={words.call}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keyboard
          tabIndex={0}
          className="overflow-x-auto rounded-md bg-sunken p-3"
        >
          <pre className="font-mono text-xs leading-relaxed">{call}</pre>
        </section>
      </Card>
    </>
  )
}

/** Placed when the page was opened: an order from the future would be refused. */
export function firstCall(of: {
  readonly address: string
  readonly currency: string
  /** Null: there is one place, which need not be named. */
  readonly location: string | null
  readonly now: Date
}): string {
  const { address, currency, location, now } = of
  const money = `{ "amount": 450, "currency": "${currency}" }`
  return `curl -sS ${address} \\
  -H 'X-API-Key: KEY' -H 'content-type: application/json' -d '{
  "channel": "web-shop",
  "external_id": "W-1",
  "placed_at": "${now.toISOString().slice(0, 19)}Z",
  "currency": "${currency}",${location === null ? '' : `\n  "location": "${location}",`}
  "fulfilment": { "kind": "pickup" },
  "items": [
    { "name": "Lemon tart", "quantity": 1,
      "unit_price": ${money} }
  ],
  "total": ${money},
  "payment": { "state": "due" },
  "test": true
}'`
}
