import type { ReactNode } from 'react'
import { Mark } from '../../app/navigation.tsx'
import { texts } from '../../app/texts.ts'

/** The quiet page round a form for somebody who is not in yet. */
export function AccessFrame(props: { title: string; say?: ReactNode; children: ReactNode; wide?: boolean }): ReactNode {
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <title>{texts.title(props.title)}</title>
      <div className={props.wide === true ? 'w-full max-w-xl' : 'w-full max-w-sm'}>
        <p className="mb-6 flex items-center justify-center gap-2.5 text-lg font-semibold tracking-tight">
          <Mark />
          {texts.product}
        </p>
        <div className="rounded-lg border border-line bg-surface p-6 shadow-raised sm:p-8">
          <h1 className="text-xl font-semibold tracking-tight">{props.title}</h1>
          {props.say === undefined ? null : <p className="mt-1 text-pretty text-muted">{props.say}</p>}
          <div className="mt-6">{props.children}</div>
        </div>
      </div>
    </main>
  )
}

/** The token stands behind the hash, which no server and no log ever sees; it is taken out of the address at once. */
export function takeToken(): string {
  const token = new URLSearchParams(window.location.hash.slice(1)).get('token') ?? ''
  if (token !== '') window.history.replaceState(window.history.state, '', window.location.pathname)
  return token
}
