import { useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { FileUp, Plug, Plus } from 'lucide-react'
import type { ReactNode } from 'react'
import { connectionsQuery, isLive, useMayConnect } from '../../app/connections.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { texts, wordFor } from '../../app/texts.ts'
import { buttonClasses } from '../../ui/button.tsx'
import { Empty, Failed, SkeletonLines } from '../../ui/states.tsx'
import { FileCard } from './file-card.tsx'
import { LiveCard } from './live-card.tsx'
import { healthQuery } from './queries.ts'
import { readConnectionsSearch } from './search.ts'

export function Connections(): ReactNode {
  const { api } = useSession()
  const connections = useQuery(connectionsQuery(api))
  const mayConnect = useMayConnect()
  const { error } = readConnectionsSearch(useSearch({ strict: false }))
  return (
    <>
      <title>{texts.title(texts.connections.title)}</title>
      <header className="mb-5 flex flex-wrap items-center justify-between gap-3">
        <div>
          <h1 className="text-xl font-semibold tracking-tight">{texts.connections.title}</h1>
          <p className="text-sm text-muted">{texts.connections.intro}</p>
        </div>
        {mayConnect ? (
          <Link to="/connections/new" className={buttonClasses('primary')}>
            <Plus className="size-4" aria-hidden="true" />
            {texts.connections.add}
          </Link>
        ) : null}
      </header>
      <div className="flex flex-col gap-4">
        {error === undefined ? null : <WayBack code={error} />}
        {connections.isError ? (
          <ProblemNotice
            title={texts.connections.failedTitle}
            error={connections.error}
            onRetry={() => connections.refetch()}
            compact={connections.data !== undefined}
          />
        ) : null}
        {connections.isPending && !connections.isError ? <SkeletonLines lines={5} label={texts.loading} /> : null}
        {connections.data === undefined ? null : <Own />}
      </div>
    </>
  )
}

/** The provider's page led back to nothing: why, and the way to begin again. */
function WayBack(props: { code: string }): ReactNode {
  const sentences: Readonly<Record<string, string>> = texts.connections.wayBack
  const known = Object.hasOwn(sentences, props.code)
  return (
    <Failed
      title={texts.connections.notConnected}
      say={known ? wordFor(sentences, props.code) : texts.connections.wayBackOther}
      code={texts.errors.code(props.code)}
    >
      <Link to="/connections/new" className={buttonClasses('plain', 'sm')}>
        {texts.connections.tryAgain}
      </Link>
    </Failed>
  )
}

function Own(): ReactNode {
  const { api } = useSession()
  const connections = useQuery(connectionsQuery(api)).data ?? []
  const health = useQuery(healthQuery(api))
  if (connections.length === 0) return <None />
  const ended = (state: string): number => (state === 'disconnected' ? 1 : 0)
  const sorted = [...connections].sort((a, b) => ended(a.state) - ended(b.state))
  return (
    <section aria-label={texts.connections.yours} className="grid gap-4 lg:grid-cols-2">
      {sorted.map((one) => {
        const facts = health.data?.connections.find((fact) => fact.connection_id === one.id)
        return isLive(one) ? (
          <LiveCard key={one.id} connection={one} facts={facts} />
        ) : (
          <FileCard key={one.id} connection={one} facts={facts} />
        )
      })}
    </section>
  )
}

function None(): ReactNode {
  const mayConnect = useMayConnect()
  return (
    <Empty
      icon={<Plug className="size-6" aria-hidden="true" />}
      title={texts.connections.none}
      say={texts.connections.noneSay}
    >
      {mayConnect ? (
        <Link to="/connections/new" className={buttonClasses('primary')}>
          {texts.connections.add}
        </Link>
      ) : null}
      <Link to="/imports" className={buttonClasses('plain')}>
        <FileUp className="size-4" aria-hidden="true" />
        {texts.connections.importFile}
      </Link>
    </Empty>
  )
}
