import { Fault } from '#kernel/fault.ts'
import type { TenantId } from '#kernel/ids.ts'
import type { Instant } from '#kernel/instant.ts'
import { fileConnection } from '#modules/connections/connections.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { FileDetection } from '../../../connectors/contract-files.ts'
import { getImport } from './find.ts'
import { mayBecome } from './import-states.ts'
import { enqueueImport } from './jobs.ts'
import { rememberChoices } from './mappings.ts'
import { type ImportRow, updateImport } from './store.ts'

export type Confirming = {
  readonly actor: string
  readonly now: Instant
  /**
   * Whether somebody saw what they confirm. Then their choices, and the notes they accepted, are remembered for files of
   * the same shape; a program that always says yes teaches nothing.
   */
  readonly seen: boolean
}

/** Whether nothing in the file is in doubt, so that it may run without a person's word. */
export function needsNoConfirmation(row: Pick<ImportRow, 'detection'>): boolean {
  return row.detection !== null && doubtsOf(row.detection).length === 0
}

/** Codes of the notes that must be confirmed. */
export function doubtsOf(detection: FileDetection): readonly string[] {
  return detection.notes.filter(({ severity }) => severity === 'confirm').map(({ code }) => code)
}

/**
 * Lets a detected import run, or one that failed go on after what it recorded. One whose tables are still being kept runs
 * as soon as they are. Throws `import.not-confirmable`.
 */
export async function confirmImport(
  tx: Tx,
  tenantId: TenantId,
  id: string,
  confirming: Confirming,
): Promise<ImportRow> {
  const row = await getImport(tx, tenantId, id, 'lock')
  if (row.state === 'queued' || row.state === 'running' || row.state === 'done') return row
  const { detection } = row
  if (!mayBecome(row.state, 'queued') || detection === null) {
    throw new Fault('conflict', 'import.not-confirmable', { say: whyNot(row), detail: { state: row.state } })
  }
  if (confirming.seen) await rememberChoices(tx, tenantId, detection, confirming)
  if (row.state !== 'receiving') return queueImport(tx, tenantId, { ...row, detection }, confirming)
  const change = { confirmedBy: confirming.actor, confirmedAt: confirming.now }
  await updateImport(tx, tenantId, row.id, change)
  return { ...row, ...change }
}

function whyNot({ state, fault }: ImportRow): string {
  if (fault !== null) return `This file cannot be imported: ${fault.detail}`
  if (state === 'undoing' || state === 'undone') return 'This import was taken back. Give the file again to import it.'
  return 'This file has not arrived whole yet. Wait for it, then confirm.'
}

/** The import gets its connection and a job; from here on nobody corrects it. */
export async function queueImport(
  tx: Tx,
  tenantId: TenantId,
  row: ImportRow & { readonly detection: FileDetection },
  { actor, now }: Pick<Confirming, 'actor' | 'now'>,
): Promise<ImportRow> {
  const { family, preset } = row.detection
  const name = preset === null ? connectionName(row.fileName) : tillName(preset.name)
  const joins = row.joins?.connectionId ?? null
  const change = {
    state: 'queued',
    fault: null,
    // What was recorded already stays where it is.
    connectionId:
      row.slices > 0
        ? row.connectionId
        : await fileConnection(tx, tenantId, { family, siteId: row.siteId, name, joins }, now),
    checkState: null,
    check: null,
    confirmedBy: actor,
    confirmedAt: now,
    finishedAt: null,
    movedAt: now,
  } as const
  await updateImport(tx, tenantId, row.id, change)
  await enqueueImport(tx, row.id)
  return { ...row, ...change }
}

/** `Square: items detail` is an export of Square. */
function tillName(presetName: string): string {
  return presetName.split(':')[0]?.trim() || presetName
}

/** The file's name without its endings: what a merchant recognises. */
function connectionName(fileName: string): string {
  return fileName.replace(/(\.(csv|tsv|txt|gz|xlsx|zip))+$/i, '').slice(0, 120) || 'File'
}
