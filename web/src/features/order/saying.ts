import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useSession } from '../../app/session.tsx'
import { toast } from '../../ui/toast.tsx'
import { orderPath } from './queries.ts'

/** Says something of an order to the hub; whatever it answers, the order is looked at anew. */
export function useSaying<Answer>(options: {
  readonly orderId: string
  /** Behind the order's own path: `/cancel`. */
  readonly path: string
  readonly said: (answer: Answer) => string
  readonly onDone: () => void
}) {
  const { api } = useSession()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: unknown) => api.post<Answer>(orderPath(api, options.orderId, options.path), body),
    onSuccess(answer) {
      options.onDone()
      toast(options.said(answer))
    },
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: [api.tenantId, 'order', options.orderId] }),
        client.invalidateQueries({ queryKey: [api.tenantId, 'tasks'] }),
      ]),
  })
}
