import type { ReactNode } from 'react'
import { formatAgo, formatMoment, formatTimeExact } from './format.ts'
import { texts } from './texts.ts'

/** A moment on the shop's clock; what UTC says is told when it is pointed at. */
export function When(props: {
  at: string | null | undefined
  zone: string
  /** `ago` moves on with `now`; `exact` has the seconds. */
  as?: 'moment' | 'ago' | 'exact'
  now?: number
  never?: string | undefined
}): ReactNode {
  const { at, zone } = props
  if (at === null || at === undefined) return props.never ?? texts.none
  const moment = formatMoment(at, zone)
  const shown =
    props.as === 'ago' && props.now !== undefined
      ? formatAgo(at, props.now)
      : props.as === 'exact'
        ? `${moment.replace(/,? \d{2}:\d{2}.*$/, '')}, ${formatTimeExact(at, zone)}`
        : moment
  const utc = `${formatMoment(at, 'UTC')} UTC`
  return (
    <time dateTime={at} title={props.as === 'ago' ? `${moment} · ${utc}` : utc} className="num">
      {shown}
    </time>
  )
}
