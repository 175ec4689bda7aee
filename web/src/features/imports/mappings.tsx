import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { formatMoment } from '../../app/format.ts'
import { useSession } from '../../app/session.tsx'
import { texts, wordFor } from '../../app/texts.ts'
import type { FileChoices, ImportMapping } from '../../app/wire.ts'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { Table } from '../../ui/table.tsx'
import { toast } from '../../ui/toast.tsx'
import { mappingsQuery } from './queries.ts'

/** What was said of earlier files and is applied to the next one of the same shape; it can be forgotten. */
export function Mappings(): ReactNode {
  const { api, tenant } = useSession()
  const client = useQueryClient()
  const words = texts.imports.mappings
  const mappings = useQuery(mappingsQuery(api))
  const forgetting = useMutation({
    mutationFn: (shape: string) => api.remove(api.path(`import-mappings/${encodeURIComponent(shape)}`)),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: mappingsQuery(api).queryKey })
      toast(words.forgotten)
    },
    onError: (error) => toast(`${words.failed}: ${error.message}`, 'bad'),
  })
  // Nobody misses this list who has never corrected anything.
  if (mappings.data === undefined || mappings.data.length === 0) return null
  return (
    <Card title={words.title} say={words.say} bodyClassName="pt-1 pb-2">
      <Table
        label={words.title}
        inset
        dense
        rows={mappings.data}
        rowKey={(one) => one.shape}
        columns={[
          {
            key: 'headings',
            head: words.headings,
            className: 'w-full max-w-0',
            cell: (one) => (
              <span className="block truncate" title={ownHeadings(one).join(', ')}>
                {ownHeadings(one).join(', ')}
              </span>
            ),
          },
          { key: 'choices', head: words.choices, className: 'min-w-40', cell: (one) => choicesWords(one.choices) },
          {
            key: 'used',
            head: words.used,
            align: 'end',
            shown: 'wide',
            cell: (one) => `${formatMoment(one.used_at, tenant.time_zone)} (${words.uses(one.uses)})`,
          },
          {
            key: 'forget',
            head: words.forget,
            align: 'end',
            cell: (one) => (
              <Button
                size="sm"
                look="quiet"
                aria-label={words.forgetOne(shortHeadings(one))}
                busy={forgetting.isPending && forgetting.variables === one.shape}
                onClick={() => forgetting.mutate(one.shape)}
              >
                {words.forget}
              </Button>
            ),
          },
        ]}
      />
    </Card>
  )
}

function choicesWords(choices: FileChoices): string {
  const words = texts.imports.mappings
  const said = Object.keys(choices).map((name) =>
    name === 'columns' ? words.columns(Object.keys(choices.columns ?? {}).length) : wordFor(words.names, name),
  )
  return said.length === 0 ? words.none : said.join(', ')
}

function shortHeadings(mapping: ImportMapping): string {
  return ownHeadings(mapping).slice(0, 3).join(', ')
}

/** Without the columns that our download of rejected rows adds, and those without a heading. */
function ownHeadings(mapping: ImportMapping): readonly string[] {
  return mapping.headers.filter((heading) => heading !== '' && !/^tillwire/i.test(heading))
}
