import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useId, useState } from 'react'
import { Problem, sendBytes, withQuery } from '../../app/api.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import { Confirm } from '../../ui/confirm.tsx'
import { toast } from '../../ui/toast.tsx'
import { useRefresh } from './changes.ts'
import { mappingPath, type Pair } from './queries.ts'

const CELLS_SHOWN = 20

/** A table given back: taken whole, or not at all, and then each wrong cell is named by its line. */
export function TableDialog(props: { pair: Pair; open: boolean; onOpenChange: (open: boolean) => void }): ReactNode {
  const { pair, open, onOpenChange } = props
  const { api } = useSession()
  const refresh = useRefresh()
  const fileId = useId()
  const [file, setFile] = useState<File | null>(null)
  const words = texts.mapping.bulk
  const giving = useMutation({
    mutationFn: (given: { readonly file: File; readonly confirmed: boolean }) => {
      const query = { channel: pair.channel, confirm_removals: given.confirmed ? 'true' : undefined }
      const path = withQuery(mappingPath(api, pair, '.csv'), query)
      return sendBytes<{ readonly changed: number }>('PUT', path, given.file, 'text/csv', api.tenantId)
    },
    onSuccess({ changed }) {
      close(false)
      toast(words.uploaded(changed))
    },
    onSettled: refresh,
  })
  const asksFirst = giving.error instanceof Problem && giving.error.code === 'matching.removals-unconfirmed'
  const close = (isOpen: boolean): void => {
    if (!isOpen) {
      setFile(null)
      giving.reset()
    }
    onOpenChange(isOpen)
  }
  return (
    <Confirm
      open={open}
      onOpenChange={close}
      title={words.uploadTitle}
      say={words.uploadSay}
      words={{ cancel: texts.cancel, close: texts.close, go: asksFirst ? words.removals : words.uploadGo }}
      danger={asksFirst}
      disabled={file === null}
      busy={giving.isPending}
      onConfirm={() => (file === null ? undefined : giving.mutate({ file, confirmed: asksFirst }))}
      problem={giving.isError ? <Refusal error={giving.error} /> : null}
    >
      <label htmlFor={fileId} className="text-sm font-medium">
        {words.file}
      </label>
      <input
        id={fileId}
        type="file"
        accept=".csv,text/csv"
        onChange={(event) => {
          giving.reset()
          setFile(event.target.files?.[0] ?? null)
        }}
        className="mt-1.5 block w-full rounded-md border border-edge bg-surface text-sm file:mr-3 file:h-9 file:border-0 file:bg-sunken file:px-3 file:font-medium file:text-ink"
      />
    </Confirm>
  )
}

function Refusal(props: { error: Error }): ReactNode {
  const cells = props.error instanceof Problem ? props.error.fields : []
  const words = texts.mapping.bulk
  return (
    <div className="mb-4">
      <ProblemNotice title={words.uploadFailed} error={props.error} compact />
      {cells.length === 0 ? null : (
        <ul className="mt-2 flex max-h-48 flex-col gap-1 overflow-y-auto text-sm">
          {cells.slice(0, CELLS_SHOWN).map(({ pointer, detail }) => (
            <li key={pointer + detail}>
              <span className="font-medium">{cellOf(pointer)}:</span> {detail}
            </li>
          ))}
          {cells.length > CELLS_SHOWN ? (
            <li className="text-muted">{words.rowsMore(cells.length - CELLS_SHOWN)}</li>
          ) : null}
        </ul>
      )}
    </div>
  )
}

/** `/12/pos_item_id` is line 12, column pos_item_id. */
function cellOf(pointer: string): string {
  const [line = '', field = ''] = pointer.replace(/^#?\//, '').split('/')
  return texts.mapping.bulk.row(line, field)
}
