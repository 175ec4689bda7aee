import { Fault } from '#kernel/fault.ts'
import type { TenantId } from '#kernel/ids.ts'
import type { Instant } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { FileChoices, FileDetection, FileSite, FileSource } from '../../../connectors/contract-files.ts'
import type { Intake } from './keep.ts'
import { OF_THIS_FILE_ALONE } from './notes.ts'
import { type FileMapping, findMapping, listMappings, removeMapping, saveMapping } from './store-mappings.ts'

// What a person said of a file is remembered for its shape, and applied to the next file of that shape.

/** Most mappings that are tried on a table which is understood by none of them at first sight. */
const TRIED_MAX = 20

export type Remembered = { readonly detection: FileDetection; readonly remembered: boolean }

/** What a table is, with what was said of its shape before. Throws as `detect` does. */
export async function detectRemembering(
  intake: Intake,
  tenantId: TenantId,
  table: FileSource,
  site: FileSite,
): Promise<Remembered> {
  const alone = await detectOrFault(intake, table, site, {})
  if ('detection' in alone) {
    const { shape, byteOrderMark } = alone.detection
    const mapping = await intake.database.tenant(tenantId, (tx) => findMapping(tx, tenantId, shape))
    for (const choices of mapping === null ? [] : waysToApply(mapping.choices, byteOrderMark)) {
      const again = await detectOrFault(intake, table, site, choices)
      if ('detection' in again && again.detection.shape === shape)
        return { detection: again.detection, remembered: true }
    }
  }
  const helped = await firstThatFits(intake, tenantId, table, site, 'detection' in alone)
  if (helped !== null) return { detection: helped, remembered: true }
  if ('fault' in alone) throw alone.fault
  return { detection: alone.detection, remembered: false }
}

/**
 * As it was said; and without how that file was written down, since the same rows saved by a spreadsheet program have
 * another delimiter, another encoding, and nothing above their header.
 */
function waysToApply(choices: FileChoices, byteOrderMark: boolean): FileChoices[] {
  const { encoding: _mark, ...unencoded } = choices
  const { delimiter: _d, headerRow: _h, ...rest } = unencoded
  const ways = [byteOrderMark ? unencoded : choices, rest]
  return ways.filter((way, nth) => Object.keys(way).length > 0 && (nth === 0 || hasLayout(choices)))
}

/**
 * A table that nobody could read at first, and a person then showed how, is not known by its shape before it is read. So
 * those mappings that say where a table begins or what its columns are, are tried; one fits when its own shape comes out.
 */
async function firstThatFits(
  intake: Intake,
  tenantId: TenantId,
  table: FileSource,
  site: FileSite,
  understood: boolean,
): Promise<FileDetection | null> {
  const mappings = await intake.database.tenant(tenantId, (tx) => listMappings(tx, tenantId, TRIED_MAX))
  for (const { shape, choices } of mappings) {
    if (!hasLayout(choices) && (understood || choices.columns === undefined)) continue
    for (const way of waysToApply(choices, false)) {
      const tried = await detectOrFault(intake, table, site, way)
      if ('detection' in tried && tried.detection.shape === shape) return tried.detection
    }
  }
  return null
}

async function detectOrFault(
  intake: Intake,
  table: FileSource,
  site: FileSite,
  choices: FileChoices,
): Promise<{ readonly detection: FileDetection } | { readonly fault: Fault }> {
  try {
    return { detection: await intake.files.detect(table, site, choices) }
  } catch (error) {
    if (error instanceof Fault && error.code.startsWith('file.')) return { fault: error }
    throw error
  }
}

function hasLayout({ encoding, delimiter, headerRow }: FileChoices): boolean {
  return encoding !== undefined || delimiter !== undefined || headerRow !== undefined
}

/** Keeps what was said of a shape; a person who takes everything back leaves nothing behind. */
export async function rememberChoices(
  tx: Tx,
  tenantId: TenantId,
  detection: FileDetection,
  by: { readonly actor: string; readonly now: Instant },
): Promise<void> {
  const { shape, family, preset, columns } = detection
  const choices = lasting(detection)
  if (Object.keys(choices).length === 0) return void (await removeMapping(tx, tenantId, shape))
  const headers = columns.map(({ header }) => header)
  await saveMapping(tx, tenantId, { shape, family, preset: preset?.id ?? null, headers, choices }, by)
}

/**
 * The choices, and with them what is accepted by confirming; but nothing that speaks of this file alone. Of a question
 * the answer is kept and not that it was asked: the next file may lean to the other reading, and would not ask either.
 */
function lasting({ choices, notes, ...read }: FileDetection): FileChoices {
  const confirmed = notes.filter(({ severity }) => severity === 'confirm').map(({ code }) => code)
  const accepted = [...new Set([...(choices.accepted ?? []), ...confirmed])].filter(
    (code) => !OF_THIS_FILE_ALONE.has(code),
  )
  const { accepted: _before, ...said } = choices
  const was = (code: string) => accepted.includes(code)
  return {
    ...(was('dates_ambiguous') && read.dateOrder !== null ? { dateOrder: read.dateOrder } : {}),
    ...(was('decimal_mark_ambiguous') ? { decimalMark: read.decimalMark } : {}),
    ...(was('tax_assumed_included') ? { tax: read.tax } : {}),
    ...(was('amount_level_assumed') ? { levels: read.levels } : {}),
    ...(was('currency_of_sign') ? { currency: read.currency } : {}),
    ...said,
    ...(accepted.length === 0 ? {} : { accepted }),
  }
}

/** What is remembered, the one used last first. */
export function listRemembered(tx: Tx, tenantId: TenantId): Promise<FileMapping[]> {
  return listMappings(tx, tenantId, LISTED_MAX)
}

const LISTED_MAX = 500
const SHAPE = /^[\w:-]{1,200}$/

/** Throws `import.mapping-missing`. */
export async function forgetMapping(tx: Tx, tenantId: TenantId, shape: string): Promise<void> {
  if (SHAPE.test(shape) && (await removeMapping(tx, tenantId, shape))) return
  throw new Fault('missing', 'import.mapping-missing', {
    say: 'Nothing is remembered for this shape. The list of mappings has the shapes.',
  })
}
