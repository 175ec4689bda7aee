import { useNavigate } from '@tanstack/react-router'
import { Download, Ellipsis, FlaskConical } from 'lucide-react'
import type { ReactNode } from 'react'
import { presetRange, RANGE_PRESETS, type Range } from '../../app/dates.ts'
import { useDemo } from '../../app/demo.tsx'
import { formatDayRange, formatDayRangeShort } from '../../app/format.ts'
import { useTenantApi } from '../../app/session.tsx'
import { useSites } from '../../app/sites.ts'
import { texts } from '../../app/texts.ts'
import type { FiguresRequest } from '../../app/wire.ts'
import { Button } from '../../ui/button.tsx'
import { SelectField } from '../../ui/field.tsx'
import { Menu, MenuItem, MenuLine, MenuLink, MenuTitle } from '../../ui/menu.tsx'
import { RangePicker } from '../../ui/range-picker.tsx'
import { EXPORTS, exportHref } from './queries.ts'
import { COMPARISONS, DEFAULT_COMPARISON, DEFAULT_RANGE, type OverviewSearch } from './search.ts'

/** Which days, against which, and where: all of it stands in the address. */
export function Toolbar(props: {
  search: OverviewSearch
  range: Range
  today: string
  request: FiguresRequest
}): ReactNode {
  const { search, range, today } = props
  const navigate = useNavigate()
  const sites = useSites()
  const preset = search.from === undefined ? (search.range ?? DEFAULT_RANGE) : null
  const go = (next: OverviewSearch): void => {
    navigate({ to: '.', search: next, replace: true, resetScroll: false })
  }
  const { range: _range, from: _from, to: _to, ...rest } = search

  return (
    <div
      className="grid w-full grid-cols-[1fr_1fr_auto] items-center gap-2 sm:flex sm:w-auto sm:flex-wrap"
      data-print="none"
    >
      <RangePicker
        texts={texts.range}
        presets={RANGE_PRESETS.map((value) => {
          const { from, to } = presetRange(value, today)
          return { value, label: texts.range[value], note: formatDayRangeShort(from, to) }
        })}
        value={preset}
        shown={preset === null ? formatDayRange(range.from, range.to) : texts.range[preset]}
        from={range.from}
        to={range.to}
        max={today}
        className="max-sm:col-span-3"
        onPreset={(value) => go(value === DEFAULT_RANGE ? rest : { ...rest, range: value })}
        onRange={(from, to) => go({ ...rest, from, to })}
      />
      <SelectField
        label={texts.overview.compare}
        hideLabel
        value={search.compare ?? DEFAULT_COMPARISON}
        onChange={(event) => {
          const compare = COMPARISONS.find((one) => one === event.target.value)
          const { compare: _compare, ...others } = search
          go(compare === undefined || compare === DEFAULT_COMPARISON ? others : { ...others, compare })
        }}
        fieldClassName="sm:w-48"
      >
        {COMPARISONS.map((one) => (
          <option key={one} value={one}>
            {texts.overview.comparisons[one]}
          </option>
        ))}
      </SelectField>
      {sites.length < 2 ? null : (
        <SelectField
          label={texts.overview.site}
          hideLabel
          value={search.site ?? ''}
          onChange={(event) => {
            const { site: _site, ...others } = search
            go(event.target.value === '' ? others : { ...others, site: event.target.value })
          }}
          fieldClassName="sm:w-44"
        >
          <option value="">{texts.overview.allSites}</option>
          {sites.map((site) => (
            <option key={site.id} value={site.id}>
              {site.name}
            </option>
          ))}
        </SelectField>
      )}
      <Actions request={props.request} />
    </div>
  )
}

function Actions(props: { request: FiguresRequest }): ReactNode {
  const api = useTenantApi()
  const demo = useDemo()
  return (
    <Menu
      label={texts.overview.actions}
      trigger={
        <Button aria-label={texts.overview.actions} title={texts.overview.actions} className="px-2.5!" busy={demo.busy}>
          <Ellipsis className="size-4" aria-hidden="true" />
        </Button>
      }
    >
      <MenuTitle>{texts.overview.exportAs}</MenuTitle>
      {EXPORTS.map((what) => (
        <MenuLink key={what}>
          <a href={exportHref(api, what, props.request)} download>
            <Download className="size-4 text-muted" aria-hidden="true" />
            {texts.overview.exports[what]}
          </a>
        </MenuLink>
      ))}
      <MenuLine />
      <MenuItem
        onSelect={demo.load}
        icon={<FlaskConical className="size-4" aria-hidden="true" />}
        say={texts.demo.loadSay}
      >
        {texts.demo.load}
      </MenuItem>
    </Menu>
  )
}
