import { type ReactNode, useCallback } from 'react'
import { Chart, type Palette } from './chart.tsx'

export type TrendPoint = {
  readonly key: string
  /** On the axis. */
  readonly label: string
  /** At the head of the pointer's note. */
  readonly long: string
  readonly value: number | null
  readonly before: number | null
  readonly beforeLong: string | null
  /** It does not hold its whole time yet, or not within the range: drawn dotted, so that nobody reads a fall into it. */
  readonly cut: boolean
}

/** A line against the line of the period before, which is dashed: told apart without colour. */
export function TrendChart(props: {
  say: string
  points: readonly TrendPoint[]
  kind: 'line' | 'bar'
  names: { readonly value: string; readonly before: string }
  format: (value: number) => string
  formatShort: (value: number) => string
  shade: string
  /** As high as its card, rather than of its own height. */
  fill?: boolean
}): ReactNode {
  const { points, kind, names, format, formatShort } = props
  const option = useCallback(
    (palette: Palette) => trendOption({ points, kind, names, format, formatShort, palette }),
    [points, kind, names, format, formatShort],
  )
  return <Chart say={props.say} fill={props.fill ?? false} shade={props.shade} option={option} />
}

function trendOption(from: {
  points: readonly TrendPoint[]
  kind: 'line' | 'bar'
  names: { readonly value: string; readonly before: string }
  format: (value: number) => string
  formatShort: (value: number) => string
  palette: Palette
}) {
  const { points, kind, palette } = from
  const few = points.length < 40
  const hasBefore = points.some((point) => point.before !== null)
  return {
    grid: { left: 4, right: 8, top: 12, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    tooltip: {
      trigger: 'axis',
      confine: true,
      backgroundColor: palette.raised,
      borderColor: palette.line,
      borderWidth: 1,
      padding: [8, 12],
      textStyle: { color: palette.ink, fontSize: 12, fontFamily: 'inherit' },
      extraCssText: 'box-shadow: var(--shadow-raised); border-radius: 8px; font-variant-numeric: tabular-nums',
      axisPointer: { type: kind === 'bar' ? 'shadow' : 'line', lineStyle: { color: palette.faint, type: 'solid' } },
      formatter: (hovered: unknown) => noteOf(hovered, from),
    },
    xAxis: {
      type: 'category',
      boundaryGap: kind === 'bar',
      data: points.map((point) => point.label),
      axisLine: { lineStyle: { color: palette.line } },
      axisTick: { show: false },
      axisLabel: {
        color: palette.faint,
        fontSize: 11,
        hideOverlap: true,
        margin: 10,
        alignMinLabel: 'left',
        alignMaxLabel: 'right',
      },
    },
    yAxis: {
      type: 'value',
      splitNumber: 4,
      axisLabel: { color: palette.faint, fontSize: 11, formatter: (value: number) => from.formatShort(value) },
      splitLine: { lineStyle: { color: palette.line } },
    },
    series: [
      ...(hasBefore
        ? [
            {
              name: from.names.before,
              type: 'line',
              data: points.map((point) => point.before),
              symbol: 'none',
              lineStyle: { color: palette.before, width: 1.5, type: [4, 4] },
              itemStyle: { color: palette.before },
              z: 1,
            },
          ]
        : []),
      {
        name: from.names.value,
        type: kind,
        data: points.map((point) => (kind === 'line' && point.cut ? null : point.value)),
        symbol: 'circle',
        symbolSize: 6,
        showSymbol: points.length < 3,
        barMaxWidth: 28,
        itemStyle: { color: palette.main, borderRadius: kind === 'bar' ? [3, 3, 0, 0] : 0 },
        lineStyle: { color: palette.main, width: few ? 2.25 : 1.75, join: 'round' },
        areaStyle: kind === 'line' ? { color: palette.main, opacity: 0.08 } : undefined,
        z: 2,
      },
      ...(kind === 'line' && points.some((point) => point.cut) ? [cutSeries(points, palette)] : []),
    ],
  }
}

/** The dotted ends: each cut point with the whole one beside it. */
function cutSeries(points: readonly TrendPoint[], palette: Palette) {
  const touches = (place: number): boolean => [place - 1, place, place + 1].some((near) => points[near]?.cut === true)
  return {
    name: 'cut',
    type: 'line',
    data: points.map((point, place) => (touches(place) ? point.value : null)),
    symbol: 'circle',
    symbolSize: 5,
    showSymbol: false,
    itemStyle: { color: palette.main },
    lineStyle: { color: palette.main, width: 2, type: [1.5, 4], cap: 'round' },
    z: 2,
  }
}

function noteOf(
  hovered: unknown,
  from: {
    points: readonly TrendPoint[]
    names: { readonly value: string; readonly before: string }
    format: (value: number) => string
    palette: Palette
  },
): HTMLElement | string {
  const first: unknown = Array.isArray(hovered) ? hovered[0] : hovered
  if (typeof first !== 'object' || first === null || !('dataIndex' in first)) return ''
  const point = from.points[Number(first.dataIndex)]
  if (point === undefined) return ''
  // Elements, not markup: what a shop calls its things never becomes HTML.
  const note = document.createElement('div')
  const add = (text: string, style: string): void => {
    const line = document.createElement('div')
    line.textContent = text
    line.style.cssText = style
    note.append(line)
  }
  add(point.long, `color: ${from.palette.muted}; margin-bottom: 2px`)
  if (point.value !== null) add(from.format(point.value), 'font-weight: 600; font-size: 14px')
  if (point.before !== null) {
    const when = point.beforeLong ?? from.names.before
    add(`${from.format(point.before)} · ${when}`, `color: ${from.palette.muted}; margin-top: 2px`)
  }
  return note
}
