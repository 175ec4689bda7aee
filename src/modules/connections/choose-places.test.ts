import fc from 'fast-check'
import { expect, test } from 'vitest'
import { currencyCode } from '#kernel/currency.ts'
import { type Id, newId } from '#kernel/ids.ts'
import { zoneName } from '#kernel/zone.ts'
import { type Site, slugOf } from '#modules/sites/sites.ts'
import { type PlaceChoice, planPlaces, type SiteDefaults } from './choose-places.ts'
import type { Place } from './places.ts'

// Which site each place is filed at, for any places and any sites.

const ZONES = ['Europe/Berlin', 'Asia/Tokyo', 'America/St_Johns'] as const
const NAMES = ['Main', 'main', ' Harbour ', 'Harbour', 'Straße 5', '東京', 'Hill & Sons', 'x'.repeat(130)]
const defaults: SiteDefaults = {
  timeZone: zoneName('Europe/Berlin'),
  currency: currencyCode('EUR'),
  closeOutMinutes: 0,
}

const currency = fc.constantFrom('EUR', 'JPY', 'KWD').map(currencyCode)
const site: fc.Arbitrary<Site> = fc
  .record({ name: fc.constantFrom(...NAMES), timeZone: fc.constantFrom(...ZONES).map(zoneName), currency })
  .map((one) => ({ ...one, id: newId(), slug: slugOf(one.name), closeOutMinutes: 0 }))
const sites = fc.uniqueArray(site, { selector: ({ slug }) => slug, maxLength: 5 })
const place = fc.record({
  name: fc.constantFrom(...NAMES),
  active: fc.boolean(),
  currency: fc.option(currency),
  timeZone: fc.option(fc.constantFrom(...ZONES, 'Mars/Olympus', '')),
})

function choicesOf(
  drawn: readonly Omit<Place, 'externalId' | 'country' | 'chosen' | 'siteId'>[],
  before: readonly (Id | null)[],
) {
  return drawn.map((one, index): PlaceChoice => {
    const known = { externalId: `p${index}`, country: null, chosen: true, siteId: before[index] ?? null }
    return { place: { ...one, ...known }, site: 'auto', pointer: '' }
  })
}

test('every place has one site that takes its money, new sites have handles of their own, and no rule shares a site', () => {
  fc.assert(
    fc.property(fc.array(place, { maxLength: 8 }), sites, fc.boolean(), (drawn, standing, isBlank) => {
      const blank = isBlank && standing.length === 1 ? (standing[0] ?? null) : null
      const choices = choicesOf(drawn, [])
      const plan = planPlaces(choices, standing, blank, defaults)
      expect(plan.map(({ externalId }) => externalId)).toEqual(choices.map((one) => one.place.externalId))
      const used: string[] = []
      for (const [index, planned] of plan.entries()) {
        const { place } = choices[index] as PlaceChoice
        const at =
          planned.kind === 'create'
            ? planned.draft
            : standing.find(({ id }) => id === (planned.kind === 'site' ? planned.siteId : planned.site.id))
        if (place.currency !== null) expect(at?.currency).toBe(place.currency)
        expect(at?.name.length).toBeLessThanOrEqual(130)
        used.push(planned.kind === 'create' ? `new ${planned.draft.slug}` : (at?.slug ?? 'none'))
        if (planned.kind === 'create') expect(standing.map(({ slug }) => slug)).not.toContain(planned.draft.slug)
        if (planned.kind === 'adopt') expect(place.active).toBe(true)
      }
      expect(new Set(used).size).toBe(used.length)
    }),
  )
})

test('a place that was filed somewhere before goes on there', () => {
  fc.assert(
    fc.property(fc.array(place, { minLength: 1, maxLength: 4 }), sites, fc.nat(), (drawn, standing, pick) => {
      fc.pre(standing.length > 0)
      const before = standing[pick % standing.length] as Site
      const money = drawn.map((one) => ({ ...one, currency: before.currency }))
      const plan = planPlaces(
        choicesOf(
          money,
          money.map(() => before.id),
        ),
        standing,
        null,
        defaults,
      )
      expect(plan).toEqual(money.map((_, index) => ({ externalId: `p${index}`, kind: 'site', siteId: before.id })))
    }),
  )
})

test('a namesake comes before the blank site, and a site of other money is nobody’s namesake', () => {
  const named = (name: string, money: string): Site => ({
    id: newId(),
    name,
    slug: slugOf(name),
    timeZone: defaults.timeZone,
    currency: currencyCode(money),
    closeOutMinutes: 0,
  })
  const blank = named('Harbour', 'EUR')
  const draw = (name: string, money: string) =>
    ({ name, active: true, currency: currencyCode(money), timeZone: 'Europe/Berlin' }) as const
  const plan = planPlaces(choicesOf([draw('Hill', 'EUR'), draw('harbour', 'EUR')], []), [blank], blank, defaults)
  expect(plan).toMatchObject([
    { kind: 'create', draft: { slug: 'hill' } },
    { kind: 'site', siteId: blank.id },
  ])
  const foreign = planPlaces(choicesOf([draw('Harbour', 'JPY')], []), [blank], blank, defaults)
  expect(foreign).toMatchObject([{ kind: 'create', draft: { slug: 'harbour-2', currency: 'JPY' } }])
})

test('what a person says is done, or refused where the money differs', () => {
  const eur: Site = { ...defaults, id: newId(), name: 'Main', slug: 'main' }
  const one: Place = {
    externalId: 'p',
    name: 'Main',
    active: true,
    currency: currencyCode('JPY'),
    timeZone: 'Asia/Tokyo',
    country: null,
    chosen: false,
    siteId: null,
  }
  const choose = (site: PlaceChoice['site'], place: Place) =>
    planPlaces([{ place, site, pointer: '/places/0/site_id' }], [eur], null, defaults)
  expect(() => choose({ id: eur.id }, one)).toThrow(/JPY/)
  expect(() => choose({ id: newId() }, one)).toThrow(/does not exist/)
  expect(choose({ id: eur.id }, { ...one, currency: null })).toEqual([
    { externalId: 'p', kind: 'site', siteId: eur.id },
  ])
  expect(choose('new', { ...one, currency: eur.currency })).toMatchObject([
    { kind: 'create', draft: { slug: 'main-2' } },
  ])
})
