import { type ReactNode, useState } from 'react'
import { readable, texts, wordFor } from '../../app/texts.ts'
import { When } from '../../app/when.tsx'
import type { SaleDetail, SaleSource } from '../../app/wire.ts'
import { Badge } from '../../ui/badge.tsx'
import { Card } from '../../ui/card.tsx'
import { SelectField } from '../../ui/field.tsx'
import { JsonView } from '../../ui/json.tsx'

/** The provider's records of a sale, beside the sale that was made of them. Files have theirs with each version. */
export function Sources(props: { sale: SaleDetail; timeZone: string }): ReactNode {
  const { sale, timeZone } = props
  const { sources } = sale
  const [chosen, setChosen] = useState(0)
  const words = texts.sale.sources
  const source = sources[chosen] ?? sources[0]
  if (source === undefined) return null
  const { sources: _, revisions: __, ...ours } = sale
  return (
    <Card title={words.title} say={words.say} className="mt-4">
      <div className="grid grid-cols-1 gap-4 lg:grid-cols-2">
        <div className="min-w-0">
          <SelectField
            label={words.theirs(wordFor(texts.systems, sale.pos_system))}
            value={String(chosen)}
            onChange={(event) => setChosen(Number(event.target.value))}
          >
            {sources.map((one, place) => (
              <option key={keyOf(one)} value={place}>
                {readable(one.kind)} {one.external_id}
              </option>
            ))}
          </SelectField>
          <p className="num mt-2 mb-2 flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-muted">
            <span>{words.toldBy[source.told_by]}</span>
            <When at={source.seen_at} zone={timeZone} as="exact" />
            {source.version === null ? null : <span>{texts.sale.version(Number(source.version))}</span>}
            {source.earlier > 0 ? <span>{words.earlier(source.earlier)}</span> : null}
            {source.deleted ? <Badge tone="warn">{words.deleted}</Badge> : null}
          </p>
          <JsonView key={keyOf(source)} label={`${readable(source.kind)} ${source.external_id}`} value={source.body} />
        </div>
        <div className="min-w-0">
          <p className="mb-2 text-sm font-medium">{words.ours}</p>
          <JsonView label={words.ours} value={ours} />
        </div>
      </div>
    </Card>
  )
}

function keyOf({ kind, external_id: id }: SaleSource): string {
  return `${kind} ${id}`
}
