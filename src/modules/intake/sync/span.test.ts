import fc from 'fast-check'
import { expect, test } from 'vitest'
import { instant } from '#kernel/instant.ts'
import { cutFrom, EARLIEST, FIRST_SPAN_MS, nextSpan, PAGES_AIM, periodFrom, SPAN_MIN_MS } from './span.ts'

const DAY_MS = 86_400_000
const now = instant(Date.UTC(2026, 9, 1))

test('periods reach the end without a gap, whatever they are found to hold', () => {
  const held = fc.record({ pagesPerWindow: fc.double({ min: 0, max: 5_000, noNaN: true }), isEmpty: fc.boolean() })
  fc.assert(
    fc.property(fc.array(held, { minLength: 1, maxLength: 20 }), fc.integer({ min: 0, max: 9_000 }), (found, days) => {
      const end = instant(now - days * DAY_MS)
      let frontier = now
      let span = FIRST_SPAN_MS
      let emptyMs = 0
      let periods = 0
      for (; frontier > end; periods++) {
        const from = periodFrom(frontier, span, end, emptyMs)
        expect(from).toBeLessThan(frontier)
        expect(from).toBeGreaterThanOrEqual(end)
        // Once the list of findings is at its end, nothing more is found.
        const density = found[periods] ?? { pagesPerWindow: 0, isEmpty: true }
        emptyMs = density.isEmpty ? emptyMs + (frontier - from) : 0
        span = nextSpan(span, density)
        frontier = from
      }
      expect(frontier).toBeLessThanOrEqual(end)
      expect(periods).toBeLessThan(found.length + 12)
    }),
  )
})

test('a steady trade is soon read in windows of about ten pages', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 400, noNaN: true }), (pagesPerDay) => {
      let span = FIRST_SPAN_MS
      for (let i = 0; i < 12; i++) {
        span = nextSpan(span, { pagesPerWindow: (span / DAY_MS) * pagesPerDay, isEmpty: false })
      }
      expect((span / DAY_MS) * pagesPerDay).toBeCloseTo(PAGES_AIM, 3)
    }),
  )
})

test('twenty-five empty years are a handful of periods', () => {
  let frontier = now
  let span = FIRST_SPAN_MS
  let emptyMs = 0
  let periods = 0
  while (frontier > EARLIEST) {
    const from = periodFrom(frontier, span, EARLIEST, emptyMs)
    emptyMs += frontier - from
    frontier = from
    span = nextSpan(span, { pagesPerWindow: 0, isEmpty: true })
    periods++
  }
  expect(periods).toBeLessThanOrEqual(5)
})

test('a period whose first pages show far too much is cut to its newest part', () => {
  const from = instant(now - 400 * DAY_MS)
  expect(cutFrom(from, instant(from + DAY_MS), now)).toBe(now - 10 * DAY_MS)
  expect(cutFrom(from, instant(from + 40 * DAY_MS), now)).toBeNull()
  // Nothing for most of the period, then very much: the second page shows it.
  const busy = instant(now - 100 * DAY_MS)
  expect(cutFrom(from, busy, now)).toBeNull()
  expect(cutFrom(busy, instant(busy + DAY_MS), now)).toBe(now - 10 * DAY_MS)
})

test('a cut always makes a period shorter and never too short, even where all is of one instant', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9_000 * DAY_MS }), fc.nat(), (length, offset) => {
      const since = instant(now - length)
      const cut = cutFrom(since, instant(since + (offset % (length + 1))), now)
      if (cut === null) return
      expect(cut).toBeGreaterThan(since)
      expect(now - cut).toBeGreaterThanOrEqual(SPAN_MIN_MS)
    }),
  )
})
