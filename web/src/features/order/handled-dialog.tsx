import type { ReactNode } from 'react'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { texts } from '../../app/texts.ts'
import type { OrderDetail, Push } from '../../app/wire.ts'
import { Confirm } from '../../ui/confirm.tsx'
import { useSaying } from './saying.ts'

export function HandledDialog(props: {
  order: OrderDetail
  open: boolean
  onOpenChange: (open: boolean) => void
}): ReactNode {
  const { order, open, onOpenChange } = props
  const words = texts.order
  const handling = useSaying<Push>({
    orderId: order.id,
    path: '/push/resolve',
    said: () => words.decide.decided,
    onDone: () => onOpenChange(false),
  })
  return (
    <Confirm
      open={open}
      onOpenChange={onOpenChange}
      title={words.actions.handledTitle}
      say={words.actions.handledSay}
      words={{ cancel: texts.cancel, close: texts.close, go: words.actions.handledGo }}
      busy={handling.isPending}
      onConfirm={() => handling.mutate({ decision: 'handled' })}
      problem={handling.isError ? <ProblemNotice title={words.decide.failed} error={handling.error} compact /> : null}
    />
  )
}
