import type { ReactNode } from 'react'

/** A few facts side by side below a card's sentence. */
export function FactRow(props: { facts: readonly { readonly label: string; readonly value: ReactNode }[] }): ReactNode {
  return (
    <dl className="mt-4 grid grid-cols-2 gap-x-6 gap-y-3 border-t border-line pt-3 text-sm sm:grid-cols-4">
      {props.facts.map((fact) => (
        <div key={fact.label} className="min-w-0">
          <dt className="text-xs text-muted">{fact.label}</dt>
          <dd className="num font-medium break-words">{fact.value}</dd>
        </div>
      ))}
    </dl>
  )
}
