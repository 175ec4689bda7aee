import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { useTenantApi } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import type { Import } from '../../app/wire.ts'
import { toast } from '../../ui/toast.tsx'
import { importQuery, uploadPath } from './queries.ts'
import { giveFiles, type Receiver } from './upload-queue.ts'

/** What a file chooser offers first; any other file may be chosen and is judged by its content. */
export const ACCEPTED = '.csv,.tsv,.tab,.txt,.xlsx,.gz,.zip'

/** Gives files to the hub; `onOnly` hears of the import when a single file was given. */
export function useGive(siteId: string | undefined, onOnly: (run: Import) => void): (files: readonly File[]) => void {
  const api = useTenantApi()
  const client = useQueryClient()
  return useMemo(() => {
    const receiver = (single: boolean): Receiver => ({
      tenantId: api.tenantId,
      pathFor: (fileName, site) => uploadPath(api, fileName, site),
      arrived(run) {
        client.setQueryData(importQuery(api, run.id).queryKey, run)
        client.invalidateQueries({ queryKey: [api.tenantId, 'imports'] })
        if (single) onOnly(run)
      },
    })
    return (files) => {
      if (files.length > 0) giveFiles(files, siteId, receiver(files.length === 1))
    }
  }, [api, client, siteId, onOnly])
}

/** The files of a drop. A folder has no bytes to send: it is named to the person instead. */
function droppedFiles(transfer: DataTransfer): File[] {
  const files: File[] = []
  for (const item of transfer.items) {
    if (item.kind !== 'file') continue
    const file = item.getAsFile()
    if (item.webkitGetAsEntry()?.isDirectory === true) toast(texts.imports.give.folder(file?.name ?? ''), 'bad')
    else if (file !== null) files.push(file)
  }
  return files
}

function holdsFiles(event: { readonly dataTransfer: DataTransfer | null }): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false
}

/** Takes files that are dropped anywhere on the page, so that a near miss does not open the file in the browser. */
export function usePageDrop(give: (files: readonly File[]) => void): boolean {
  const [over, setOver] = useState(false)
  useEffect(() => {
    // Moving onto a part of the page enters it before it leaves the one around it.
    let inside = 0
    const enter = (event: globalThis.DragEvent): void => {
      if (!holdsFiles(event)) return
      inside++
      setOver(true)
    }
    const leave = (event: globalThis.DragEvent): void => {
      if (!holdsFiles(event)) return
      inside = Math.max(0, inside - 1)
      if (inside === 0) setOver(false)
    }
    const hold = (event: globalThis.DragEvent): void => {
      if (holdsFiles(event)) event.preventDefault()
    }
    const drop = (event: globalThis.DragEvent): void => {
      inside = 0
      setOver(false)
      if (event.dataTransfer === null || !holdsFiles(event)) return
      event.preventDefault()
      give(droppedFiles(event.dataTransfer))
    }
    const hears = [
      ['dragenter', enter],
      ['dragleave', leave],
      ['dragover', hold],
      ['drop', drop],
    ] as const
    for (const [name, hear] of hears) document.addEventListener(name, hear)
    return () => {
      for (const [name, hear] of hears) document.removeEventListener(name, hear)
    }
  }, [give])
  return over
}
