import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { ArrowLeftRight, Plug } from 'lucide-react'
import type { ReactNode } from 'react'
import { connectionsQuery, isLive } from '../../app/connections.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import type { Channel, Connection } from '../../app/wire.ts'
import { buttonClasses } from '../../ui/button.tsx'
import { SelectField } from '../../ui/field.tsx'
import { Empty, SkeletonLines } from '../../ui/states.tsx'
import { FirstCatalogue } from './first-catalogue.tsx'
import { PreflightCard } from './preflight.tsx'
import { channelsQuery, type Pair } from './queries.ts'
import { type MappingSearch, readMappingSearch } from './search.ts'
import { Workbench } from './workbench.tsx'

export function Mapping(): ReactNode {
  const search = readMappingSearch(useSearch({ strict: false }))
  const { api } = useSession()
  const channels = useQuery(channelsQuery(api))
  const connections = useQuery(connectionsQuery(api))
  const failed = channels.error ?? connections.error
  const isKnown = channels.data !== undefined && connections.data !== undefined
  return (
    <>
      <title>{texts.title(texts.mapping.title)}</title>
      {failed === null ? null : (
        <div className="mb-4">
          <ProblemNotice
            title={texts.mapping.failedTitle}
            error={failed}
            onRetry={() => Promise.all([channels.refetch(), connections.refetch()])}
            compact={isKnown}
          />
        </div>
      )}
      {isKnown ? (
        <Known search={search} channels={channels.data} connections={candidatesOf(connections.data)} />
      ) : (
        <>
          <Header />
          {failed === null ? <SkeletonLines lines={8} label={texts.loading} /> : null}
        </>
      )}
    </>
  )
}

/** Those that take orders; an ended one only stands in the way. */
function candidatesOf(connections: readonly Connection[]): readonly Connection[] {
  return connections.filter((one) => isLive(one) && one.state !== 'disconnected' && one.push !== null)
}

function Known(props: {
  search: MappingSearch
  channels: readonly Channel[]
  connections: readonly Connection[]
}): ReactNode {
  const { search, channels, connections } = props
  const words = texts.mapping.empty
  const connection = connections.find(({ id }) => id === search.connection) ?? connections[0]
  const channel = channels.find((one) => one.channel === search.channel) ?? channels[0]
  if (connection === undefined) {
    return (
      <>
        <Header />
        <Empty
          icon={<Plug className="size-6" aria-hidden="true" />}
          title={words.noConnection}
          say={words.noConnectionSay}
        >
          <Link to="/connections/new" className={buttonClasses('primary')}>
            {texts.connections.add}
          </Link>
        </Empty>
      </>
    )
  }
  if (channel === undefined) {
    return (
      <>
        <Header />
        <Empty
          icon={<ArrowLeftRight className="size-6" aria-hidden="true" />}
          title={words.noChannel}
          say={words.noChannelSay}
        />
        <FirstCatalogue />
      </>
    )
  }
  const pair: Pair = { connection: connection.id, channel: channel.channel }
  return (
    <>
      <Header>
        <Sides search={search} pair={pair} channels={channels} connections={connections} />
      </Header>
      <PreflightCard pair={pair} search={search} />
      <Workbench key={`${pair.connection} ${pair.channel}`} pair={pair} search={search} connection={connection} />
    </>
  )
}

function Header(props: { children?: ReactNode }): ReactNode {
  return (
    <header className="mb-4 flex flex-wrap items-end justify-between gap-3">
      <div>
        <h1 className="text-xl font-semibold tracking-tight">{texts.mapping.title}</h1>
        <p className="text-sm text-pretty text-muted">{texts.mapping.intro}</p>
      </div>
      {props.children}
    </header>
  )
}

/** Which two catalogues stand beside each other. */
function Sides(props: {
  search: MappingSearch
  pair: Pair
  channels: readonly Channel[]
  connections: readonly Connection[]
}): ReactNode {
  const { search, pair, channels, connections } = props
  const navigate = useNavigate()
  const go = (change: MappingSearch): void => {
    navigate({ to: '/mapping', search: readMappingSearch({ ...search, ...pair, ...change }) })
  }
  return (
    <div className="flex flex-wrap items-end gap-2 max-sm:w-full">
      <SelectField
        label={texts.mapping.channel}
        value={pair.channel}
        onChange={(event) => go({ channel: event.target.value })}
        fieldClassName="w-44 max-sm:flex-1"
      >
        {channels.map(({ channel }) => (
          <option key={channel}>{channel}</option>
        ))}
      </SelectField>
      <SelectField
        label={texts.mapping.connection}
        value={pair.connection}
        onChange={(event) => go({ connection: event.target.value })}
        fieldClassName="w-52 max-sm:flex-1"
      >
        {connections.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </SelectField>
    </div>
  )
}
