import { ZERO } from '#kernel/decimal.ts'
import type { TenantId } from '#kernel/ids.ts'
import type { Instant } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { enqueueCheck } from './jobs.ts'
import { type ImportRow, updateImport } from './store.ts'
import type { WireCheck } from './wire-check.ts'

export const NOTHING_CHECKED: Omit<WireCheck, 'state'> = {
  progress: 0,
  rows_read: 0,
  rows_per_second: null,
  seconds_left: null,
  sales: 0,
  refunds: 0,
  items: 0,
  units: ZERO,
  gross: null,
  total: null,
  rows_rejected: 0,
  rejected_by_code: {},
  rejected: [],
  days: [],
  days_left_out: 0,
  new_sales: 0,
  changed_sales: 0,
  same_sales: 0,
  noticed: {},
  fault: null,
}

/** Tries the import as it stands now; a dry run that is under way stops when it finds a newer number. */
export async function startCheck(tx: Tx, tenantId: TenantId, row: ImportRow, now: Instant): Promise<ImportRow> {
  const change = {
    checkNo: row.checkNo + 1,
    checkState: 'waiting',
    check: NOTHING_CHECKED,
    rowsTogether: false,
    movedAt: now,
  } as const
  await updateImport(tx, tenantId, row.id, change)
  await enqueueCheck(tx, row.id, change.checkNo)
  return { ...row, ...change }
}
