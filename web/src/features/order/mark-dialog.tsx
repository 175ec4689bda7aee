import { type ReactNode, useState } from 'react'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { texts } from '../../app/texts.ts'
import type { Order, OrderDetail } from '../../app/wire.ts'
import { Confirm } from '../../ui/confirm.tsx'
import { TextField } from '../../ui/field.tsx'
import type { Mark } from './progress.ts'
import { useSaying } from './saying.ts'

const NOTE_LENGTH_MAX = 2_000

/** Says at the counter how far an order is. */
export function MarkDialog(props: { order: OrderDetail; mark: Mark | null; onClose: () => void }): ReactNode {
  const { order, mark, onClose } = props
  const [note, setNote] = useState('')
  const words = texts.order.actions
  const marking = useSaying<Order>({
    orderId: order.id,
    path: '/progress',
    said: () => words.progressed,
    onDone: onClose,
  })
  if (mark === null) return null
  return (
    <Confirm
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={words.progressTitle(words.progress[mark])}
      say={words.progressSay}
      words={{ cancel: texts.cancel, close: texts.close, go: words.progressGo }}
      busy={marking.isPending}
      onConfirm={() => marking.mutate({ progress: mark, ...(note.trim() === '' ? {} : { note: note.trim() }) })}
      problem={
        marking.isError ? (
          <div className="mb-4">
            <ProblemNotice title={words.progressFailed} error={marking.error} compact />
          </div>
        ) : null
      }
    >
      <TextField
        label={words.progressNote}
        maxLength={NOTE_LENGTH_MAX}
        value={note}
        onChange={(event) => setNote(event.target.value)}
        autoComplete="off"
      />
    </Confirm>
  )
}
