import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { ArrowLeftRight } from 'lucide-react'
import { type ReactNode, useMemo, useState } from 'react'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useMay } from '../../app/scopes.ts'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import type { Connection, ItemMapping } from '../../app/wire.ts'
import { buttonClasses } from '../../ui/button.tsx'
import { classes } from '../../ui/classes.ts'
import { SelectField } from '../../ui/field.tsx'
import { More } from '../../ui/more.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { Empty, SkeletonLines } from '../../ui/states.tsx'
import { Bulk } from './bulk.tsx'
import { ChooseDialog } from './choose-dialog.tsx'
import { isRepriced } from './naming.ts'
import { mappingsQuery, type Pair } from './queries.ts'
import { Rows } from './rows.tsx'
import { type MappingSearch, readMappingSearch, SHOWS } from './search.ts'
import { Selection } from './selection.tsx'

const NONE: ReadonlySet<string> = new Set()

/** Both catalogues side by side, row by row, and what is done to many rows at once. */
export function Workbench(props: { pair: Pair; search: MappingSearch; connection: Connection }): ReactNode {
  const { pair, search, connection } = props
  const { api } = useSession()
  const may = useMay('mapping:write')
  const mappings = useInfiniteQuery(mappingsQuery(api, pair, search))
  const [selected, setSelected] = useState(NONE)
  const [choosing, setChoosing] = useState<ItemMapping | null>(null)
  const rows = useMemo(() => {
    const all = mappings.data?.pages.flatMap((page) => page.data) ?? []
    return search.show === 'repriced' ? all.filter(isRepriced) : all
  }, [mappings.data, search.show])
  // What is no longer suggested cannot be confirmed any more.
  const chosen = rows.filter(({ item, state }) => state === 'suggested' && selected.has(item.id))
  const words = texts.mapping
  return (
    <section aria-label={words.list}>
      <Toolbar pair={pair} search={search} may={may} onChange={() => setSelected(NONE)} />
      {chosen.length === 0 ? null : (
        <Selection pair={pair} itemIds={chosen.map(({ item }) => item.id)} onDone={() => setSelected(NONE)} />
      )}
      {mappings.isError ? (
        <div className="mb-4">
          <ProblemNotice
            title={words.failedTitle}
            error={mappings.error}
            onRetry={() => mappings.refetch()}
            compact={rows.length > 0}
          />
        </div>
      ) : null}
      {mappings.isPending && !mappings.isError ? (
        <div className="rounded-lg border border-line bg-surface p-5">
          <SkeletonLines lines={9} label={texts.loading} />
        </div>
      ) : null}
      {rows.length === 0 ? null : (
        <div
          aria-busy={mappings.isPlaceholderData}
          className={classes('transition-opacity', mappings.isPlaceholderData && 'opacity-50')}
        >
          <Rows
            rows={rows}
            pair={pair}
            connection={connection}
            may={may}
            selected={selected}
            onSelect={setSelected}
            onChoose={setChoosing}
          />
        </div>
      )}
      {mappings.isSuccess && rows.length === 0 && !mappings.hasNextPage && !mappings.isPlaceholderData ? (
        <NoRows pair={pair} search={search} />
      ) : null}
      {mappings.isSuccess && (rows.length > 0 || mappings.hasNextPage) ? (
        <More
          key={mappings.data.pages.length}
          more={mappings.hasNextPage}
          label={search.show === 'repriced' ? words.looking : words.next}
          end={words.end}
          busy={mappings.isFetchingNextPage}
          onMore={() => {
            if (!mappings.isFetching) mappings.fetchNextPage()
          }}
        />
      ) : null}
      <ChooseDialog pair={pair} row={choosing} onClose={() => setChoosing(null)} />
    </section>
  )
}

function Toolbar(props: { pair: Pair; search: MappingSearch; may: boolean; onChange: () => void }): ReactNode {
  const { pair, search, may, onChange } = props
  const navigate = useNavigate()
  const words = texts.mapping
  const go = (change: Readonly<Record<string, unknown>>): void => {
    onChange()
    navigate({
      to: '/mapping',
      search: readMappingSearch({ ...search, ...pair, ...change }),
      replace: true,
      resetScroll: false,
    })
  }
  return (
    <div className="mb-3 flex flex-wrap items-center justify-between gap-2">
      <search className="flex flex-wrap items-center gap-2 max-sm:w-full">
        <SearchField
          label={words.search}
          hint={words.searchHint}
          value={search.q ?? ''}
          onChange={(q) => go({ q })}
          className="w-64 max-sm:w-full"
        />
        <SelectField
          label={words.show}
          hideLabel
          value={search.show ?? 'all'}
          onChange={(event) => go({ show: event.target.value })}
          fieldClassName="w-40 max-sm:flex-1"
        >
          {SHOWS.map((show) => (
            <option key={show} value={show}>
              {words.shows[show]}
            </option>
          ))}
        </SelectField>
      </search>
      <Bulk pair={pair} may={may} />
    </div>
  )
}

function NoRows(props: { pair: Pair; search: MappingSearch }): ReactNode {
  const { show, q } = props.search
  const words = texts.mapping.empty
  return (
    <Empty
      icon={<ArrowLeftRight className="size-6" aria-hidden="true" />}
      title={words.none}
      say={show === undefined || q !== undefined ? words.noneSay : words.noneOf[show]}
    >
      <Link to="/mapping" search={readMappingSearch(props.pair)} className={buttonClasses('plain')}>
        {words.showAll}
      </Link>
    </Empty>
  )
}
