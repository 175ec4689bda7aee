import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTenantApi } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import type { Import } from '../../app/wire.ts'
import { buttonClasses } from '../../ui/button.tsx'
import { useGivenFiles } from './upload-queue.ts'

/** Of several files that were given together, the next one that waits for its giver. */
export function NextFile(props: { run: Import }): ReactNode {
  const { tenantId } = useTenantApi()
  const waiting = useGivenFiles(tenantId).filter((file) => file.importId !== null && file.importId !== props.run.id)
  const next = waiting[0]
  if (next === undefined || next.importId === null || props.run.state === 'detected') return null
  return (
    <aside
      aria-label={texts.imports.give.queue}
      className="flex flex-wrap items-center justify-between gap-3 rounded-lg bg-info-soft px-5 py-3"
    >
      <p className="text-info">{texts.imports.give.next(waiting.length)}</p>
      <Link to="/imports/$importId" params={{ importId: next.importId }} className={buttonClasses('plain', 'sm')}>
        {texts.imports.give.nextOpen(next.name)}
      </Link>
    </aside>
  )
}
