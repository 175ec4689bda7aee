import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import type { ItemMapping } from '../../app/wire.ts'
import { classes } from '../../ui/classes.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { SkeletonLines } from '../../ui/states.tsx'
import { useSayings } from './changes.ts'
import { articleName, itemName, priceText } from './naming.ts'
import { articlesQuery, type Pair } from './queries.ts'

/** Any article of the POS, for what the suggestions do not know. */
export function ChooseDialog(props: { pair: Pair; row: ItemMapping | null; onClose: () => void }): ReactNode {
  const { pair, row, onClose } = props
  const name = row === null ? '' : itemName(row.item)
  const words = texts.mapping.choosing
  return (
    <Dialog
      open={row !== null}
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={words.title(name)}
      say={words.say}
      closeLabel={texts.close}
    >
      {row === null ? null : <Articles key={row.item.id} pair={pair} row={row} onClose={onClose} />}
    </Dialog>
  )
}

function Articles(props: { pair: Pair; row: ItemMapping; onClose: () => void }): ReactNode {
  const { pair, row, onClose } = props
  const { api } = useSession()
  // The first word of a name is where most of them are alike.
  const [q, setQ] = useState(row.item.name.split(' ')[0] ?? '')
  const kind = row.item.kind === 'modifier' ? 'modifier' : 'article'
  const articles = useQuery(articlesQuery(api, pair, q, kind))
  const saying = useSayings(pair)
  const words = texts.mapping.choosing
  const choose = (id: string): void =>
    saying.mutate([{ item_id: row.item.id, pos_item_id: id }], { onSuccess: onClose })
  return (
    <>
      <SearchField label={words.search} hint={words.search} value={q} onChange={setQ} className="mb-3" />
      {articles.isError ? (
        <ProblemNotice title={words.failed} error={articles.error} onRetry={() => articles.refetch()} compact />
      ) : null}
      {articles.isPending && !articles.isError ? <SkeletonLines lines={5} label={texts.loading} /> : null}
      {articles.data?.length === 0 ? <p className="py-4 text-muted">{words.none}</p> : null}
      <ul
        aria-label={words.list}
        className={classes('-mx-2 max-h-[50dvh] overflow-y-auto', articles.isPlaceholderData && 'opacity-50')}
      >
        {articles.data?.map((article) => (
          <li key={article.id}>
            <button
              type="button"
              onClick={() => choose(article.id)}
              disabled={saying.isPending}
              className={classes(
                'flex w-full items-baseline gap-3 rounded-md px-2 py-1.5 text-left hover:bg-sunken',
                article.id === row.pos_item?.id && 'bg-accent-soft',
              )}
            >
              <span className="min-w-0 flex-1">
                <span className="block">{articleName(article)}</span>
                <span className="block truncate text-xs text-muted">
                  {[article.category, article.sku].filter((one) => one !== null).join(' · ')}
                </span>
              </span>
              <span className="num text-muted">{priceText(article.price)}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  )
}
