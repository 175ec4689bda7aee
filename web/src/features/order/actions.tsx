import { useMutation, useQueryClient } from '@tanstack/react-query'
import { CircleX, Eye, Hand, MoreHorizontal, Send, Soup } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useMay } from '../../app/scopes.ts'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import type { OrderDetail, Push } from '../../app/wire.ts'
import { Button } from '../../ui/button.tsx'
import { Menu, MenuItem, MenuLine } from '../../ui/menu.tsx'
import { toast } from '../../ui/toast.tsx'
import { CancelDialog } from './cancel-dialog.tsx'
import { HandledDialog } from './handled-dialog.tsx'
import { MarkDialog } from './mark-dialog.tsx'
import { type Mark, marksOf } from './progress.ts'
import { orderPath } from './queries.ts'
import { RehearsalDialog } from './rehearsal.tsx'

type Asked = 'rehearsal' | 'cancel' | 'handled' | { readonly mark: Mark }

/** What a person may do about the order; what changes something is asked for once more. */
export function Actions(props: { order: OrderDetail }): ReactNode {
  const { order } = props
  const may = useMay('orders:write')
  const [asked, setAsked] = useState<Asked | null>(null)
  const words = texts.order.actions
  if (!may) return null
  const { push, progress } = order
  const marks = marksOf(order)
  const isOver = progress === 'completed' || progress === 'cancelled'
  const mayCancel = !isOver && progress !== 'cancel_requested'
  // Where a person must decide, handling it by hand is one of the three answers.
  const mayHandle = push?.status === 'failed' ? push.error_code !== 'push.handled' && !isOver : push?.status === 'retry'
  const shown = (one: Asked) => ({ open: asked === one, onOpenChange: (open: boolean) => setAsked(open ? one : null) })
  return (
    <div className="flex flex-wrap gap-2">
      <PushNow order={order} />
      <Menu
        label={words.more}
        trigger={
          <Button>
            <MoreHorizontal className="size-4" aria-hidden="true" />
            {words.more}
          </Button>
        }
      >
        <MenuItem icon={<Eye className="size-4" />} onSelect={() => setAsked('rehearsal')}>
          {words.rehearse}
        </MenuItem>
        {marks.length === 0 ? null : <MenuLine />}
        {marks.map((mark) => (
          <MenuItem key={mark} icon={<Soup className="size-4" />} onSelect={() => setAsked({ mark })}>
            {words.progress[mark]}
          </MenuItem>
        ))}
        {mayHandle || mayCancel ? <MenuLine /> : null}
        {mayHandle ? (
          <MenuItem icon={<Hand className="size-4" />} onSelect={() => setAsked('handled')}>
            {words.handled}
          </MenuItem>
        ) : null}
        {mayCancel ? (
          <MenuItem icon={<CircleX className="size-4 text-bad" />} onSelect={() => setAsked('cancel')}>
            {words.cancel}
          </MenuItem>
        ) : null}
      </Menu>
      <RehearsalDialog order={order} {...shown('rehearsal')} />
      <CancelDialog order={order} {...shown('cancel')} />
      <HandledDialog order={order} {...shown('handled')} />
      <MarkDialog
        order={order}
        mark={typeof asked === 'object' && asked !== null ? asked.mark : null}
        onClose={() => setAsked(null)}
      />
    </div>
  )
}

/** Never offered where it could make a second order: what is in the POS, or may be, is not pushed again. */
function PushNow(props: { order: OrderDetail }): ReactNode {
  const { push, progress } = props.order
  const { api } = useSession()
  const client = useQueryClient()
  const words = texts.order.actions
  const pushing = useMutation({
    mutationFn: () => api.post<Push>(orderPath(api, props.order.id, '/push'), {}),
    onSuccess: () => toast(words.pushed),
    onError: (error) => toast(`${words.pushFailed}: ${error.message}`, 'bad'),
    onSettled: () => client.invalidateQueries({ queryKey: [api.tenantId, 'order', props.order.id] }),
  })
  const isOver = progress === 'completed' || progress === 'cancelled'
  const mayPush = push === null || push.status === 'failed' || (push.status === 'retry' && !push.waits_for_person)
  if (isOver || !mayPush) return null
  return (
    <Button look="primary" onClick={() => pushing.mutate()} busy={pushing.isPending}>
      <Send className="size-4" aria-hidden="true" />
      {push?.status === 'failed' ? words.pushAgain : words.push}
    </Button>
  )
}
