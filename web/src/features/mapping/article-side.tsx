import type { ReactNode } from 'react'
import { formatShare } from '../../app/format.ts'
import { texts } from '../../app/texts.ts'
import type { ItemMapping, PosItemSide } from '../../app/wire.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { classes } from '../../ui/classes.ts'
import type { Saying } from './changes.ts'
import { articleName, isRepriced, itemName, priceText } from './naming.ts'

/** The POS's side of a row: what the item stands for, or could, with how sure and why. */
export function ArticleSide(props: {
  row: ItemMapping
  may: boolean
  busy: boolean
  onSay: (saying: Saying) => void
  onAccept: () => void
}): ReactNode {
  const { row } = props
  const words = texts.mapping
  if (row.pos_item !== null) return <Mapped {...props} article={row.pos_item} />
  if (row.none) return <Badge>{words.none}</Badge>
  if (row.suggestions.length === 0) return <span className="text-muted">{words.states.unmapped}</span>
  return <Suggested {...props} />
}

function Mapped(props: { row: ItemMapping; article: PosItemSide; may: boolean; onAccept: () => void }): ReactNode {
  const { row, article } = props
  const words = texts.mapping
  const isBroken = row.state === 'broken'
  const { prices } = row
  return (
    <>
      <span className="flex flex-wrap items-baseline justify-between gap-x-3">
        <span className={classes('font-medium', isBroken && 'line-through')}>{articleName(article)}</span>
        <span className={classes('num', isRepriced(row) ? 'font-medium text-warn' : 'text-muted')}>
          {article.known ? priceText(article.price) : ''}
        </span>
      </span>
      <span className="flex flex-wrap items-center gap-1.5 text-xs text-muted">
        {isBroken ? (
          <Badge tone="bad">{article.known ? words.states.broken : words.unknownArticle}</Badge>
        ) : (
          <Badge tone="good">{words.states.mapped}</Badge>
        )}
        {row.every_channel ? <Badge title={words.everySay}>{words.every}</Badge> : null}
        {row.shared_with > 0 ? (
          <Badge tone="info" title={words.sharedSay}>
            {words.shared(row.shared_with)}
          </Badge>
        ) : null}
        <span title={article.id}>{article.category}</span>
      </span>
      {isRepriced(row) && prices !== null && prices in words.prices ? (
        <span className="mt-1 flex flex-wrap items-center gap-2 text-xs text-warn">
          {words.prices[prices as keyof typeof words.prices]}
          {props.may ? (
            <button
              type="button"
              onClick={props.onAccept}
              aria-label={words.acceptPriceOf(itemName(row.item))}
              className="rounded-sm font-medium underline underline-offset-2"
            >
              {words.acceptPrice}
            </button>
          ) : null}
        </span>
      ) : null}
    </>
  )
}

function Suggested(props: {
  row: ItemMapping
  may: boolean
  busy: boolean
  onSay: (saying: Saying) => void
}): ReactNode {
  const { row } = props
  const [best, ...others] = row.suggestions
  const words = texts.mapping
  if (best === undefined) return null
  return (
    <>
      <Candidate candidate={best} />
      {others.length === 0 ? null : (
        <details className="mt-1">
          <summary className="w-fit cursor-pointer rounded-sm text-xs text-accent hover:underline">
            {words.others(others.length)}
          </summary>
          <ul className="mt-1.5 flex flex-col gap-2">
            {others.map((one) => (
              <li key={one.pos_item.id} className="flex items-start gap-2 border-l-2 border-line pl-2.5">
                <div className="min-w-0 flex-1">
                  <Candidate candidate={one} />
                </div>
                {props.may ? (
                  <Button
                    size="sm"
                    disabled={props.busy}
                    aria-label={words.otherOf(itemName(row.item), articleName(one.pos_item))}
                    onClick={() => props.onSay({ item_id: row.item.id, pos_item_id: one.pos_item.id })}
                  >
                    {words.confirm}
                  </Button>
                ) : null}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  )
}

function Candidate(props: { candidate: ItemMapping['suggestions'][number] }): ReactNode {
  const { pos_item: article, confidence, reasons } = props.candidate
  const share = formatShare(confidence)
  return (
    <>
      <span className="flex flex-wrap items-baseline justify-between gap-x-3">
        <span>{articleName(article)}</span>
        <span className="num text-muted">{priceText(article.price)}</span>
      </span>
      <span className="flex items-center gap-2 text-xs text-muted">
        <span
          role="img"
          aria-label={texts.mapping.confidence(share)}
          className="h-1.5 w-12 shrink-0 overflow-hidden rounded-full bg-sunken"
        >
          <span
            className={classes('block h-full rounded-full', confidence >= 0.8 ? 'bg-chart-1' : 'bg-chart-2')}
            style={{ width: `${confidence * 100}%` }}
          />
        </span>
        <span className="num shrink-0 font-medium">{share}</span>
        <span className="text-pretty">{reasons.map(({ say }) => say).join(' ')}</span>
      </span>
    </>
  )
}
