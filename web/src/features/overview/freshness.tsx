import { CircleCheck, CircleDashed, CircleHelp } from 'lucide-react'
import type { ReactNode } from 'react'
import { formatAgo, formatDayRange, formatMoment } from '../../app/format.ts'
import { useConnectionLost } from '../../app/live.ts'
import { useSession } from '../../app/session.tsx'
import { useNow } from '../../app/sites.ts'
import { texts } from '../../app/texts.ts'
import type { Coverage, Growth } from '../../app/wire.ts'
import type { Tone } from '../../ui/badge.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Popover } from '../../ui/popover.tsx'

const TONES: Readonly<Record<Coverage['state'], Tone>> = { complete: 'good', partial: 'warn', unknown: 'plain' }
const ICONS = { complete: CircleCheck, partial: CircleDashed, unknown: CircleHelp } as const

/** How fresh and how complete: belongs to every figure on the page, and opens to say what is missing. */
export function Freshness(props: {
  asOf: string
  coverage: Coverage
  growth: Growth | null
  today: string
}): ReactNode {
  const { tenant } = useSession()
  const now = useNow(20_000)
  const lost = useConnectionLost()
  const { coverage, growth } = props
  const Icon = ICONS[coverage.state]
  const when = formatMoment(props.asOf, tenant.time_zone)
  const ago = texts.overview.asOf(formatAgo(props.asOf, now))
  // A day that is not over is no gap to worry about.
  const running = coverage.state === 'partial' && coverage.gaps.every((gap) => gap.from >= props.today)
  const word = running ? texts.overview.coverageRunning : texts.overview.coverage[coverage.state]
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-muted">
      <span className={lost ? 'font-medium text-warn' : undefined} title={when}>
        {lost ? texts.overview.asOf(when) : ago}
      </span>
      <Popover
        label={texts.overview.coverageTitle}
        className="w-80"
        trigger={
          <button type="button" className="rounded-full" aria-label={`${texts.overview.coverageTitle}: ${word}`}>
            <Badge tone={running ? 'info' : TONES[coverage.state]}>
              <Icon className="size-3.5" aria-hidden="true" />
              {word}
            </Badge>
          </button>
        }
      >
        <p className="font-semibold">{texts.overview.coverageTitle}</p>
        <p className="num mt-1 text-muted">{texts.overview.asOf(when)}</p>
        <CoverageText coverage={coverage} />
        {growth === null || growth.coverage.state === 'complete' ? null : (
          <div className="mt-3 border-t border-line pt-3">
            <p className="font-medium">{texts.overview.growthCoverage}</p>
            <p className="num text-muted">{formatDayRange(growth.from, growth.to)}</p>
            <CoverageText coverage={growth.coverage} />
          </div>
        )}
      </Popover>
    </div>
  )
}

function CoverageText(props: { coverage: Coverage }): ReactNode {
  return (
    <>
      <p className="mt-1">{props.coverage.say}</p>
      {props.coverage.gaps.length === 0 ? null : (
        <ul className="num mt-2 list-disc pl-4 text-muted">
          {props.coverage.gaps.slice(0, 6).map((gap) => (
            <li key={`${gap.from} ${gap.to} ${gap.reason}`}>
              {texts.overview.gap(formatDayRange(gap.from, gap.to), gap.reason)}
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
