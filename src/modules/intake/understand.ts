import type { Id, TenantId } from '#kernel/ids.ts'
import { type Connection, findFileConnection, listConnections } from '#modules/connections/connections.ts'
import { connectionsKnowing } from '#modules/mirror/known.ts'
import { getSite, listSites, type Site } from '#modules/sites/sites.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { FileChoices, FileDetection, FileNote, FileSource } from '../../../connectors/contract-files.ts'
import { headOf, type Intake } from './keep.ts'
import { detectRemembering } from './mappings.ts'
import { intakeNote } from './notes.ts'
import { type Glimpse, glimpse } from './preview.ts'
import type { ImportRow } from './store.ts'
import { coveredDays } from './store-days.ts'

// What a table is, seen together with what is known already: remembered choices, the connection that its sales belong
// to, and days that somebody else has told of.

export type Understood = Pick<ImportRow, 'detection' | 'remembered' | 'joins' | 'preview'> & {
  readonly detection: FileDetection
}

export type Looking = {
  readonly tenantId: TenantId
  readonly siteId: Id
  /** A person's, taken as they are; null: what is remembered of the shape. */
  readonly choices: FileChoices | null
  /** False when a person said that the sales are not those of another connection. */
  readonly mayJoin: boolean
  readonly scratchDir: string
}

const HEAD_BYTES = 512 * 1024
// Ids are compared to tell whether two files speak of the same sales. Fewer than these may be equal by chance.
const SAME_IDS_MIN = 3

/** Throws as `detect` does. */
export async function understand(intake: Intake, table: FileSource, looking: Looking): Promise<Understood> {
  const { tenantId, siteId, choices } = looking
  const sites = await intake.database.tenant(tenantId, async (tx) => ({
    chosen: await getSite(tx, tenantId, siteId),
    all: await listSites(tx, tenantId),
  }))
  const fileSite = { zone: sites.chosen.timeZone, currency: sites.chosen.currency }
  const { detection, remembered } =
    choices === null
      ? await detectRemembering(intake, tenantId, table, fileSite)
      : { detection: await intake.files.detect(table, fileSite, choices), remembered: false }
  const head = await headOf(table, HEAD_BYTES)
  const first = await glimpse(intake.files, head, detection, sites, looking.scratchDir)
  return intake.database.tenant(tenantId, async (tx) => {
    const { joins, notes } = await placeAmongOthers(tx, looking, sites.chosen, detection, first)
    return {
      detection: { ...detection, notes: [...detection.notes, ...notes] },
      remembered,
      joins: joins === null ? null : { connectionId: joins.id, name: joins.name },
      preview: first.sales,
    }
  })
}

type Place = { readonly joins: Connection | null; readonly notes: readonly FileNote[] }

async function placeAmongOthers(
  tx: Tx,
  looking: Looking,
  site: Site,
  detection: FileDetection,
  first: Glimpse,
): Promise<Place> {
  const { tenantId } = looking
  const own = await findFileConnection(tx, tenantId, { family: detection.family, siteId: site.id })
  const others = (await listConnections(tx, tenantId)).filter(({ id }) => id !== own?.id)
  if (others.length === 0) return { joins: null, notes: [] }
  const { accepted } = detection.choices

  const joins = looking.mayJoin ? await knowingConnection(tx, looking, first, own, others) : null
  if (joins !== null) {
    // Short numbers start over with every till: two tills of one place may have given the same ones.
    const weak = detection.notes.some(({ code }) => code === 'ids_restart')
    const say = weak
      ? `Sales of "${joins.name}" at ${site.name} have the same numbers on the same days. They are taken for the same sales; please confirm.`
      : `Its sales are known from "${joins.name}". What this file says of them is added to them.`
    return { joins, notes: [intakeNote('joins_connection', weak ? 'confirm' : 'info', say, accepted)] }
  }

  const covered = await coveredDays(tx, tenantId, site.id, first.days)
  const elsewhere = others.flatMap((other) => {
    const days = covered.get(other.id) ?? 0
    return days === 0 ? [] : [{ name: other.name, days }]
  })
  const most = elsewhere.sort((a, b) => b.days - a.days)[0]
  if (most === undefined) return { joins: null, notes: [] }
  const say =
    `${most.days} of the first ${first.days.length} days of the file already have sales of ${site.name} from ` +
    `"${most.name}". If they are the same sales they would count twice; please confirm that they are not.`
  return { joins: null, notes: [intakeNote('days_already_covered', 'confirm', say, accepted)] }
}

/** Another file connection of the site that knows at least half of the first sales, and more of them than its own. */
async function knowingConnection(
  tx: Tx,
  { tenantId, siteId }: Looking,
  { externalIds }: Glimpse,
  own: Connection | null,
  others: readonly Connection[],
): Promise<Connection | null> {
  if (externalIds.length < SAME_IDS_MIN) return null
  const known = await connectionsKnowing(tx, tenantId, siteId, externalIds)
  const knownBy = (connection: Connection | null) => (connection === null ? 0 : (known.get(connection.id) ?? 0))
  const best = others
    .filter(({ posSystem }) => posSystem === 'spreadsheet')
    .reduce<Connection | null>((most, one) => (knownBy(one) > knownBy(most) ? one : most), null)
  const count = knownBy(best)
  const enough = count >= SAME_IDS_MIN && count * 2 >= externalIds.length && count > knownBy(own)
  return enough ? best : null
}
