import { ChartLine, Table2 } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { IconButton } from '../button.tsx'
import { Card } from '../card.tsx'

/** A card with a picture and, behind it, the same numbers as a table. */
export function ChartCard(props: {
  title: ReactNode
  say?: ReactNode
  actions?: ReactNode
  texts: { readonly showTable: string; readonly showChart: string }
  chart: ReactNode
  table: ReactNode
  className?: string
}): ReactNode {
  const [asTable, setAsTable] = useState(false)
  const label = asTable ? props.texts.showChart : props.texts.showTable
  return (
    <Card
      title={props.title}
      say={props.say}
      {...(props.className === undefined ? {} : { className: props.className })}
      actions={
        <>
          {props.actions}
          <IconButton label={label} className="-mr-1.5" onClick={() => setAsTable(!asTable)}>
            {asTable ? (
              <ChartLine className="size-4" aria-hidden="true" />
            ) : (
              <Table2 className="size-4" aria-hidden="true" />
            )}
          </IconButton>
        </>
      }
    >
      {asTable ? <div className="max-h-96 overflow-y-auto">{props.table}</div> : props.chart}
    </Card>
  )
}
