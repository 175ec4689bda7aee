import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ChevronRight, FileSpreadsheet } from 'lucide-react'
import type { ReactNode } from 'react'
import { systemsQuery } from '../../app/connections.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import type { PosSystem } from '../../app/wire.ts'
import { Badge } from '../../ui/badge.tsx'
import { SkeletonLines } from '../../ui/states.tsx'
import { StepHeading, Steps } from './steps.tsx'

/** Every system there is: those that can be connected, and those that are only planned. */
export function ConnectSystems(): ReactNode {
  const { api } = useSession()
  const systems = useQuery(systemsQuery(api))
  const live = systems.data?.filter((system) => system.sign_in !== null) ?? []
  const files = systems.data?.find((system) => system.can.includes('files'))
  const planned = systems.data?.filter((system) => !system.available) ?? []
  return (
    <>
      <Steps here="system" />
      <StepHeading step="system" title={texts.connect.title} say={texts.connect.intro} />
      {systems.isError ? (
        <ProblemNotice
          title={texts.connections.failedTitle}
          error={systems.error}
          onRetry={() => systems.refetch()}
          compact
        />
      ) : null}
      {systems.isPending && !systems.isError ? <SkeletonLines lines={6} label={texts.loading} /> : null}
      {systems.data === undefined ? null : (
        <>
          <ul aria-label={texts.connect.systems.label} className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
            {live.map((system) => (
              <li key={system.id}>
                <LiveSystem system={system} />
              </li>
            ))}
            {files === undefined ? null : (
              <li>
                <Link to="/imports" className={CARD}>
                  <span className={MARK}>
                    <FileSpreadsheet className="size-5" aria-hidden="true" />
                  </span>
                  <span className="min-w-0 flex-1">
                    <span className="block font-semibold">{texts.connect.systems.files}</span>
                    <span className="block text-sm text-muted">{texts.connect.systems.filesSay}</span>
                  </span>
                  <ChevronRight className="size-4 shrink-0 text-faint" aria-hidden="true" />
                </Link>
              </li>
            )}
          </ul>
          <Planned systems={planned} />
        </>
      )}
    </>
  )
}

const CARD =
  'flex h-full items-center gap-3.5 rounded-lg border border-line bg-surface px-4 py-4 shadow-card transition-colors hover:border-accent'
const MARK =
  'flex size-10 shrink-0 items-center justify-center rounded-md bg-accent-soft text-lg font-semibold text-accent'

function LiveSystem(props: { system: PosSystem }): ReactNode {
  const { system } = props
  const ways = system.connects_by.filter((way) => way === 'oauth' || way === 'key')
  const by = new Intl.ListFormat(texts.locale, { type: 'disjunction' }).format(
    ways.map((way) => texts.connect.systems.ways[way]),
  )
  return (
    <Link
      to="/connections/new/$system"
      params={{ system: system.id }}
      search={{}}
      aria-label={texts.connect.systems.open(system.name)}
      className={CARD}
    >
      <span className={MARK} aria-hidden="true">
        {system.name.charAt(0)}
      </span>
      <span className="min-w-0 flex-1">
        <span className="flex flex-wrap items-center gap-2 font-semibold">
          {system.name}
          {system.connected ? <Badge tone="good">{texts.connect.systems.connected}</Badge> : null}
        </span>
        <span className="block text-sm text-muted">{texts.connect.systems.by(by)}</span>
      </span>
      <ChevronRight className="size-4 shrink-0 text-faint" aria-hidden="true" />
    </Link>
  )
}

function Planned(props: { systems: readonly PosSystem[] }): ReactNode {
  if (props.systems.length === 0) return null
  return (
    <section aria-labelledby="planned" className="mt-8">
      <h2 id="planned" className="font-semibold">
        {texts.connect.systems.plannedTitle}
      </h2>
      <p className="mb-3 text-sm text-muted">{texts.connect.systems.plannedSay}</p>
      <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
        {props.systems.map((system) => (
          <li
            key={system.id}
            className="flex items-center justify-between gap-3 rounded-md border border-dashed border-edge px-4 py-2.5 text-muted"
          >
            {system.name}
            <Badge>{texts.connect.systems.planned}</Badge>
          </li>
        ))}
      </ul>
    </section>
  )
}
