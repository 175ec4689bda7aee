import { type Instant, instant } from '#kernel/instant.ts'
import { failImport } from './fail.ts'
import { enqueueCheck, enqueueImport, enqueueUndo } from './jobs.ts'
import { type Intake, interrupted } from './keep.ts'
import { listStalledImports, type StalledImport, updateImport } from './store.ts'

/** A command sends its file without the hub; only a file of which nothing more comes for so long is given up. */
const ARRIVING_STILL_MS = 2 * 60_000

/**
 * Takes up what a killed process left: an import that ran, was tried or was taken back goes on, a file that was arriving
 * is given up. `stillForMs` is how long an import must not have moved; 0 is right at the start of the only process.
 */
export async function recoverImports(intake: Intake, now: Instant, stillForMs: number): Promise<number> {
  const stalled = await intake.database.system((tx) =>
    listStalledImports(tx, instant(now - stillForMs), instant(now - ARRIVING_STILL_MS)),
  )
  for (const one of stalled) {
    if (one.state === 'receiving') {
      const { code, message } = interrupted()
      await failImport(intake, one.tenantId, one.id, { code, detail: message })
    } else {
      await goOn(intake, one, now)
    }
  }
  return stalled.length
}

async function goOn(intake: Intake, { tenantId, id, state, checkNo }: StalledImport, now: Instant): Promise<void> {
  await intake.database.tenant(tenantId, async (tx) => {
    await updateImport(tx, tenantId, id, { movedAt: now })
    if (state === 'undoing') await enqueueUndo(tx, id)
    else if (state === 'detected') await enqueueCheck(tx, id, checkNo)
    else await enqueueImport(tx, id)
  })
}
