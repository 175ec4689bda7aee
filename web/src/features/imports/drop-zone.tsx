import { useNavigate, useRouter } from '@tanstack/react-router'
import { FileUp } from 'lucide-react'
import { type ReactNode, useCallback, useState } from 'react'
import { useSites } from '../../app/sites.ts'
import { texts } from '../../app/texts.ts'
import type { Import } from '../../app/wire.ts'
import { classes } from '../../ui/classes.ts'
import { SelectField } from '../../ui/field.tsx'
import { FileButton } from './file-button.tsx'
import { GivenFiles } from './given-files.tsx'
import { useGive, usePageDrop } from './giving.ts'

/** Where files are given: by dropping them anywhere on the page, or by choosing. A single one leads on to its page. */
export function DropZone(): ReactNode {
  const navigate = useNavigate()
  const router = useRouter()
  const sites = useSites()
  const [chosen, setSite] = useState<string | undefined>(undefined)
  const site = chosen ?? sites[0]?.id
  const onOnly = useCallback(
    (run: Import) => {
      // Who has walked on to another screen meanwhile is not called back.
      if (router.state.location.pathname === '/imports')
        navigate({ to: '/imports/$importId', params: { importId: run.id } })
    },
    [navigate, router],
  )
  const give = useGive(site, onOnly)
  const over = usePageDrop(give)
  return (
    <div className="flex flex-col gap-4">
      <section
        aria-label={texts.imports.give.drop}
        className={classes(
          'flex flex-col items-center gap-3 rounded-lg border-2 border-dashed px-6 py-10 text-center transition-colors',
          over ? 'border-accent bg-accent-soft' : 'border-edge bg-surface',
        )}
      >
        <span className="flex size-12 items-center justify-center rounded-full bg-accent-soft text-accent">
          <FileUp className="size-6" aria-hidden="true" />
        </span>
        <p className="text-lg font-semibold">{over ? texts.imports.give.dropNow : texts.imports.give.drop}</p>
        <p className="max-w-lg text-sm text-pretty text-muted">{texts.imports.give.say}</p>
        <div className="mt-2 flex flex-wrap items-end justify-center gap-3">
          {sites.length < 2 ? null : (
            <SelectField
              label={texts.imports.give.site}
              value={site}
              onChange={(event) => setSite(event.target.value)}
              fieldClassName="w-52 text-left"
            >
              {sites.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.name}
                </option>
              ))}
            </SelectField>
          )}
          <FileButton label={texts.imports.give.choose} give={give} />
        </div>
      </section>
      <GivenFiles />
    </div>
  )
}
