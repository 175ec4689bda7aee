import { businessMoment } from '#canon/business-day.ts'
import type { CurrencyCode } from '#kernel/currency.ts'
import { Fault } from '#kernel/fault.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import { addDays, type Instant, type LocalDate } from '#kernel/instant.ts'
import { instantOf, wallClockOf } from '#kernel/zone.ts'
import { listSites, type Site, tradingClock } from '#modules/sites/sites.ts'
import type { BookFigures } from '../../../connectors/contract.ts'
import { callFailed } from './call-fault.ts'
import { refuseEnded } from './change.ts'
import type { Desk } from './desk.ts'
import { liveOf } from './linked.ts'
import { listPlaces, type Place } from './places.ts'
import { signInFault } from './sign-in-check.ts'
import { spoken } from './spoken.ts'
import { getConfiguration } from './store.ts'

// The last step of connecting: what the provider itself says was taken on the newest closed day, beside what stands here,
// so that a person can say whether it is right.

/** What stands here of a connection at a site from `from` until before `to`. */
export type OurFigures = (
  tenantId: TenantId,
  asked: { readonly connectionId: Id; readonly siteId: Id; readonly from: Instant; readonly to: Instant },
) => Promise<readonly BookFigures[]>

export type FirstFigures = {
  readonly site: Site
  readonly places: readonly Place[]
  readonly businessDate: LocalDate
  readonly from: Instant
  readonly to: Instant
  /** By currency; nothing was taken when there is none. */
  readonly theirs: readonly BookFigures[]
  readonly ours: readonly BookFigures[]
}

/** A shop that was closed yesterday is shown the newest day on which it took money. */
const DAYS_BACK_MAX = 7

/** Throws `connections.unknown`, `.disconnected`, `.not-live`, `.sign-in-needed`, `.no-books`, and as `signInFault`. */
export async function firstFigures(
  desk: Desk,
  ours: OurFigures,
  tenantId: TenantId,
  id: string,
  now: Instant,
): Promise<readonly FirstFigures[]> {
  const { standing, places, sites } = await desk.database.tenant(tenantId, async (tx) => {
    const standing = await getConfiguration(tx, tenantId, id)
    return { standing, places: await listPlaces(tx, standing), sites: await listSites(tx, tenantId) }
  })
  refuseEnded(standing)
  const live = liveOf(desk.systems, standing.posSystem)
  const { books } = live
  if (books === undefined) {
    throw new Fault('conflict', 'connections.no-books', {
      say: `${spoken(standing.posSystem)} shows no figures of its own. Hold the first day's report of the till against ours instead.`,
    })
  }
  const chosen = places.filter((place) => place.chosen && place.active)
  const theirsOf = async (place: Place, from: Instant, to: Instant) =>
    desk.converse(standing, 'live', (link) => books.figures(link, { location: place.externalId, from, to }))
  try {
    const figures: FirstFigures[] = []
    for (const site of sites) {
      const own = chosen.filter(({ siteId }) => siteId === site.id)
      if (own.length > 0)
        figures.push(
          await ofSite(site, own, now, theirsOf, (from, to) =>
            ours(tenantId, { connectionId: standing.id, siteId: site.id, from, to }),
          ),
        )
    }
    return figures
  } catch (error) {
    const failed = callFailed(error)
    throw failed === null ? error : signInFault({ live, posSystem: standing.posSystem }, failed)
  }
}

async function ofSite(
  site: Site,
  places: readonly Place[],
  now: Instant,
  theirsOf: (place: Place, from: Instant, to: Instant) => Promise<readonly BookFigures[]>,
  oursOf: (from: Instant, to: Instant) => Promise<readonly BookFigures[]>,
): Promise<FirstFigures> {
  const today = businessMoment(now, tradingClock(site)).date
  for (let back = 1; ; back++) {
    const businessDate = addDays(today, -back)
    const { from, to } = spanOf(businessDate, site)
    const told: BookFigures[] = []
    for (const place of places) told.push(...(await theirsOf(place, from, to)))
    const theirs = addedUp(told)
    if (theirs.some(({ payments, refunds }) => payments + refunds > 0) || back === DAYS_BACK_MAX) {
      return { site, places, businessDate, from, to, theirs, ours: addedUp(await oursOf(from, to)) }
    }
  }
}

/** From a business day's beginning until the next one's, on the site's clock. */
export function spanOf(
  date: LocalDate,
  site: Pick<Site, 'timeZone' | 'closeOutMinutes'>,
): { from: Instant; to: Instant } {
  const begin = (day: LocalDate) => instantOf(wallClockOf(day, site.closeOutMinutes * 60_000), site.timeZone).at
  return { from: begin(date), to: begin(addDays(date, 1)) }
}

function addedUp(figures: readonly BookFigures[]): BookFigures[] {
  const byCurrency = new Map<CurrencyCode, BookFigures>()
  for (const one of figures) {
    const sum = byCurrency.get(one.currency)
    byCurrency.set(
      one.currency,
      sum === undefined
        ? one
        : {
            currency: one.currency,
            payments: sum.payments + one.payments,
            paid: sum.paid + one.paid,
            tips: sum.tips + one.tips,
            refunds: sum.refunds + one.refunds,
            refunded: sum.refunded + one.refunded,
          },
    )
  }
  return [...byCurrency.values()].sort((a, b) => (a.currency < b.currency ? -1 : 1))
}
