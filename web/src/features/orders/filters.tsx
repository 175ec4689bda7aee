import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { presetRange, RANGE_PRESETS, rangeOf } from '../../app/dates.ts'
import { formatDayRange, formatDayRangeShort } from '../../app/format.ts'
import { useMay } from '../../app/scopes.ts'
import { useSession } from '../../app/session.tsx'
import { useSites } from '../../app/sites.ts'
import { texts } from '../../app/texts.ts'
import type { OrderLine } from '../../app/wire.ts'
import { Button } from '../../ui/button.tsx'
import { SelectField } from '../../ui/field.tsx'
import { RangePicker } from '../../ui/range-picker.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { channelsQuery } from './queries.ts'
import { isFiltered, type OrdersSearch, PROGRESSES, PUSHES, readOrdersSearch } from './search.ts'

/** All filters of the list; each change stands in the address at once. */
export function Filters(props: { search: OrdersSearch; today: string; rows: readonly OrderLine[] }): ReactNode {
  const { search, today, rows } = props
  const navigate = useNavigate()
  const sites = useSites()
  const channels = useChannels(search.channel, rows)
  const words = texts.orders
  const go = (change: Readonly<Record<string, unknown>>): void => {
    navigate({ to: '/orders', search: readOrdersSearch({ ...search, ...change }), replace: true, resetScroll: false })
  }
  const range = rangeOf(search, today, '28d')
  const choices = [
    {
      name: 'progress',
      label: words.progress,
      any: words.anyProgress,
      of: PROGRESSES,
      say: texts.orderStates.progress,
    },
    { name: 'push', label: words.push, any: words.anyPush, of: PUSHES, say: texts.orderStates.push },
  ] as const
  return (
    <search className="grid grid-cols-2 items-center gap-2 sm:flex sm:flex-wrap">
      <SearchField label={words.search} hint={words.searchHint} value={search.q ?? ''} onChange={(q) => go({ q })} />
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
        shown={search.from !== undefined ? formatDayRange(range.from, range.to) : texts.range[search.range ?? 'all']}
        from={range.from}
        to={range.to}
        max={today}
        onPreset={(value) => go({ from: undefined, to: undefined, range: value === 'all' ? undefined : value })}
        onRange={(from, to) => go({ range: undefined, from, to })}
      />
      {choices.map(({ name, label, any, of, say }) => (
        <SelectField
          key={name}
          label={label}
          hideLabel
          value={search[name] ?? ''}
          onChange={(event) => go({ [name]: event.target.value })}
          fieldClassName="sm:w-40"
        >
          <option value="">{any}</option>
          {of.map((one) => (
            <option key={one} value={one}>
              {(say as Readonly<Record<string, string>>)[one]}
            </option>
          ))}
        </SelectField>
      ))}
      {channels.length < 2 && search.channel === undefined ? null : (
        <SelectField
          label={words.channel}
          hideLabel
          value={search.channel ?? ''}
          onChange={(event) => go({ channel: event.target.value })}
          fieldClassName="sm:w-40"
        >
          <option value="">{words.anyChannel}</option>
          {channels.map((channel) => (
            <option key={channel}>{channel}</option>
          ))}
        </SelectField>
      )}
      {sites.length < 2 ? null : (
        <SelectField
          label={words.site}
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
      <SelectField
        label={words.tests}
        hideLabel
        value={search.test ?? ''}
        onChange={(event) => go({ test: event.target.value })}
        fieldClassName="sm:w-36"
      >
        <option value="">{words.anyTests}</option>
        <option value="false">{words.withoutTests}</option>
        <option value="true">{words.onlyTests}</option>
      </SelectField>
      {isFiltered(search) ? (
        <Button look="quiet" size="sm" onClick={() => navigate({ to: '/orders', search: {}, replace: true })}>
          {words.clear}
        </Button>
      ) : null}
    </search>
  )
}

/** Those that handed in a catalogue, those of the orders shown, and the one that is chosen. */
function useChannels(chosen: string | undefined, rows: readonly OrderLine[]): readonly string[] {
  const { api } = useSession()
  const may = useMay('mapping:read')
  const known = useQuery({ ...channelsQuery(api), enabled: may }).data ?? []
  const names = new Set([...known.map(({ channel }) => channel), ...rows.map(({ channel }) => channel)])
  if (chosen !== undefined) names.add(chosen)
  return [...names].sort()
}
