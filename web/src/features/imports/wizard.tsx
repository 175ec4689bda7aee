import { type ReactNode, useMemo, useRef, useState } from 'react'
import { texts } from '../../app/texts.ts'
import type { FileDetection, Import } from '../../app/wire.ts'
import { useMayImport } from './actor.ts'
import { Columns } from './columns.tsx'
import { useCorrections } from './corrections.ts'
import { GoBar } from './go-bar.tsx'
import { Layout } from './layout.tsx'
import { questionKey, questionsOf } from './questions.ts'
import { Questions } from './questions.tsx'
import { Receipts } from './receipts.tsx'
import { Trial } from './trial.tsx'
import { Understood } from './understood.tsx'
import { UndoButton } from './undo.tsx'

/** Between a file and its sales: what was understood, what is asked, what would come of it, and the go. */
export function Wizard(props: { run: Import; detection: FileDetection }): ReactNode {
  const { run, detection } = props
  const corrections = useCorrections(run)
  const [agreed, setAgreed] = useState<ReadonlySet<string>>(new Set())
  const asked = useAsked(detection)
  const questionsPlace = useRef<HTMLDivElement>(null)
  const { open, answered } = useMemo(
    () => questionsOf(detection, corrections.choices, asked),
    [detection, corrections.choices, asked],
  )
  const left = open.filter((question) => !agreed.has(question.key)).length
  const mayImport = useMayImport()
  // While the rest of a packed file is still arriving, or once it is confirmed, nothing can be corrected.
  const fixed = run.state === 'receiving' || run.confirmed_at !== null || !mayImport

  return (
    <>
      {/* On a wide screen the receipts stand beside what decides about them; on a narrow one, right below the questions. */}
      <div className="grid grid-cols-1 gap-4 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)] xl:grid-rows-[auto_1fr]">
        <div className="flex min-w-0 flex-col gap-4">
          {run.state === 'receiving' ? (
            <p className="rounded-lg bg-info-soft px-5 py-3 text-sm text-info">{texts.imports.understood.keeping}</p>
          ) : null}
          <Understood run={run} detection={detection} corrections={corrections} fixed={fixed} />
          <Questions
            open={open}
            answered={answered}
            agreed={agreed}
            onAgree={(key, agrees) => {
              const next = new Set(agreed)
              if (agrees) next.add(key)
              else next.delete(key)
              setAgreed(next)
            }}
            corrections={corrections}
            fixed={fixed}
            detection={detection}
            first={questionsPlace}
          />
        </div>
        <div className="min-w-0 xl:col-start-2 xl:row-span-2 xl:row-start-1">
          <div className="xl:sticky xl:top-4 xl:max-h-[calc(100dvh-7rem)] xl:overflow-y-auto">
            <Receipts run={run} busy={corrections.busy} />
          </div>
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <Columns detection={detection} corrections={corrections} fixed={fixed} />
          <Layout detection={detection} corrections={corrections} fixed={fixed} />
        </div>
      </div>
      {run.check === null ? null : <Trial check={run.check} detection={detection} />}
      {mayImport ? (
        <GoBar
          run={run}
          corrections={corrections}
          openQuestions={left}
          onToQuestions={() => questionsPlace.current?.focus()}
          discard={run.state === 'detected' ? <UndoButton run={run} look="quiet" /> : null}
        />
      ) : null}
    </>
  )
}

/** Every question that was open since the page was opened: an answered one stays in sight and may be answered anew. */
function useAsked(detection: FileDetection): ReadonlySet<string> {
  const [asked, setAsked] = useState<{ shape: string; keys: ReadonlySet<string> }>({ shape: '', keys: new Set() })
  const open = detection.notes.filter((note) => note.severity === 'confirm').map((note) => questionKey(detection, note))
  const known = asked.shape === detection.shape ? asked.keys : new Set<string>()
  const keys = open.every((key) => known.has(key)) ? known : new Set([...known, ...open])
  if (asked.shape !== detection.shape || keys !== known) setAsked({ shape: detection.shape, keys })
  return keys
}
