import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import { Confirm } from '../../ui/confirm.tsx'
import { toast } from '../../ui/toast.tsx'
import { useRefresh } from './changes.ts'
import { mappingPath, type Pair } from './queries.ts'

export function UndoDialog(props: {
  pair: Pair
  say: string
  open: boolean
  onOpenChange: (open: boolean) => void
}): ReactNode {
  const { pair, open, onOpenChange } = props
  const { api } = useSession()
  const refresh = useRefresh()
  const words = texts.mapping.bulk
  const undoing = useMutation({
    mutationFn: () =>
      api.post<{ readonly changed: number }>(mappingPath(api, pair, '/undo'), { channel: pair.channel }),
    onSuccess({ changed }) {
      onOpenChange(false)
      toast(words.undone(changed))
    },
    onSettled: refresh,
  })
  return (
    <Confirm
      open={open}
      onOpenChange={onOpenChange}
      title={words.undoTitle}
      say={props.say}
      words={{ cancel: texts.cancel, close: texts.close, go: words.undoGo }}
      busy={undoing.isPending}
      onConfirm={() => undoing.mutate()}
      problem={undoing.isError ? <ProblemNotice title={words.notUndone} error={undoing.error} compact /> : null}
    />
  )
}
