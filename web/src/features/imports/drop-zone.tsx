import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { FileUp } from 'lucide-react'
import { type DragEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { type Upload, upload } from '../../app/api.ts'
import { formatBytes, formatShare } from '../../app/format.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useTenantApi } from '../../app/session.tsx'
import { useSites } from '../../app/sites.ts'
import { texts } from '../../app/texts.ts'
import type { Import } from '../../app/wire.ts'
import { Button } from '../../ui/button.tsx'
import { classes } from '../../ui/classes.ts'
import { SelectField } from '../../ui/field.tsx'
import { Progress } from '../../ui/progress.tsx'
import { importQuery, importsQuery, uploadPath } from './queries.ts'

//   waiting → sending → (the import's own page)
//                     → failed → sending …

type Sending = { readonly file: File; readonly share: number }

export function DropZone(): ReactNode {
  const api = useTenantApi()
  const client = useQueryClient()
  const navigate = useNavigate()
  const sites = useSites()
  const inputId = useId()
  const [site, setSite] = useState<string | undefined>(undefined)
  const [sending, setSending] = useState<Sending | null>(null)
  const [failure, setFailure] = useState<unknown>(null)
  const [over, setOver] = useState(false)
  const running = useRef<Upload | null>(null)
  useEffect(() => () => running.current?.cancel(), [])

  const give = async (file: File | undefined): Promise<void> => {
    if (file === undefined || sending !== null) return
    setFailure(null)
    setSending({ file, share: 0 })
    const siteId = site ?? sites[0]?.id
    running.current = upload(uploadPath(api, file.name, siteId), file, api.tenantId, (share) =>
      setSending({ file, share }),
    )
    try {
      const answer = (await running.current.done) as Import
      client.setQueryData(importQuery(api, answer.id).queryKey, answer)
      client.invalidateQueries({ queryKey: importsQuery(api).queryKey })
      running.current = null
      await navigate({ to: '/imports/$importId', params: { importId: answer.id } })
    } catch (error) {
      running.current = null
      setSending(null)
      if (!(error instanceof DOMException && error.name === 'AbortError')) setFailure(error)
    }
  }
  const onDrop = (event: DragEvent): void => {
    event.preventDefault()
    setOver(false)
    give(event.dataTransfer.files[0])
  }

  return (
    <div className="flex flex-col gap-4">
      {failure === null ? null : <ProblemNotice title={texts.imports.uploadFailed} error={failure} compact />}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a convenience; the button below does the same */}
      <div
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={onDrop}
        className={classes(
          'flex flex-col items-center gap-3 rounded-lg border-2 border-dashed px-6 py-10 text-center transition-colors',
          over ? 'border-accent bg-accent-soft' : 'border-edge bg-surface',
        )}
      >
        {sending === null ? (
          <>
            <span className="flex size-12 items-center justify-center rounded-full bg-accent-soft text-accent">
              <FileUp className="size-6" aria-hidden="true" />
            </span>
            <p className="text-lg font-semibold">{texts.imports.drop}</p>
            <p className="text-sm text-muted">{texts.imports.dropSay}</p>
            <div className="mt-2 flex flex-wrap items-end justify-center gap-3">
              {sites.length < 2 ? null : (
                <SelectField
                  label={texts.imports.site}
                  value={site ?? sites[0]?.id}
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
              <label
                htmlFor={inputId}
                className="inline-flex h-9 items-center rounded-md bg-accent px-3.5 font-medium text-on-accent transition-colors hover:bg-accent-strong has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
              >
                {texts.imports.choose}
                <input
                  id={inputId}
                  type="file"
                  accept=".csv,.tsv,.txt,.gz,text/csv,text/tab-separated-values,application/gzip"
                  className="sr-only"
                  onChange={(event) => {
                    give(event.target.files?.[0])
                    event.target.value = ''
                  }}
                />
              </label>
            </div>
          </>
        ) : (
          <div className="w-full max-w-md" aria-live="polite">
            <p className="mb-1 truncate font-medium">{texts.imports.uploading(sending.file.name)}</p>
            <p className="num mb-3 text-sm text-muted">
              {formatBytes(sending.file.size)} · {formatShare(sending.share)}
              {sending.share >= 1 ? ` · ${texts.imports.understanding}` : ''}
            </p>
            <Progress label={texts.imports.uploading(sending.file.name)} value={sending.share} />
            <Button size="sm" className="mt-4" onClick={() => running.current?.cancel()}>
              {texts.cancel}
            </Button>
          </div>
        )}
      </div>
    </div>
  )
}
