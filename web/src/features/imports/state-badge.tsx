import type { ReactNode } from 'react'
import { formatShare } from '../../app/format.ts'
import { texts } from '../../app/texts.ts'
import type { Import } from '../../app/wire.ts'
import { Badge, type Tone } from '../../ui/badge.tsx'

const TONES: Readonly<Record<Import['state'], Tone>> = {
  receiving: 'info',
  detected: 'warn',
  queued: 'info',
  running: 'info',
  done: 'good',
  failed: 'bad',
  undoing: 'info',
  undone: 'plain',
}

export function StateBadge(props: { run: Import }): ReactNode {
  const { run } = props
  const share = run.state === 'running' ? run.progress : run.state === 'undoing' ? (run.undo?.progress ?? 0) : null
  return (
    <Badge tone={TONES[run.state]}>
      {texts.imports.states[run.state]}
      {share === null ? '' : ` ${formatShare(share)}`}
    </Badge>
  )
}
