import type { TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import { appendEvents } from '#platform/outbox/append.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { startCheck } from './check-start.ts'
import { doubtsOf, queueImport } from './confirm.ts'
import { intakeNote } from './notes.ts'
import { type findSameFile, type ImportRow, updateImport } from './store.ts'
import type { Understood } from './understand.ts'

// What becomes of a file once it is known what it is: it runs, or it waits for a person and is tried meanwhile.

/** `auto` runs what is in no doubt; `yes` runs what is in doubt, too; `no` waits for a person. */
export type ConfirmMode = 'auto' | 'no' | 'yes'

export type Seen = Pick<ImportRow, 'detection' | 'remembered' | 'joins' | 'preview' | 'alreadyImported'> &
  Pick<Understood, 'detection'>

/** With a note on an earlier import of the same bytes. */
export function withSameFile(understood: Understood, same: Awaited<ReturnType<typeof findSameFile>>): Seen {
  const { detection } = understood
  if (same === null) return { ...understood, alreadyImported: null }
  const at = instantText(same.createdAt)
  const say = `The very same file was imported here on ${at.slice(0, 10)}. Importing it again changes nothing.`
  const note = intakeNote('already_imported', 'info', say, detection.choices.accepted)
  return {
    ...understood,
    detection: { ...detection, notes: [...detection.notes, note] },
    alreadyImported: { import_id: same.id, at },
  }
}

/** The import is detected; then it is confirmed, or tried, or left to the caller. */
export async function settleArrival(
  tx: Tx,
  tenantId: TenantId,
  before: ImportRow,
  seen: Seen,
  { confirm, now }: { readonly confirm: ConfirmMode | undefined; readonly now: Instant },
): Promise<ImportRow> {
  const change = { ...seen, state: 'detected', confirmedBy: null, confirmedAt: null, movedAt: now } as const
  await updateImport(tx, tenantId, before.id, change)
  const row = { ...before, ...change }
  const by = confirmedBy(before, seen, confirm)
  const settled =
    by !== null
      ? await queueImport(tx, tenantId, row, { actor: by, now })
      : confirm === undefined
        ? row
        : await startCheck(tx, tenantId, row, now)
  await announceDetected(tx, tenantId, before, seen, now)
  return settled
}

export async function announceDetected(
  tx: Tx,
  tenantId: TenantId,
  { id, actor }: ImportRow,
  { detection }: Pick<Seen, 'detection'>,
  now: Instant,
): Promise<void> {
  await appendEvents(tx, tenantId, [
    {
      type: 'import.detected',
      subject: `import/${id}`,
      occurredAt: now,
      actor,
      data: { import_id: id, doubts: [...doubtsOf(detection)] },
    },
  ])
}

/** Who lets it run; null when nobody does yet. */
function confirmedBy(before: ImportRow, { detection }: Seen, confirm: ConfirmMode | undefined): string | null {
  const doubts = doubtsOf(detection)
  if (confirm === 'yes' || (confirm === 'auto' && doubts.length === 0)) return before.actor
  if (before.confirmedBy === null) return null
  // Confirmed when its beginning was known. What only the whole of it brought into doubt, nobody has seen yet.
  const shown = before.detection === null ? [] : doubtsOf(before.detection)
  return doubts.every((code) => shown.includes(code)) ? before.confirmedBy : null
}
