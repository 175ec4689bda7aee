import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTenantApi } from '../../app/session.tsx'
import type { FileChoices, Import } from '../../app/wire.ts'
import { sameChoices } from './choices.ts'
import { importPath, importQuery } from './queries.ts'

// A person's corrections of how a file is read. What they chose is shown at once and sent when they rest; the hub reads
// anew and answers with all that follows from it. What the hub refuses has changed nothing and is taken off again.
//
//   settled → drafted (shown, not sent) → sending → settled
//                                                 → refused: as it was before, with the hub's sentence

const REST_MS = 350

/** What a correction replaces. Choices that are left out are kept. */
type Correction = {
  readonly table?: number
  readonly site_id?: string
  /** False: the sales are not those of the connection that knows the same ids. */
  readonly join?: boolean
  readonly choices?: FileChoices
}

type Sending = { readonly correction: Correction; readonly kind: 'change' | 'undo' }

export type Corrections = {
  /** As they will stand. */
  readonly choices: FileChoices
  readonly table: number | null
  readonly siteId: string
  /** Something was changed that the hub has not answered to yet. */
  readonly busy: boolean
  readonly problem: unknown
  readonly canUndo: boolean
  change(choices: FileChoices): void
  chooseTable(table: number): void
  chooseSite(siteId: string): void
  /** The sales are other ones than those that are known by the same ids. */
  keepApart(): void
  undo(): void
  startOver(): void
}

const NO_CHOICES: FileChoices = {}

export function useCorrections(run: Import): Corrections {
  const api = useTenantApi()
  const client = useQueryClient()
  const { queryKey } = importQuery(api, run.id)
  const [draft, setDraft] = useState<Correction | null>(null)
  const [earlier, setEarlier] = useState<readonly Correction[]>([])
  const [apart, setApart] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const latest = useRef<Correction | null>(null)

  const sending = useMutation({
    // One after the other, so that the last one said is the last one heard.
    scope: { id: `correct ${run.id}` },
    mutationFn: async ({ correction }: Sending) => {
      await client.cancelQueries({ queryKey })
      return api.patch<Import>(importPath(api, run.id), correction)
    },
    onSuccess: (answer, { correction }) => {
      client.setQueryData(queryKey, answer)
      if (latest.current === correction) settle()
    },
    onError: (_error, { correction, kind }) => {
      if (latest.current === correction) settle()
      if (kind !== 'change') return
      setApart(earlier.at(-1)?.join === false)
      setEarlier((list) => list.slice(0, -1))
    },
  })

  useEffect(() => () => clearTimeout(timer.current), [])

  // The hub asks it of every reading, so once said it goes along with whatever is said next.
  const joined = apart ? { join: false } : {}
  const standing: Correction & { readonly choices: FileChoices; readonly site_id: string } = {
    ...joined,
    ...(run.table === null ? {} : { table: draft?.table ?? run.table }),
    site_id: draft?.site_id ?? run.site_id,
    choices: draft?.choices ?? run.detection?.choices ?? NO_CHOICES,
  }

  function settle(): void {
    latest.current = null
    setDraft(null)
  }

  function send(correction: Correction, kind: Sending['kind']): void {
    latest.current = correction
    setDraft(correction)
    sending.reset()
    clearTimeout(timer.current)
    timer.current = setTimeout(() => sending.mutate({ correction, kind }), REST_MS)
  }

  function correct(correction: Correction): void {
    setEarlier([...earlier, standing])
    send(correction, 'change')
  }

  return {
    choices: standing.choices,
    table: draft?.table ?? run.table,
    siteId: standing.site_id,
    busy: draft !== null,
    problem: sending.error,
    canUndo: earlier.length > 0,
    change(choices) {
      if (sameChoices(choices, standing.choices)) return
      correct({ ...joined, ...draft, choices })
    },
    chooseTable(table) {
      if (table === run.table && draft?.table === undefined) return
      // Another table has other headings: what was said of this one does not hold there.
      correct({ table })
    },
    chooseSite(siteId) {
      correct({ ...joined, ...draft, site_id: siteId })
    },
    keepApart() {
      setApart(true)
      correct({ ...draft, join: false })
    },
    undo() {
      const last = earlier.at(-1)
      if (last === undefined) return
      setEarlier(earlier.slice(0, -1))
      setApart(last.join === false)
      send(last, 'undo')
    },
    startOver() {
      setApart(false)
      correct({ choices: {} })
    },
  }
}
