import { type KeyboardEvent, type ReactNode, useId } from 'react'
import { texts } from '../../app/texts.ts'
import type { Connection, ItemMapping } from '../../app/wire.ts'
import { useAccepting, useConfirming, useSayings } from './changes.ts'
import type { Pair } from './queries.ts'
import { Row } from './row.tsx'

/** The table of both sides. Up and down move between its rows, so that thousands can be gone through without a mouse. */
export function Rows(props: {
  rows: readonly ItemMapping[]
  pair: Pair
  connection: Connection
  may: boolean
  selected: ReadonlySet<string>
  onSelect: (selected: ReadonlySet<string>) => void
  onChoose: (row: ItemMapping) => void
}): ReactNode {
  const { rows, pair, connection, may, selected, onSelect } = props
  const confirming = useConfirming(pair)
  const saying = useSayings(pair)
  const accepting = useAccepting(pair)
  const keysId = useId()
  const words = texts.mapping
  const suggested = rows.filter(({ state }) => state === 'suggested').map(({ item }) => item.id)
  const isAll = suggested.length > 0 && suggested.every((id) => selected.has(id))
  const toggle = (id: string): void => {
    const next = new Set(selected)
    if (!next.delete(id)) next.add(id)
    onSelect(next)
  }
  const head = 'px-2.5 py-2 font-medium'
  return (
    <div className="rounded-lg border border-line bg-surface shadow-card">
      {may ? (
        <p id={keysId} className="border-b border-line px-5 py-2 text-xs text-faint max-lg:sr-only">
          {words.keys}
        </p>
      ) : null}
      <table className="w-full border-collapse text-sm max-md:block" aria-describedby={may ? keysId : undefined}>
        <caption className="sr-only">{words.list}</caption>
        <thead className="max-md:sr-only">
          <tr className="border-b border-line text-left text-xs text-muted">
            {may ? (
              <th scope="col" className="w-px py-2 pl-5">
                <input
                  type="checkbox"
                  aria-label={words.selectAll}
                  title={words.selectAll}
                  checked={isAll}
                  disabled={suggested.length === 0}
                  onChange={() => onSelect(new Set(isAll ? [] : suggested))}
                  className="size-4 accent-accent"
                />
              </th>
            ) : null}
            <th scope="col" className={`${head} w-[38%] first:pl-5`}>
              {words.item(pair.channel)}
            </th>
            <th scope="col" className={head}>
              {words.article(connection.name)}
            </th>
            {may ? (
              <th scope="col" className="py-2 pr-5 pl-2.5 text-right font-medium">
                {words.actions}
              </th>
            ) : null}
          </tr>
        </thead>
        <tbody className="max-md:block" onKeyDown={moveFocus}>
          {rows.map((row) => (
            <Row
              key={row.item.id}
              row={row}
              may={may}
              busy={confirming.isPending || saying.isPending}
              selected={selected.has(row.item.id)}
              onToggle={() => toggle(row.item.id)}
              onConfirm={() => confirming.mutate({ item_ids: [row.item.id] })}
              onSay={(one) => saying.mutate([one])}
              onAccept={() => accepting.mutate(row.item.id)}
              onChoose={() => props.onChoose(row)}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** To the same control of the row above or below; Enter on a row's box presses its first button. */
function moveFocus(event: KeyboardEvent<HTMLTableSectionElement>): void {
  const { target, key } = event
  if (!(target instanceof HTMLElement)) return
  const row = target.closest('tr')
  if (row === null) return
  if (key === 'Enter' && target instanceof HTMLInputElement) {
    const button = row.querySelector<HTMLButtonElement>('button[data-confirm]')
    if (button === null) return
    event.preventDefault()
    focusIn(row.nextElementSibling, 'input')
    button.click()
    return
  }
  if (key !== 'ArrowDown' && key !== 'ArrowUp') return
  const sibling = key === 'ArrowDown' ? row.nextElementSibling : row.previousElementSibling
  if (focusIn(sibling, target.tagName.toLowerCase())) event.preventDefault()
}

function focusIn(row: Element | null, tag: string): boolean {
  const control = row?.querySelector<HTMLElement>(tag) ?? row?.querySelector<HTMLElement>('input, button') ?? null
  control?.focus()
  control?.scrollIntoView({ block: 'nearest' })
  return control !== null
}
