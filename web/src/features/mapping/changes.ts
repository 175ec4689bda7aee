import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import { toast } from '../../ui/toast.tsx'
import { mappingPath, type Pair } from './queries.ts'

// What a person changes of the mapping. Whatever came of it, both sides are looked at anew.

type Changed = { readonly changed: number }
type Confirmed = Changed & { readonly skipped: readonly unknown[] }

/** An article, none at all, or nothing said any more. */
export type Saying =
  | { readonly item_id: string; readonly pos_item_id: string }
  | { readonly item_id: string; readonly pos_item_id: null; readonly none?: true }

export type Confirmation = { readonly item_ids?: readonly string[]; readonly min_confidence?: number }

export function useRefresh(): () => Promise<unknown> {
  const { api } = useSession()
  const client = useQueryClient()
  return () =>
    Promise.all(
      ['mapping', 'mapping-changes', 'preflight', 'tasks'].map((name) =>
        client.invalidateQueries({ queryKey: [api.tenantId, name] }),
      ),
    )
}

export function useSayings(pair: Pair) {
  const { api } = useSession()
  const refresh = useRefresh()
  const words = texts.mapping
  return useMutation({
    mutationFn: (mappings: readonly Saying[]) =>
      api.patch<Changed>(mappingPath(api, pair), { channel: pair.channel, mappings }),
    onSuccess: ({ changed }) => toast(words.changed(changed)),
    onError: (error) => toast(`${words.notChanged}: ${error.message}`, 'bad'),
    onSettled: refresh,
  })
}

export function useConfirming(pair: Pair, onDone?: () => void) {
  const { api } = useSession()
  const refresh = useRefresh()
  const words = texts.mapping
  return useMutation({
    mutationFn: (which: Confirmation) =>
      api.post<Confirmed>(mappingPath(api, pair, '/confirmations'), { channel: pair.channel, ...which }),
    onSuccess({ changed, skipped }) {
      onDone?.()
      const left = skipped.length === 0 ? '' : ` ${words.skipped(skipped.length)}`
      toast(`${words.confirmed(changed)}${left}`)
    },
    onError: (error) => toast(`${words.notChanged}: ${error.message}`, 'bad'),
    onSettled: refresh,
  })
}

export function useAccepting(pair: Pair) {
  const { api } = useSession()
  const refresh = useRefresh()
  const words = texts.mapping
  return useMutation({
    mutationFn: (itemId: string) =>
      api.post(mappingPath(api, pair, '/accepted-prices'), { channel: pair.channel, item_ids: [itemId] }),
    onSuccess: () => toast(words.accepted),
    onError: (error) => toast(`${words.notChanged}: ${error.message}`, 'bad'),
    onSettled: refresh,
  })
}
