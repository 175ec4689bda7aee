import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { ArrowLeft, Plug } from 'lucide-react'
import type { ReactNode } from 'react'
import { Problem } from '../../app/api.ts'
import { connectionQuery, isLive, useMayConnect } from '../../app/connections.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { texts, wordFor } from '../../app/texts.ts'
import type { Connection } from '../../app/wire.ts'
import { Badge } from '../../ui/badge.tsx'
import { buttonClasses } from '../../ui/button.tsx'
import { Empty, SkeletonLines } from '../../ui/states.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { OrdersTab } from './orders-tab.tsx'
import { Overview } from './overview-tab.tsx'
import { PlacesTab } from './places-tab.tsx'
import { RecordsTab } from './records-tab.tsx'
import { type ConnectionSearch, readConnectionSearch, TABS, type Tab } from './search.ts'
import { SettingsTab } from './settings-tab.tsx'
import { StartSync } from './start-sync.tsx'
import { SyncsTab } from './syncs-tab.tsx'
import { type Standing, useStanding } from './use-health.ts'
import { WebhooksTab } from './webhooks-tab.tsx'

export function ConnectionPage(): ReactNode {
  const { connectionId = '' } = useParams({ strict: false })
  const search = readConnectionSearch(useSearch({ strict: false }))
  const { api } = useSession()
  const connection = useQuery(connectionQuery(api, connectionId))
  const missing = connection.error instanceof Problem && connection.error.status === 404
  if (missing || (connection.data !== undefined && !isLive(connection.data))) return <Missing />
  return (
    <>
      <BackLink />
      {connection.isError ? (
        <div className="mb-4">
          <ProblemNotice
            title={texts.connections.page.failedTitle}
            error={connection.error}
            onRetry={() => connection.refetch()}
            compact={connection.data !== undefined}
          />
        </div>
      ) : null}
      {connection.isPending && !connection.isError ? <SkeletonLines lines={10} label={texts.loading} /> : null}
      {connection.data === undefined ? null : <Page connection={connection.data} search={search} />}
    </>
  )
}

export function BackLink(): ReactNode {
  return (
    <Link
      to="/connections"
      className="mb-3 inline-flex items-center gap-1.5 rounded-sm text-sm text-muted hover:text-ink"
    >
      <ArrowLeft className="size-4" aria-hidden="true" />
      {texts.connections.page.back}
    </Link>
  )
}

function Missing(): ReactNode {
  return (
    <>
      <title>{texts.title(texts.connections.page.missingTitle)}</title>
      <Empty
        icon={<Plug className="size-6" aria-hidden="true" />}
        title={texts.connections.page.missingTitle}
        say={texts.connections.page.missingSay}
      >
        <Link to="/connections" className={buttonClasses('primary')}>
          {texts.connections.page.back}
        </Link>
      </Empty>
    </>
  )
}

function Page(props: { connection: Connection; search: ConnectionSearch }): ReactNode {
  const { connection, search } = props
  const navigate = useNavigate()
  const standing = useStanding(connection)
  const tab = search.tab ?? 'overview'
  const shown = TABS.filter((one) =>
    one === 'webhooks' ? connection.webhooks !== null : one !== 'orders' || connection.push !== null,
  )
  return (
    <article>
      <title>{texts.title(connection.name)}</title>
      <Header connection={connection} standing={standing} />
      <Tabs<Tab>
        label={texts.connections.page.tabsLabel}
        value={tab}
        tabs={shown.map((value) => ({ value, label: texts.connections.page.tabs[value] }))}
        onChange={(value) =>
          navigate({
            to: '/connections/$connectionId',
            params: { connectionId: connection.id },
            search: value === 'overview' ? {} : { tab: value },
          })
        }
      >
        <div className="pt-4">
          {tab === 'overview' ? <Overview connection={connection} standing={standing} /> : null}
          {tab === 'places' ? <PlacesTab connection={connection} /> : null}
          {tab === 'syncs' ? <SyncsTab connection={connection} standing={standing} /> : null}
          {tab === 'webhooks' ? <WebhooksTab connection={connection} standing={standing} search={search} /> : null}
          {tab === 'orders' ? <OrdersTab connection={connection} zone={standing.zone} /> : null}
          {tab === 'records' ? <RecordsTab connection={connection} zone={standing.zone} /> : null}
          {tab === 'settings' ? <SettingsTab connection={connection} /> : null}
        </div>
      </Tabs>
    </article>
  )
}

function Header(props: { connection: Connection; standing: Standing }): ReactNode {
  const { connection, standing } = props
  const mayConnect = useMayConnect()
  const { health } = standing
  const words = texts.connections.page
  return (
    <header className="mb-4">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <h1 className="flex flex-wrap items-center gap-x-2 gap-y-1 text-xl font-semibold tracking-tight">
            {connection.name}
            <Badge tone={health.tone}>{texts.connections.health.states[health.state]}</Badge>
            {connection.environment === 'sandbox' ? (
              <Badge tone="warn">{texts.connections.environments.sandbox}</Badge>
            ) : null}
            {connection.credentials?.from === 'environment' ? (
              <Badge title={texts.connections.fromEnvironmentSay}>{texts.connections.from.environment}</Badge>
            ) : null}
          </h1>
          <p className="text-sm text-muted">{wordFor(texts.systems, connection.pos_system)}</p>
        </div>
        <div className="flex flex-wrap gap-2">
          <Link to="/sales" search={{ connection: connection.id }} className={buttonClasses('plain')}>
            {words.openSales}
          </Link>
          {mayConnect && connection.state === 'active' && health.state !== 'places' ? (
            <StartSync connection={connection} />
          ) : null}
        </div>
      </div>
      <p className="mt-2 max-w-prose text-pretty">{health.say}</p>
      {!mayConnect ? null : health.state === 'needs_sign_in' ? (
        <Link
          to="/connections/new/$system"
          params={{ system: connection.pos_system }}
          search={{ connection: connection.id }}
          className={buttonClasses('primary', 'md', 'mt-3')}
        >
          {words.signInAgain}
        </Link>
      ) : health.state === 'disconnected' ? (
        <Link
          to="/connections/new/$system"
          params={{ system: connection.pos_system }}
          search={{}}
          className={buttonClasses('plain', 'md', 'mt-3')}
        >
          {texts.connections.tryAgain}
        </Link>
      ) : health.state === 'places' ? (
        <Link
          to="/connections/$connectionId/setup"
          params={{ connectionId: connection.id }}
          search={{ step: 'places' }}
          className={buttonClasses('primary', 'md', 'mt-3')}
        >
          {words.setUp}
        </Link>
      ) : null}
    </header>
  )
}
