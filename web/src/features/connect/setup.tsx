import { useQuery } from '@tanstack/react-query'
import { Link, useParams, useSearch } from '@tanstack/react-router'
import { Plug } from 'lucide-react'
import type { ReactNode } from 'react'
import { Problem } from '../../app/api.ts'
import { connectionQuery, isLive, systemsQuery } from '../../app/connections.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import { buttonClasses } from '../../ui/button.tsx'
import { Empty, SkeletonLines } from '../../ui/states.tsx'
import { FiguresStep } from './figures-step.tsx'
import { PlacesStep } from './places-step.tsx'
import { readSetupSearch } from './search.ts'
import { Steps } from './steps.tsx'
import { SyncStep } from './sync-step.tsx'

/** The steps after the sign-in. Each is its own address, and what it decides is kept by the hub. */
export function ConnectSetup(): ReactNode {
  const { connectionId = '' } = useParams({ strict: false })
  const { step = 'places' } = readSetupSearch(useSearch({ strict: false }))
  const { api } = useSession()
  const connection = useQuery(connectionQuery(api, connectionId))
  const systems = useQuery(systemsQuery(api))
  const missing = connection.error instanceof Problem && connection.error.status === 404
  const ended = connection.data !== undefined && (!isLive(connection.data) || connection.data.state === 'disconnected')
  if (missing || ended) return <Missing />
  const system = systems.data?.find((one) => one.id === connection.data?.pos_system)
  return (
    <>
      <Steps here={step} connectionId={connectionId} />
      {connection.isError ? (
        <ProblemNotice
          title={texts.connections.page.failedTitle}
          error={connection.error}
          onRetry={() => connection.refetch()}
          compact={connection.data !== undefined}
        />
      ) : null}
      {connection.isPending && !connection.isError ? <SkeletonLines lines={8} label={texts.loading} /> : null}
      {connection.data === undefined ? null : step === 'places' ? (
        <PlacesStep connection={connection.data} system={system} />
      ) : step === 'sync' ? (
        <SyncStep connection={connection.data} />
      ) : (
        <FiguresStep connection={connection.data} systemName={system?.name ?? connection.data.pos_system} />
      )}
    </>
  )
}

function Missing(): ReactNode {
  return (
    <Empty
      icon={<Plug className="size-6" aria-hidden="true" />}
      title={texts.connections.page.missingTitle}
      say={texts.connections.page.missingSay}
    >
      <Link to="/connections" className={buttonClasses('primary')}>
        {texts.connections.page.back}
      </Link>
    </Empty>
  )
}
