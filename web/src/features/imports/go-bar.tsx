import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Undo2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { formatShare } from '../../app/format.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useTenantApi } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import type { Import, ImportCheck } from '../../app/wire.ts'
import { Button, Spinner } from '../../ui/button.tsx'
import type { Corrections } from './corrections.ts'
import { importPath, importQuery } from './queries.ts'
import { dealtWith } from './upload-queue.ts'

/** Always in sight: the go, with what it will do, and the way back from the last correction. */
export function GoBar(props: {
  run: Import
  corrections: Corrections
  openQuestions: number
  onToQuestions: () => void
  discard: ReactNode
}): ReactNode {
  const { run, corrections, openQuestions } = props
  const words = texts.imports.go
  const confirming = useConfirm(run.id)
  const confirmed = run.confirmed_at !== null
  return (
    <section
      aria-label={words.label}
      className="sticky bottom-[calc(3.5rem+env(safe-area-inset-bottom))] z-20 -mx-(--gutter) border-t border-line bg-raised px-(--gutter) py-3 shadow-raised lg:bottom-0 lg:mx-0 lg:rounded-t-lg lg:border-x lg:px-5"
    >
      {corrections.problem === null ? null : (
        <div className="mb-3">
          <ProblemNotice title={texts.imports.corrections.refused} error={corrections.problem} compact />
        </div>
      )}
      {confirming.isError ? (
        <div className="mb-3">
          <ProblemNotice title={words.failed} error={confirming.error} compact />
        </div>
      ) : null}
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <Button
          look="primary"
          onClick={() => confirming.mutate()}
          disabled={openQuestions > 0 || corrections.busy || confirmed || isFruitless(run.check)}
          busy={confirming.isPending}
        >
          {goWords(run.check)}
        </Button>
        {openQuestions === 0 ? null : (
          <Button size="sm" onClick={props.onToQuestions}>
            {words.open(openQuestions)}
          </Button>
        )}
        {corrections.canUndo ? (
          <Button size="sm" onClick={corrections.undo}>
            <Undo2 className="size-4 text-muted" aria-hidden="true" />
            {texts.imports.corrections.undo}
          </Button>
        ) : null}
        <output
          aria-live="polite"
          className="num flex min-w-0 flex-1 items-center gap-2 text-sm text-muted empty:hidden max-sm:order-last max-sm:basis-full sm:empty:flex"
        >
          {corrections.busy ? <Spinner /> : null}
          {corrections.busy
            ? texts.imports.corrections.busy
            : confirmed
              ? words.waiting
              : openQuestions > 0
                ? ''
                : adviceWords(run.check)}
        </output>
        {props.discard}
      </div>
    </section>
  )
}

export function useConfirm(importId: string) {
  const api = useTenantApi()
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => api.post<Import>(importPath(api, importId, '/confirm')),
    onSuccess: (answer) => {
      client.setQueryData(importQuery(api, importId).queryKey, answer)
      client.invalidateQueries({ queryKey: [api.tenantId, 'imports'] })
      dealtWith(importId)
    },
  })
}

/** What pressing will do, as far as the trial run has told. */
export function goWords(check: ImportCheck | null): string {
  const words = texts.imports.go
  if (check?.state !== 'done') return words.importAny
  if (isFruitless(check)) return words.noSales
  if (check.new_sales > 0 && check.changed_sales > 0) return words.importChanges(check.new_sales, check.changed_sales)
  if (check.new_sales > 0) return words.importSales(check.new_sales)
  if (check.changed_sales > 0) return words.importChanged(check.changed_sales)
  if (check.same_sales === 0 && check.refunds > 0) return words.importRefunds(check.refunds)
  return words.nothing
}

/** The trial run found nothing to import at all. */
function isFruitless(check: ImportCheck | null): boolean {
  return check?.state === 'done' && check.sales === 0 && check.refunds === 0
}

function adviceWords(check: ImportCheck | null): string {
  const words = texts.imports.go
  if (check?.state === 'running') return words.checking(formatShare(check.progress))
  if (check?.state === 'done' && check.rows_rejected > 0) return words.rejected(check.rows_rejected)
  return words.ready
}
