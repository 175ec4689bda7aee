import { mkdtemp, rm } from 'node:fs/promises'
import path from 'node:path'
import { Fault } from '#kernel/fault.ts'
import type { TenantId } from '#kernel/ids.ts'
import { getSite, listSites } from '#modules/sites/sites.ts'
import { sqlState } from '#platform/postgres/database.ts'
import type { FileDetection, FileReadOptions, FileSlice } from '../../../connectors/contract-files.ts'
import { filingsOf, siteChoice } from './filing.ts'
import { chosenSource, type Intake } from './keep.ts'
import type { ImportRow, StoredFault } from './store.ts'

/** Rows of a slice: large enough to spread the cost of a commit, small enough that none lasts a second. */
const ROWS_PER_SLICE = 4_000

/** SQL states of data that cannot be stored, however often it is tried: out of range, against a check, too long. */
const NEVER_STORED = /^(22|23|54)/

export type FiledSlice = { readonly slice: FileSlice } & ReturnType<typeof filingsOf>

/** The kept table of an import from its start, each slice with what it files; the same slices at every reading alike. */
export async function* filedSlices(
  intake: Intake,
  tenantId: TenantId,
  row: ImportRow & { readonly detection: FileDetection },
  { order, rowsPerSlice = ROWS_PER_SLICE }: Pick<FileReadOptions, 'order'> & { readonly rowsPerSlice?: number },
): AsyncGenerator<FiledSlice, void> {
  const { chosen, all } = await intake.database.tenant(tenantId, async (tx) => ({
    chosen: await getSite(tx, tenantId, row.siteId),
    all: await listSites(tx, tenantId),
  }))
  const sites = siteChoice(chosen, all)
  const scratchDir = await mkdtemp(path.join(intake.scratchDir, 'import-'))
  try {
    const site = { zone: chosen.timeZone, currency: chosen.currency }
    const options: FileReadOptions = { rowsPerSlice, scratchDir, ...(order === undefined ? {} : { order }) }
    const table = chosenSource(intake, tenantId, row)
    for await (const slice of intake.files.read(table, row.detection, site, options)) {
      yield { slice, ...filingsOf(slice, sites) }
    }
  } finally {
    await rm(scratchDir, { recursive: true, force: true })
  }
}

/**
 * What is wrong with the file, or null for what is nobody's mistake in it (the database away, the disk full), where the
 * job tries again and goes on. A value that the database will never take would only be tried again for half an hour.
 */
export function faultOfReading(error: unknown): StoredFault | null {
  if (error instanceof Fault) {
    return error.kind === 'unavailable' ? null : { code: error.code, detail: error.message }
  }
  if (!NEVER_STORED.test(sqlState(error) ?? '')) return null
  return {
    code: 'import.failed',
    detail: 'A value of the file is larger or further off than can be stored. What was recorded before it stands.',
  }
}
