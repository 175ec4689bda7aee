import { businessMoment } from '#canon/business-day.ts'
import { addDays, type Instant, instant, instantText, localDate } from '#kernel/instant.ts'
import { dateOf, wallClockAt, type ZoneName, zoneName } from '#kernel/zone.ts'
import { type Check, dice, expect, expectNone, expectSame } from '../check.ts'
import type { PlaceWish } from '../stage.ts'
import { differences, tally, tallyOf } from '../tally.ts'
import { ago, DAY, HOUR, type Hub, type Trial } from '../trial.ts'
import { booksOf, countOf, expectBooksAgree, placeOf, pullAll } from './shop.ts'

// Where and when: every place of an account, however many, and every sale on the day of its place.

const PLACES_MAX = 500

export const PLACE_CHECKS: readonly Check[] = [
  {
    name: 'locations/every-one',
    says: 'all places of an account are listed, with their currency and their clock',
    needs: ['live'],
    run: async (trial) => {
      for (const count of countsOf(trial)) {
        const hub = await trial.open({ places: Array.from({ length: count }, () => trial.stage.home) })
        const found = await hub.locations()
        const listed = new Set(found.map(({ id }) => id))
        expect(listed.size === found.length, `a place is listed twice among ${count}`)
        const missing = hub.provider.places.filter(({ id }) => !listed.has(id))
        expectNone(
          `places of ${count} that are not listed`,
          missing.map(({ id }) => id),
        )
        for (const place of hub.provider.places) {
          const told = found.find(({ id }) => id === place.id)
          expect(told?.currency === null || told?.currency === place.currency, 'a place has another currency')
          expect(told?.timeZone === null || told?.timeZone === place.zone, 'a place has another time zone')
        }
      }
    },
  },
  {
    name: 'locations/sales-of-every-one',
    says: 'with 1 to 500 places, each place’s sales are read once',
    needs: ['live', 'sales'],
    run: async (trial) => {
      for (const count of countsOf(trial)) {
        const hub = await trial.open({ places: Array.from({ length: count }, () => trial.stage.home) })
        const now = hub.provider.now()
        for (const { id } of hub.provider.places) {
          await hub.sell({
            place: id,
            count: 1,
            situation: null,
            from: ago(now, DAY),
            to: ago(now, HOUR),
            seed: trial.seed,
          })
        }
        await hub.provider.advance(HOUR)
        await pullAll(hub)
        await expectBooksAgree(hub)
      }
    },
  },
  {
    name: 'time/clock-changes',
    says: 'sales around both clock changes fall on the day and in the hour of their place',
    needs: ['live', 'sales'],
    run: async (trial) => {
      for (const [zone, ...changes] of CLOCK_CHANGES) {
        await onTheirDays(
          trial,
          zoneName(zone),
          changes.map((at) => instant(Date.parse(at))),
        )
      }
    },
  },
  {
    name: 'time/far-zones',
    says: 'from UTC−11 to UTC+14 sales fall on the day of their place',
    needs: ['live', 'sales'],
    run: async (trial) => {
      for (const zone of FAR_ZONES) {
        await onTheirDays(trial, zoneName(zone), [instant(Date.parse('2026-05-01T00:00:00Z'))])
      }
    },
  },
]

const CLOCK_CHANGES = [
  ['Europe/Berlin', '2025-10-26T01:00:00Z', '2026-03-29T01:00:00Z'],
  ['America/New_York', '2025-11-02T06:00:00Z', '2026-03-08T07:00:00Z'],
  ['Australia/Lord_Howe', '2026-04-04T15:00:00Z'],
] as const

const FAR_ZONES = ['Pacific/Pago_Pago', 'Pacific/Kiritimati', 'Asia/Kathmandu', 'Pacific/Chatham'] as const

/** One, what a window may speak of, one more than that, some number, and the most there may be. */
function countsOf({ live, stage, seed }: Trial): readonly number[] {
  const most = Math.min(stage.placesMax, PLACES_MAX)
  const lot = Math.max(1, ...live.pull.streams.map(({ locationsMax }) => Math.min(locationsMax ?? 1, PLACES_MAX)))
  const counts = [1, lot, lot + 1, 2 + dice(seed)(Math.max(1, Math.min(most, 60) - 1)), most]
  return [...new Set(counts.filter((count) => count <= most))]
}

async function onTheirDays(trial: Trial, zone: ZoneName, moments: readonly Instant[]): Promise<void> {
  const place: PlaceWish = { ...trial.stage.home, zone }
  const hub = await trial.open({ places: [place] })
  for (const [nth, at] of moments.entries()) {
    for (const hour of [-14, -2, -1, 0, 1, 13]) {
      const from = instant(at + hour * HOUR)
      await hub.sell({
        count: 1,
        situation: null,
        from,
        to: instant(from + HOUR),
        seed: trial.seed + nth * 100 + hour + 20,
      })
    }
  }
  await hub.provider.advance(HOUR)
  expect(countOf(await booksOf(hub, placeOf(hub))) > 0, 'the stage sold nothing')
  const now = hub.provider.now()
  await hub.pull({ from: ago(now, 300 * DAY), to: now })
  await hub.settle()
  await hub.follow(now)
  await expectBooksAgree(hub)
  for (const at of moments) {
    await expectHours(hub, at)
    await expectDays(hub, zone, at)
  }
}

/** Hour by hour, for a clock that is read wrongly is wrong by whole hours. */
async function expectHours(hub: Hub, around: Instant): Promise<void> {
  const place = placeOf(hub)
  for (let hour = -16; hour <= 16; hour++) {
    const span = { place, from: instant(around + hour * HOUR), to: instant(around + (hour + 1) * HOUR) }
    const found = differences(await hub.provider.books(span), tally(hub.facts(), span))
    expectNone(`the books of an hour from ${instantText(span.from)} differ`, found)
  }
}

/** Day by day on the clock of the place as the connector tells it, against days that the provider counts itself. */
async function expectDays(hub: Hub, zone: ZoneName, around: Instant): Promise<void> {
  const [told] = await hub.locations()
  expectSame('the time zone of the place', told?.timeZone ?? zone, zone)
  const clock = { zone: zoneName(told?.timeZone ?? zone), closeOutMinutes: 0 }
  const middle = localDate(dateOf(wallClockAt(around, zone)))
  for (const shift of [-2, -1, 0, 1, 2]) {
    const day = addDays(middle, shift)
    const ours = tallyOf(hub.facts(), (at) => businessMoment(at, clock).date === day)
    const theirs = await hub.provider.books({ place: placeOf(hub), day })
    expectNone(`the books of ${day} in ${zone} differ`, differences(theirs, ours))
  }
}
