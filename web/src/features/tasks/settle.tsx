import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import type { Task } from '../../app/wire.ts'
import { Button } from '../../ui/button.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { TextArea } from '../../ui/field.tsx'
import { toast } from '../../ui/toast.tsx'

const NOTE_LENGTH_MAX = 1_000

/** For what was mended elsewhere; what the task is about stays as it is, and the question says so. */
export function SettleButton(props: { task: Task }): ReactNode {
  const { task } = props
  const { api } = useSession()
  const client = useQueryClient()
  const [open, setOpen] = useState(false)
  const [note, setNote] = useState('')
  const words = texts.tasks.one
  const settling = useMutation({
    mutationFn: () => {
      const said = note.trim()
      return api.post<Task>(api.path(`tasks/${encodeURIComponent(task.id)}/settle`), said === '' ? {} : { note: said })
    },
    async onSuccess() {
      setOpen(false)
      toast(words.settledToast)
      await client.invalidateQueries({ queryKey: [api.tenantId, 'tasks'] })
    },
  })
  return (
    <>
      <Button onClick={() => setOpen(true)}>{words.settle}</Button>
      <Confirm
        open={open}
        onOpenChange={setOpen}
        title={words.settleTitle}
        say={words.settleSay}
        words={{ cancel: texts.cancel, close: texts.close, go: words.settleGo }}
        busy={settling.isPending}
        onConfirm={() => settling.mutate()}
        problem={
          settling.isError ? (
            <div className="mb-4">
              <ProblemNotice title={words.notSettled} error={settling.error} compact />
            </div>
          ) : null
        }
      >
        <TextArea
          label={words.note}
          hint={words.noteHint}
          rows={3}
          maxLength={NOTE_LENGTH_MAX}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
      </Confirm>
    </>
  )
}
