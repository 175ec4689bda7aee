import type { EChartsCoreOption, EChartsType } from 'echarts/core'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { classes } from '../classes.ts'
import { Skeleton } from '../states.tsx'

export type Palette = Readonly<Record<'ink' | 'muted' | 'faint' | 'line' | 'raised' | 'main' | 'before', string>>
const TOKENS = {
  ink: '--ink',
  muted: '--muted',
  faint: '--faint',
  line: '--line',
  raised: '--raised',
  main: '--chart-1',
  before: '--chart-before',
} as const satisfies Record<keyof Palette, string>

/** The tokens as they stand in the present theme: a drawing cannot resolve `light-dark()` by itself. */
function readPalette(host: HTMLElement): Palette {
  const probe = document.createElement('span')
  // Where motion is reduced every change takes a millisecond, and a colour read within it is still the old one.
  probe.style.transition = 'none'
  host.append(probe)
  const read = (name: string): string => {
    probe.style.color = `var(${name})`
    return getComputedStyle(probe).color
  }
  const entries = Object.entries(TOKENS).map(([key, name]) => [key, read(name)])
  probe.remove()
  return Object.fromEntries(entries) as Palette
}

const still = window.matchMedia('(prefers-reduced-motion: reduce)')

/** A drawing with a sentence for those who do not see it. Whoever shows one also offers its table. */
export function Chart(props: {
  say: string
  fill: boolean
  /** Changes when colours do. */
  shade: string
  option: (palette: Palette) => EChartsCoreOption
}): ReactNode {
  const host = useRef<HTMLDivElement>(null)
  const drawing = useRef<EChartsType | null>(null)
  const [ready, setReady] = useState(false)
  const { option, shade } = props

  useEffect(() => {
    const place = host.current
    if (place === null) return
    let gone = false
    const watcher = new ResizeObserver(() => drawing.current?.resize())
    import('./drawing.ts').then(({ init }) => {
      if (gone) return
      drawing.current = init(place, null, { renderer: 'svg' })
      watcher.observe(place)
      setReady(true)
    })
    return () => {
      gone = true
      watcher.disconnect()
      drawing.current?.dispose()
      drawing.current = null
    }
  }, [])

  // biome-ignore lint/correctness/useExhaustiveDependencies: the palette is read anew whenever the shade changes
  useEffect(() => {
    const place = host.current
    if (!ready || place === null) return
    drawing.current?.setOption(
      {
        animation: !still.matches,
        animationDuration: 250,
        textStyle: { fontFamily: getComputedStyle(place).fontFamily },
        ...option(readPalette(place)),
      },
      true,
    )
  }, [ready, option, shade])

  return (
    <div role="img" aria-label={props.say} className={classes('relative', props.fill ? 'h-full min-h-75' : 'h-70')}>
      {ready ? null : <Skeleton className="absolute inset-0 rounded-md" />}
      <div ref={host} className="absolute inset-0" aria-hidden="true" />
    </div>
  )
}
