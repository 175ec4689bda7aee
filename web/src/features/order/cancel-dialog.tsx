import { type ReactNode, useState } from 'react'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { texts } from '../../app/texts.ts'
import type { Order, OrderDetail } from '../../app/wire.ts'
import { Confirm } from '../../ui/confirm.tsx'
import { TextField } from '../../ui/field.tsx'
import { useSaying } from './saying.ts'

const REASON_LENGTH_MAX = 300

export function CancelDialog(props: {
  order: OrderDetail
  open: boolean
  onOpenChange: (open: boolean) => void
}): ReactNode {
  const { order, open, onOpenChange } = props
  const [reason, setReason] = useState('')
  const words = texts.order.actions
  const cancelling = useSaying<Order>({
    orderId: order.id,
    path: '/cancel',
    said: ({ progress }) => (progress === 'cancelled' ? words.cancelledToast : words.cancelAskedToast),
    onDone: () => onOpenChange(false),
  })
  return (
    <Confirm
      open={open}
      onOpenChange={onOpenChange}
      title={words.cancelTitle(order.number)}
      say={words.cancelSay}
      words={{ cancel: texts.cancel, close: texts.close, go: words.cancelGo }}
      danger
      busy={cancelling.isPending}
      onConfirm={() => cancelling.mutate(reason.trim() === '' ? {} : { reason: reason.trim() })}
      problem={
        cancelling.isError ? (
          <div className="mb-4">
            <ProblemNotice title={words.cancelFailed} error={cancelling.error} compact />
          </div>
        ) : null
      }
    >
      <TextField
        label={words.cancelReason}
        hint={words.cancelReasonHint}
        maxLength={REASON_LENGTH_MAX}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        autoComplete="off"
      />
    </Confirm>
  )
}
