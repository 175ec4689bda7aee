import type { ReactNode } from 'react'
import { classes } from '../../ui/classes.ts'

export type Count = { readonly label: string; readonly value: string; readonly tone?: 'bad' | undefined }

/** Numbers with their names beneath, as large as they matter. */
export function Counts(props: { counts: readonly Count[] }): ReactNode {
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-4 sm:grid-cols-3 lg:grid-cols-5">
      {props.counts.map((count) => (
        <div key={count.label} className="flex flex-col-reverse justify-end">
          <dt className="text-xs text-muted">{count.label}</dt>
          <dd className={classes('num text-xl font-semibold tracking-tight', count.tone === 'bad' && 'text-bad')}>
            {count.value}
          </dd>
        </div>
      ))}
    </dl>
  )
}
