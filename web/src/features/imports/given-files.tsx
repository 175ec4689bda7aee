import { Link } from '@tanstack/react-router'
import { type ReactNode, useId } from 'react'
import { Problem } from '../../app/api.ts'
import { formatBytes, formatDuration, formatShare } from '../../app/format.ts'
import { useTenantApi } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import { Badge, type Tone } from '../../ui/badge.tsx'
import { Button, buttonClasses } from '../../ui/button.tsx'
import { Progress } from '../../ui/progress.tsx'
import { cancelFile, clearQueue, type GivenFile, isUnderWay, sendAgain, useGivenFiles } from './upload-queue.ts'
import { secondsLeft } from './upload-rate.ts'

const TONES: Readonly<Record<GivenFile['state'], Tone>> = {
  waiting: 'plain',
  sending: 'info',
  understanding: 'info',
  given: 'warn',
  refused: 'bad',
  failed: 'bad',
  cancelled: 'plain',
}

/** The files that were just given, each on its own way. */
export function GivenFiles(): ReactNode {
  const { tenantId } = useTenantApi()
  const headingId = useId()
  const files = useGivenFiles(tenantId)
  if (files.length === 0) return null
  const states = texts.imports.give.states
  return (
    <section aria-labelledby={headingId} className="rounded-lg border border-line bg-surface shadow-card">
      <header className="flex items-center justify-between gap-3 px-5 pt-3">
        <h2 id={headingId} className="text-base font-semibold">
          {texts.imports.give.queue}
        </h2>
        {files.every(isUnderWay) ? null : (
          <Button look="quiet" size="sm" onClick={() => clearQueue(tenantId)}>
            {texts.imports.give.clear}
          </Button>
        )}
      </header>
      <output className="sr-only" aria-live="polite">
        {files.map((file) => `${file.name}: ${states[file.state]}`).join('. ')}
      </output>
      <ul className="px-5 pb-2">
        {files.map((file) => (
          <li key={file.id} className="border-b border-line py-3 last:border-b-0">
            <OneFile file={file} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function OneFile(props: { file: GivenFile }): ReactNode {
  const { file } = props
  const words = texts.imports.give
  const sending = file.state === 'sending' || file.state === 'understanding'
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="min-w-0 flex-1 basis-48">
          <span className="block truncate font-medium">{file.name}</span>
          <span className="num block text-xs text-muted">{factsOf(file)}</span>
        </span>
        <Badge tone={TONES[file.state]}>{words.states[file.state]}</Badge>
        {file.importId === null ? null : (
          <Link
            to="/imports/$importId"
            params={{ importId: file.importId }}
            aria-label={`${words.look}: ${file.name}`}
            className={buttonClasses('plain', 'sm')}
          >
            {words.look}
          </Link>
        )}
        {file.state === 'failed' || file.state === 'cancelled' ? (
          <Button size="sm" onClick={() => sendAgain(file.id)}>
            {words.again}
          </Button>
        ) : null}
        {isUnderWay(file) ? (
          <Button size="sm" look="quiet" aria-label={words.cancel(file.name)} onClick={() => cancelFile(file.id)}>
            {texts.cancel}
          </Button>
        ) : null}
      </div>
      {sending ? (
        <div className="mt-2">
          <Progress
            label={words.progress(file.name)}
            value={file.sizeBytes === 0 ? 1 : file.sentBytes / file.sizeBytes}
          />
        </div>
      ) : null}
      {file.state === 'failed' ? (
        <p role="alert" className="mt-1 text-sm text-bad">
          {failureWords(file.error)}
        </p>
      ) : null}
    </>
  )
}

function factsOf(file: GivenFile): string {
  const words = texts.imports.give
  if (file.state !== 'sending') return formatBytes(file.sizeBytes)
  const left = secondsLeft(file.pace, file.sentBytes, file.sizeBytes)
  const facts = [
    words.sent(formatBytes(file.sentBytes), formatBytes(file.sizeBytes)),
    formatShare(file.sizeBytes === 0 ? 1 : file.sentBytes / file.sizeBytes),
    file.pace.bytesPerSecond === null ? null : words.rate(formatBytes(file.pace.bytesPerSecond)),
    left === null ? null : texts.imports.run.left(formatDuration(left)),
  ]
  return facts.filter((one) => one !== null).join(' · ')
}

function failureWords(error: unknown): string {
  if (!(error instanceof Problem)) return texts.errors.brokenSay
  return error.offline ? texts.errors.offline : `${error.message} (${texts.errors.code(error.code)})`
}
