import type { ReactNode } from 'react'
import { formatShare } from '../../app/format.ts'
import { texts } from '../../app/texts.ts'
import type { Import } from '../../app/wire.ts'
import { Card } from '../../ui/card.tsx'
import { Progress } from '../../ui/progress.tsx'
import { Counts } from './counts.tsx'
import { paceWords, quarterOf } from './pace-words.ts'
import { resultCounts } from './result.tsx'

/** An import on its way, and what it has brought so far. */
export function Running(props: { run: Import }): ReactNode {
  const { run } = props
  const words = texts.imports.run
  return (
    <Card title={words.title} busy>
      <Progress label={words.title} value={run.progress} />
      <output className="sr-only" aria-live="polite">
        {run.state === 'queued' ? words.waiting : words.percent(formatShare(quarterOf(run.progress)))}
      </output>
      <p className="num mt-2 mb-5 text-sm text-muted">{run.state === 'queued' ? words.waiting : paceWords(run)}</p>
      <Counts counts={resultCounts(run)} />
    </Card>
  )
}

/** A file whose bytes another page or a program is still sending. */
export function Receiving(props: { run: Import }): ReactNode {
  const words = texts.imports.run
  return (
    <Card title={words.receiving} busy>
      <Progress label={words.receiving} value={props.run.progress} />
    </Card>
  )
}
