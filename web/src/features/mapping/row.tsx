import { Ban, Check, Eraser, MoreHorizontal, Search } from 'lucide-react'
import type { ReactNode } from 'react'
import { formatShare } from '../../app/format.ts'
import { texts } from '../../app/texts.ts'
import type { ItemMapping } from '../../app/wire.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { classes } from '../../ui/classes.ts'
import { Menu, MenuItem, MenuLine } from '../../ui/menu.tsx'
import { ArticleSide } from './article-side.tsx'
import type { Saying } from './changes.ts'
import { articleName, itemName, priceText } from './naming.ts'

export function Row(props: {
  row: ItemMapping
  may: boolean
  busy: boolean
  selected: boolean
  onToggle: () => void
  onConfirm: () => void
  onSay: (saying: Saying) => void
  onAccept: () => void
  onChoose: () => void
}): ReactNode {
  const { row, may } = props
  const { item } = row
  const name = itemName(item)
  const isSaid = row.pos_item !== null || row.none
  const details = [item.category, item.sku === null ? null : texts.mapping.sku(item.sku)].filter((one) => one !== null)
  return (
    <tr
      className={classes(
        'border-b border-line transition-colors last:border-b-0 has-focus-visible:bg-sunken max-md:relative max-md:block max-md:px-4 max-md:py-3',
        props.selected && 'bg-accent-soft/50',
      )}
    >
      {may ? (
        <td className="w-px py-2.5 pl-5 align-top max-md:absolute max-md:top-3 max-md:right-4 max-md:w-auto max-md:p-0">
          <input
            type="checkbox"
            aria-label={texts.mapping.select(name)}
            checked={props.selected && row.state === 'suggested'}
            aria-disabled={row.state !== 'suggested'}
            onChange={() => (row.state === 'suggested' ? props.onToggle() : undefined)}
            className="mt-0.5 size-4 accent-accent aria-disabled:opacity-40"
          />
        </td>
      ) : null}
      <th
        scope="row"
        className="px-2.5 py-2.5 text-left align-top font-normal first:pl-5 max-md:block max-md:p-0 max-md:pr-8"
      >
        <span className="flex flex-wrap items-baseline justify-between gap-x-3">
          <span className="font-medium">{name}</span>
          <span className="num text-muted">{item.price === null ? '' : priceText(item.price)}</span>
        </span>
        <span className="flex flex-wrap items-center gap-1.5 text-xs text-muted">
          {item.kind === 'modifier' ? <Badge>{texts.mapping.modifier}</Badge> : null}
          <span title={item.id}>{details.join(' · ')}</span>
        </span>
      </th>
      <td className="px-2.5 py-2.5 align-top max-md:block max-md:px-0 max-md:pt-2 max-md:pb-0">
        <ArticleSide row={row} may={may} busy={props.busy} onSay={props.onSay} onAccept={props.onAccept} />
      </td>
      {may ? (
        <td
          className={classes(
            'w-px py-2.5 pr-5 pl-2.5 align-top max-md:block max-md:w-auto max-md:p-0',
            isSaid ? 'max-md:absolute max-md:right-2.5 max-md:bottom-2.5' : 'max-md:pt-2',
          )}
        >
          <Decisions {...props} name={name} />
        </td>
      ) : null}
    </tr>
  )
}

function Decisions(props: Parameters<typeof Row>[0] & { name: string }): ReactNode {
  const { row, name } = props
  const best = row.suggestions[0]
  const words = texts.mapping
  const isSaid = row.pos_item !== null || row.none
  const clear = { item_id: row.item.id, pos_item_id: null }
  return (
    <div className="flex items-center justify-end gap-1 max-md:justify-start">
      {best === undefined ? (
        row.pos_item === null && !row.none ? (
          <Button size="sm" onClick={props.onChoose} aria-label={`${words.choose} ${name}`}>
            {words.choose}
          </Button>
        ) : null
      ) : (
        <Button
          size="sm"
          look={best.confidence >= SURE ? 'primary' : 'plain'}
          data-confirm
          aria-label={words.confirmOf(name, articleName(best.pos_item))}
          title={words.sure(formatShare(best.confidence))}
          onClick={props.onConfirm}
          disabled={props.busy}
        >
          <Check className="size-3.5" aria-hidden="true" />
          {words.confirm}
        </Button>
      )}
      <Menu
        label={words.more(name)}
        trigger={
          <IconButton label={words.more(name)}>
            <MoreHorizontal className="size-4" aria-hidden="true" />
          </IconButton>
        }
      >
        <MenuItem icon={<Search className="size-4" />} onSelect={props.onChoose}>
          {row.pos_item === null && best === undefined ? words.choose : words.chooseOther}
        </MenuItem>
        {row.none ? null : (
          <MenuItem
            icon={<Ban className="size-4" />}
            say={words.standsForNoneSay}
            onSelect={() => props.onSay({ ...clear, none: true })}
          >
            {words.standsForNone}
          </MenuItem>
        )}
        {isSaid ? (
          <>
            <MenuLine />
            <MenuItem icon={<Eraser className="size-4" />} onSelect={() => props.onSay(clear)}>
              {words.clear}
            </MenuItem>
          </>
        ) : null}
      </Menu>
    </div>
  )
}

/** From here on a suggestion is offered as the one to take. */
const SURE = 0.8
