import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Undo2 } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useActorName } from '../../app/actors.ts'
import { formatMoment, formatNumber, formatShare } from '../../app/format.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession, useTenantApi } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import type { Import } from '../../app/wire.ts'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Progress } from '../../ui/progress.tsx'
import { toast } from '../../ui/toast.tsx'
import { Counts } from './counts.tsx'
import { quarterOf } from './pace-words.ts'
import { importPath, importQuery } from './queries.ts'
import { dealtWith } from './upload-queue.ts'

/** Whether anything of it may stand in the books, so that taking it back is more than throwing a file away. */
export function hasRecorded(run: Import): boolean {
  return run.state === 'done' || run.rows_read > 0
}

/** A button and the question behind it: what will go, and what stays. */
export function UndoButton(props: { run: Import; look?: 'plain' | 'quiet' }): ReactNode {
  const { run } = props
  const [open, setOpen] = useState(false)
  const undoing = useUndo(run.id, () => setOpen(false))
  const words = texts.imports.undo
  const recorded = hasRecorded(run)
  return (
    <>
      <Button look={props.look ?? 'plain'} size={recorded ? 'md' : 'sm'} onClick={() => setOpen(true)}>
        {recorded ? <Undo2 className="size-4 text-muted" aria-hidden="true" /> : null}
        {recorded ? words.button : texts.imports.go.discard}
      </Button>
      <Dialog
        open={open}
        onOpenChange={(next) => {
          setOpen(next)
          undoing.reset()
        }}
        title={recorded ? words.title(run.file_name) : words.discardTitle(run.file_name)}
        say={recorded ? words.say : words.discardSay}
        closeLabel={texts.close}
      >
        {recorded ? <WhatGoes run={run} /> : null}
        {undoing.isError ? (
          <div className="mb-4">
            <ProblemNotice title={words.failed} error={undoing.error} compact />
          </div>
        ) : null}
        <div className="flex justify-end gap-2">
          <Button onClick={() => setOpen(false)}>{texts.cancel}</Button>
          <Button look="danger" busy={undoing.isPending} onClick={() => undoing.mutate()}>
            {recorded ? words.confirm : words.discard}
          </Button>
        </div>
      </Dialog>
    </>
  )
}

function WhatGoes(props: { run: Import }): ReactNode {
  const { run } = props
  const words = texts.imports.undo
  return (
    <>
      <ul className="num mb-3 ml-5 list-disc">
        <li>{words.removes(run.sales_created, run.refunds_created)}</li>
        {run.sales_updated === 0 ? null : <li>{words.restores(run.sales_updated)}</li>}
      </ul>
      <p className="mb-2 text-sm text-pretty">{words.stays}</p>
      <p className="mb-5 text-sm text-pretty text-muted">{words.again}</p>
    </>
  )
}

function useUndo(importId: string, onDone: () => void) {
  const api = useTenantApi()
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => api.post<Import>(importPath(api, importId, '/undo')),
    onSuccess: (answer) => {
      client.setQueryData(importQuery(api, importId).queryKey, answer)
      client.invalidateQueries({ queryKey: [api.tenantId, 'imports'] })
      dealtWith(importId)
      if (answer.state === 'undoing') toast(texts.imports.undo.started)
      onDone()
    },
  })
}

/** While an import is being taken back, and what came of it. */
export function Undoing(props: { run: Import }): ReactNode {
  const { run } = props
  const { tenant } = useSession()
  const nameOf = useActorName()
  const words = texts.imports.undo
  const undo = run.undo
  const counts = [
    { label: words.removed, value: formatNumber(undo?.sales_removed ?? 0) },
    { label: words.restored, value: formatNumber(undo?.sales_restored ?? 0) },
    { label: words.refundsRemoved, value: formatNumber(undo?.refunds_removed ?? 0) },
  ]
  if (run.state === 'undoing') {
    const progress = undo?.progress ?? 0
    return (
      <Card title={words.running} say={words.runningSay} busy>
        <Progress label={words.running} value={progress} />
        <output className="sr-only" aria-live="polite">
          {texts.imports.run.percent(formatShare(quarterOf(progress)))}
        </output>
        <div className="mt-4">
          <Counts counts={counts} />
        </div>
      </Card>
    )
  }
  const touched = undo !== null && undo.sales_removed + undo.sales_restored + undo.refunds_removed > 0
  return (
    <Card
      title={words.done}
      say={
        run.undone_at === null
          ? undefined
          : words.doneSay(formatMoment(run.undone_at, tenant.time_zone), nameOf(run.undone_by))
      }
    >
      {touched ? <Counts counts={counts} /> : <p>{words.nothing}</p>}
      <p className="mt-4 text-sm text-muted">{words.again}</p>
    </Card>
  )
}
