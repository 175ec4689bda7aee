import { useQuery } from '@tanstack/react-query'
import { Download, FileUp, ListChecks, Table2, Undo2 } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useActorName } from '../../app/actors.ts'
import { formatMoment } from '../../app/format.ts'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import { Button } from '../../ui/button.tsx'
import { Menu, MenuItem, MenuLink } from '../../ui/menu.tsx'
import { lastChangeQuery, type Pair, tableHref } from './queries.ts'
import { SureDialog } from './sure-dialog.tsx'
import { TableDialog } from './table-dialog.tsx'
import { UndoDialog } from './undo-dialog.tsx'

/** What changes many mappings at once, and the way back. */
export function Bulk(props: { pair: Pair; may: boolean }): ReactNode {
  const { pair, may } = props
  const { api, tenant } = useSession()
  const nameOf = useActorName()
  const last = useQuery({ ...lastChangeQuery(api, pair), enabled: may }).data ?? null
  const [asked, setAsked] = useState<'sure' | 'table' | 'undo' | null>(null)
  const words = texts.mapping.bulk
  const shown = (one: NonNullable<typeof asked>) => ({
    open: asked === one,
    onOpenChange: (open: boolean) => setAsked(open ? one : null),
  })
  const told =
    last === null ? null : ([last.changed, nameOf(last.by), formatMoment(last.at, tenant.time_zone)] as const)
  return (
    <div className="flex flex-wrap gap-2">
      {may ? (
        <Button onClick={() => setAsked('sure')}>
          <ListChecks className="size-4 text-muted" aria-hidden="true" />
          {words.sure}
        </Button>
      ) : null}
      <Menu
        label={words.table}
        trigger={
          <Button>
            <Table2 className="size-4 text-muted" aria-hidden="true" />
            {words.table}
          </Button>
        }
      >
        <MenuLink>
          <a href={tableHref(api, pair)} download>
            <Download className="size-4 text-muted" aria-hidden="true" />
            {words.down}
          </a>
        </MenuLink>
        {may ? (
          <MenuItem icon={<FileUp className="size-4" />} say={words.upSay} onSelect={() => setAsked('table')}>
            {words.up}
          </MenuItem>
        ) : null}
      </Menu>
      {told === null ? null : (
        <Button onClick={() => setAsked('undo')} title={words.undoSay(...told)}>
          <Undo2 className="size-4 text-muted" aria-hidden="true" />
          {words.undo}
        </Button>
      )}
      <SureDialog pair={pair} {...shown('sure')} />
      <TableDialog pair={pair} {...shown('table')} />
      <UndoDialog pair={pair} say={told === null ? '' : words.undoAsk(...told)} {...shown('undo')} />
    </div>
  )
}
