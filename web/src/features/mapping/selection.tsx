import type { ReactNode } from 'react'
import { texts } from '../../app/texts.ts'
import { Button } from '../../ui/button.tsx'
import { useConfirming } from './changes.ts'
import type { Pair } from './queries.ts'

/** What is done to the selected rows; stays in sight while one scrolls through them. */
export function Selection(props: { pair: Pair; itemIds: readonly string[]; onDone: () => void }): ReactNode {
  const { itemIds, onDone } = props
  const confirming = useConfirming(props.pair, onDone)
  const words = texts.mapping
  return (
    <section
      aria-label={words.selected(itemIds.length)}
      className="sticky top-2 z-20 mb-3 flex flex-wrap items-center gap-2 rounded-lg border border-accent bg-accent-soft px-4 py-2 shadow-raised"
    >
      <output className="mr-auto text-sm font-medium text-accent-strong">{words.selected(itemIds.length)}</output>
      <Button size="sm" look="quiet" onClick={onDone}>
        {words.unselect}
      </Button>
      <Button
        size="sm"
        look="primary"
        onClick={() => confirming.mutate({ item_ids: itemIds })}
        busy={confirming.isPending}
      >
        {words.confirmSelected}
      </Button>
    </section>
  )
}
