import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { SlidersHorizontal, X } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { presetRange, RANGE_PRESETS, rangeOf } from '../../app/dates.ts'
import { formatDay, formatDayRange, formatDayRangeShort } from '../../app/format.ts'
import { useSession } from '../../app/session.tsx'
import { useSites } from '../../app/sites.ts'
import { texts } from '../../app/texts.ts'
import type { SaleStatus } from '../../app/wire.ts'
import { Button } from '../../ui/button.tsx'
import { SelectField, TextField } from '../../ui/field.tsx'
import { Popover } from '../../ui/popover.tsx'
import { RangePicker } from '../../ui/range-picker.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { connectionsQuery } from './queries.ts'
import { isFiltered, readSalesSearch, type SalesSearch } from './search.ts'

/** All filters of the list; each change stands in the address at once. */
export function Filters(props: { search: SalesSearch; today: string }): ReactNode {
  const { search, today } = props
  const navigate = useNavigate()
  const sites = useSites()
  const go = (change: SalesSearch): void => {
    navigate({ to: '/sales', search: readSalesSearch({ ...search, ...change }), replace: true, resetScroll: false })
  }
  const dated = search.range !== undefined || search.from !== undefined
  const range = rangeOf(search, today, '28d')
  const statuses: readonly SaleStatus[] = ['closed', 'open', 'voided']

  return (
    <search className="flex flex-col gap-2">
      <div className="grid grid-cols-2 items-center gap-2 sm:flex sm:flex-wrap">
        <SearchField
          label={texts.sales.search}
          hint={texts.sales.searchHint}
          value={search.q ?? ''}
          onChange={(q) => go({ q })}
        />
        <RangePicker
          texts={texts.range}
          presets={[
            { value: 'all' as const, label: texts.range.all, note: '' },
            ...RANGE_PRESETS.map((value) => {
              const { from, to } = presetRange(value, today)
              return { value, label: texts.range[value], note: formatDayRangeShort(from, to) }
            }),
          ]}
          value={search.from !== undefined ? null : (search.range ?? 'all')}
          shown={
            search.from !== undefined
              ? formatDayRange(range.from, range.to)
              : dated
                ? texts.range[search.range ?? '28d']
                : texts.range.all
          }
          from={range.from}
          to={range.to}
          max={today}
          onPreset={(value) => go({ from: undefined, to: undefined, range: value === 'all' ? undefined : value })}
          onRange={(from, to) => go({ range: undefined, from, to })}
        />
        <SelectField
          label={texts.sales.status}
          hideLabel
          value={search.status ?? 'closed'}
          onChange={(event) => go({ status: statuses.find((one) => one === event.target.value) })}
          fieldClassName="sm:w-36"
        >
          {statuses.map((status) => (
            <option key={status} value={status}>
              {status === 'closed' ? texts.sales.anyStatus : texts.sales.statuses[status]}
            </option>
          ))}
        </SelectField>
        {sites.length < 2 ? null : (
          <SelectField
            label={texts.sales.site}
            hideLabel
            value={search.site ?? ''}
            onChange={(event) => go({ site: event.target.value })}
            fieldClassName="sm:w-40"
          >
            <option value="">{texts.overview.allSites}</option>
            {sites.map((site) => (
              <option key={site.id} value={site.id}>
                {site.name}
              </option>
            ))}
          </SelectField>
        )}
        <MoreFilters search={search} go={go} />
      </div>
      <Chips search={search} go={go} />
    </search>
  )
}

function MoreFilters(props: { search: SalesSearch; go: (change: SalesSearch) => void }): ReactNode {
  const [open, setOpen] = useState(false)
  const { search } = props
  return (
    <Popover
      label={texts.sales.filters}
      open={open}
      onOpenChange={setOpen}
      className="w-72"
      trigger={
        <Button className="max-sm:justify-start">
          <SlidersHorizontal className="size-4 text-muted" aria-hidden="true" />
          {texts.sales.filters}
        </Button>
      }
    >
      <form
        aria-label={texts.sales.filters}
        className="flex flex-col gap-3"
        action={(data) => {
          const word = (name: string): string => String(data.get(name) ?? '')
          const min = word('min') === '' ? undefined : Number(word('min'))
          const max = word('max') === '' ? undefined : Number(word('max'))
          props.go({ item: word('item'), min, max })
          setOpen(false)
        }}
      >
        <TextField label={texts.sales.item} name="item" defaultValue={search.item} autoComplete="off" />
        <div className="grid grid-cols-2 gap-2">
          <TextField label={texts.sales.min} name="min" type="number" step="any" defaultValue={search.min} />
          <TextField label={texts.sales.max} name="max" type="number" step="any" defaultValue={search.max} />
        </div>
        <Button type="submit" look="primary" size="sm">
          {texts.range.apply}
        </Button>
      </form>
    </Popover>
  )
}

/** The filters that no control above shows, each to be taken off. */
function Chips(props: { search: SalesSearch; go: (change: SalesSearch) => void }): ReactNode {
  const { search, go } = props
  const { api } = useSession()
  const navigate = useNavigate()
  const connections = useQuery({ ...connectionsQuery(api), enabled: search.connection !== undefined })
  const connection = connections.data?.find((one) => one.id === search.connection)
  const chips = [
    { name: texts.sales.item, value: search.item, off: { item: undefined } },
    { name: texts.sales.min, value: search.min?.toString(), off: { min: undefined } },
    { name: texts.sales.max, value: search.max?.toString(), off: { max: undefined } },
    {
      name: texts.sales.businessDate,
      value: search.day === undefined ? undefined : formatDay(search.day),
      off: { day: undefined },
    },
    {
      name: texts.sales.connection,
      value: search.connection === undefined ? undefined : (connection?.name ?? search.connection),
      off: { connection: undefined },
    },
    {
      name: texts.sales.import,
      value: search.import === undefined ? undefined : texts.sales.oneImport,
      off: { import: undefined },
    },
  ].filter((chip) => chip.value !== undefined)
  if (!isFiltered(search)) return null
  return (
    <div className="flex flex-wrap items-center gap-2">
      {chips.map((chip) => (
        <span
          key={chip.name}
          className="inline-flex h-7 items-center gap-1 rounded-full bg-accent-soft pr-1 pl-3 text-xs font-medium text-accent-strong"
        >
          {chip.name}: {chip.value}
          <button
            type="button"
            aria-label={texts.sales.chip(chip.name)}
            onClick={() => go(chip.off)}
            className="flex size-5 items-center justify-center rounded-full hover:bg-surface"
          >
            <X className="size-3.5" aria-hidden="true" />
          </button>
        </span>
      ))}
      <Button look="quiet" size="sm" onClick={() => navigate({ to: '/sales', search: {}, replace: true })}>
        {texts.sales.clear}
      </Button>
    </div>
  )
}
