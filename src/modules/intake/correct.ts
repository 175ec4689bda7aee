import { mkdtemp, rm } from 'node:fs/promises'
import path from 'node:path'
import { Fault } from '#kernel/fault.ts'
import type { TenantId } from '#kernel/ids.ts'
import { getSite } from '#modules/sites/sites.ts'
import type { FileChoices } from '../../../connectors/contract-files.ts'
import { startCheck } from './check-start.ts'
import { getImport } from './find.ts'
import { chosenSource, type Intake } from './keep.ts'
import { announceDetected, withSameFile } from './settle.ts'
import { findSameFile, type ImportRow, updateImport } from './store.ts'
import { understand } from './understand.ts'

export type Correction = {
  /** Another table of the file. */
  readonly table?: number | undefined
  /** Id or slug. */
  readonly site?: string | undefined
  /** Replace all that were made before. */
  readonly choices?: FileChoices | undefined
  /** False: the sales are not those of the connection that knows sales with the same ids. */
  readonly join?: boolean | undefined
}

/**
 * Looks at a waiting file again as a person says, and tries it anew. Throws `import.missing`, `import.not-correctable`,
 * `import.table-missing`, `site.missing`, and what `detect` throws when what was said makes no table of sales: then
 * nothing is changed.
 */
export async function correctImport(
  intake: Intake,
  tenantId: TenantId,
  id: string,
  correction: Correction,
): Promise<ImportRow> {
  const before = await intake.database.tenant(tenantId, async (tx) => {
    const row = await getImport(tx, tenantId, id)
    refuseUncorrectable(row)
    const site = correction.site === undefined ? null : await getSite(tx, tenantId, correction.site)
    return { ...row, siteId: site?.id ?? row.siteId }
  })
  const tableNo = tableOf(before, correction)
  const scratchDir = await mkdtemp(path.join(intake.scratchDir, 'correct-'))
  try {
    const understood = await understand(intake, chosenSource(intake, tenantId, { ...before, tableNo }), {
      tenantId,
      siteId: before.siteId,
      choices: choicesOf(before, correction, tableNo),
      mayJoin: correction.join !== false,
      scratchDir,
    })
    return await intake.database.tenant(tenantId, async (tx) => {
      const row = await getImport(tx, tenantId, id, 'lock')
      refuseUncorrectable(row)
      if (row.checkNo !== before.checkNo) throw meanwhile()
      const now = intake.clock.now()
      const same = row.fileSha256 === null ? null : await findSameFile(tx, tenantId, before.siteId, row.fileSha256)
      const seen = withSameFile(understood, same)
      const remembered =
        understood.remembered || (correction.choices === undefined && tableNo === row.tableNo && row.remembered)
      const change = {
        ...seen,
        remembered,
        siteId: before.siteId,
        tableNo,
        state: 'detected',
        fault: null,
        finishedAt: null,
        movedAt: now,
      } as const
      await updateImport(tx, tenantId, row.id, change)
      const checking = await startCheck(tx, tenantId, { ...row, ...change }, now)
      await announceDetected(tx, tenantId, row, seen, now)
      return checking
    })
  } finally {
    await rm(scratchDir, { recursive: true, force: true })
  }
}

/** Those of the person; left out, those that stand, and for another table or at a first look what is remembered. */
function choicesOf(row: ImportRow, correction: Correction, tableNo: number): FileChoices | null {
  if (correction.choices !== undefined) return correction.choices
  return row.detection === null || tableNo !== row.tableNo ? null : row.detection.choices
}

function tableOf(row: ImportRow, { table }: Correction): number {
  const wanted = table ?? row.tableNo ?? row.tables[0]?.index
  const kept = row.tables.filter(({ bytes }) => bytes > 0)
  const found = kept.find(({ index }) => index === wanted)
  if (found !== undefined) return found.index
  throw new Fault('invalid', 'import.table-missing', {
    say: `No table ${wanted} of the file is kept. Those that are: ${kept.map(({ index }) => index).join(', ') || 'none'}.`,
  })
}

function refuseUncorrectable({ state, slices, tables }: ImportRow): void {
  if (state === 'detected' || (state === 'failed' && slices === 0 && tables.length > 0)) return
  const say = {
    receiving: 'This file is still arriving. Wait a moment, then correct it.',
    detected: '',
    queued: 'This import was confirmed. Take it back when it has run, and give the file again.',
    running: 'This import runs. Take it back when it has run, and give the file again.',
    done: 'This import has run. Take it back and give the file again to import it otherwise.',
    failed: 'Nothing of this file was kept, or a part of it was recorded. Give it again.',
    undoing: 'This import is being taken back. Give the file again to import it otherwise.',
    undone: 'This import was taken back. Give the file again to import it otherwise.',
  }[state]
  throw new Fault('conflict', 'import.not-correctable', { say, detail: { state } })
}

function meanwhile(): Fault {
  return new Fault('conflict', 'import.corrected-meanwhile', {
    say: 'This import was corrected by somebody else at the same moment. Look at it again, then correct it.',
  })
}
