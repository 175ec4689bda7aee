import type { ReactNode } from 'react'
import type { Connection } from '../../app/wire.ts'
import type { ConnectionSearch } from './search.ts'
import { SubscriptionCard } from './subscription-card.tsx'
import type { Standing } from './use-health.ts'
import { WebhookLog } from './webhook-log.tsx'

export function WebhooksTab(props: {
  connection: Connection
  standing: Standing
  search: ConnectionSearch
}): ReactNode {
  const { connection, standing, search } = props
  return (
    <div className="flex flex-col gap-4">
      <SubscriptionCard connection={connection} standing={standing} />
      <WebhookLog connection={connection} zone={standing.zone} search={search} />
    </div>
  )
}
