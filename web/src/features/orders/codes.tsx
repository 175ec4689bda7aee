import type { ReactNode } from 'react'
import { formatNumber } from '../../app/format.ts'
import { texts, wordFor } from '../../app/texts.ts'
import { Bars } from '../../ui/bars.tsx'

type Code = { readonly code: string; readonly count: number }

/** Codes by how often they came, the same code of several connections together. */
export function Codes(props: { label: string; rows: readonly Code[]; none: string }): ReactNode {
  const counts = new Map<string, number>()
  for (const { code, count } of props.rows) counts.set(code, (counts.get(code) ?? 0) + count)
  const sorted = [...counts].sort(([, a], [, b]) => b - a)
  const most = sorted[0]?.[1] ?? 1
  if (sorted.length === 0) return <p className="text-muted">{props.none}</p>
  return (
    <Bars
      label={props.label}
      tone="muted"
      bars={sorted.map(([code, count]) => ({
        key: code,
        label: wordFor(texts.order.codes, code),
        note: wordFor(texts.order.codes, code) === code ? undefined : code,
        value: formatNumber(count),
        share: count / most,
      }))}
    />
  )
}
