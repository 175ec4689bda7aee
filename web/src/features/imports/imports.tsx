import { useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { texts } from '../../app/texts.ts'
import { useMayImport } from './actor.ts'
import { DropZone } from './drop-zone.tsx'
import { HistoryList } from './history.tsx'
import { Mappings } from './mappings.tsx'
import { readImportsSearch } from './search.ts'

export function Imports(): ReactNode {
  const search = readImportsSearch(useSearch({ strict: false }))
  const mayImport = useMayImport()
  return (
    <>
      <title>{texts.title(texts.imports.title)}</title>
      <header className="mb-5">
        <h1 className="text-xl font-semibold tracking-tight">{texts.imports.title}</h1>
        <p className="text-sm text-pretty text-muted">{texts.imports.intro}</p>
      </header>
      <div className="flex flex-col gap-4">
        {mayImport ? <DropZone /> : null}
        <HistoryList search={search} />
        {mayImport ? <Mappings /> : null}
      </div>
    </>
  )
}
