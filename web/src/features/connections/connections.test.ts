import { describe, expect, test } from 'vitest'
import type { Connection, Sync, SyncStatus } from '../../app/wire.ts'
import { type HealthFacts, healthOf } from './health.ts'
import { beginningOf } from './queries.ts'
import { readConnectionSearch, readConnectionsSearch } from './search.ts'

const NOW = Date.parse('2026-11-20T12:00:00Z')

const connection: Connection = {
  id: 'c',
  pos_system: 'square',
  name: 'Till',
  state: 'active',
  state_reason: null,
  state_since: '2026-01-01T00:00:00Z',
  location_id: null,
  environment: 'production',
  account: { id: 'M', name: 'Shop' },
  has_credentials: true,
  credentials: null,
  data_types: ['sales'],
  missing_permissions: [],
  checked_at: null,
  check: 'ok',
  locations: 'all',
  push: null,
  sync: { backfill_from: null, webhooks: true },
  webhooks: { state: 'subscribed', say: 'Told at once.', reason: null, url: null, checked_at: null },
  confirmed_at: null,
  doubt: null,
  created_at: '2026-01-01T00:00:00Z',
}

const run = (mode: Sync['mode'], state: Sync['state'], more: Partial<Sync> = {}): Sync =>
  ({
    mode,
    state,
    error: null,
    due_at: null,
    finished_at: '2026-11-20T11:59:00Z',
    moved_at: '2026-11-20T11:59:00Z',
    progress: { covered_from: null },
    ...more,
  }) as Sync

const status = (current: readonly Sync[], recent: readonly Sync[]): SyncStatus =>
  ({ current, recent, coverage: [], cursor: [], next: null, due_reads: {} }) as unknown as SyncStatus

const facts = (change: Partial<HealthFacts> = {}): HealthFacts => ({
  connection,
  sync: status([], [run('incremental', 'done')]),
  told: null,
  newestSaleAt: '2026-11-20T11:00:00Z',
  zone: 'Europe/Berlin',
  now: NOW,
  ...change,
})

describe('how a connection does', () => {
  const of = (change: Partial<HealthFacts>) => healthOf(facts(change)).state
  const withState = (change: Partial<Connection>) => ({ connection: { ...connection, ...change } })

  test('is live when nothing is wrong, told or asked', () => {
    expect(of({})).toBe('live')
    const off = withState({ webhooks: { state: 'off', say: '', reason: null, url: null, checked_at: null } })
    expect(healthOf(facts(off)).state).toBe('live')
    expect(healthOf(facts(off)).say).not.toBe(healthOf(facts()).say)
  })

  test('names the worst first that a person can do something about', () => {
    const failed = status([run('backfill', 'running')], [run('incremental', 'failed')])
    expect(of({ ...withState({ state: 'needs_sign_in' }), sync: failed })).toBe('needs_sign_in')
    expect(of({ ...withState({ state: 'disconnected' }), sync: failed })).toBe('disconnected')
    expect(of({ ...withState({ locations: [] }) })).toBe('places')
    expect(of({ sync: failed })).toBe('failed')
    expect(of({ sync: status([run('backfill', 'running')], []) })).toBe('catching_up')
    const waiting = run('backfill', 'waiting', { due_at: '2026-11-20T12:05:00Z' })
    expect(healthOf(facts({ sync: status([waiting], []) }))).toMatchObject({
      state: 'waiting',
      say: expect.stringContaining('in 5 minutes'),
    })
  })

  test('does not hold a failure from before the sign-in was mended against it', () => {
    const since = withState({ state_since: '2026-11-20T11:59:30Z' })
    expect(of({ ...since, sync: status([], [run('incremental', 'failed')]) })).toBe('live')
  })

  test('says that news waits, that nobody tells, and that nobody sells', () => {
    const told = (lag: number) => ({ connection_id: 'c', name: 'Till', last_event_at: null, lag_seconds: lag }) as never
    expect(of({ told: told(30) })).toBe('live')
    expect(of({ told: told(90) })).toBe('behind')
    const gone = withState({ webhooks: { state: 'missing', say: 'Gone.', reason: null, url: null, checked_at: null } })
    expect(healthOf(facts(gone))).toMatchObject({ state: 'webhooks', say: 'Gone.' })
    expect(of({ newestSaleAt: '2026-11-17T12:00:00Z' })).toBe('live')
    expect(of({ newestSaleAt: '2026-11-16T11:00:00Z' })).toBe('silent')
  })
})

test('a day begins on the shop’s clock, also when the clocks change', () => {
  expect(beginningOf('2026-11-20', 'Europe/Berlin')).toBe('2026-11-19T23:00:00.000Z')
  expect(beginningOf('2026-07-01', 'America/New_York')).toBe('2026-07-01T04:00:00.000Z')
  // Germany goes back to winter time in the night to the 25th.
  expect(beginningOf('2026-10-25', 'Europe/Berlin')).toBe('2026-10-24T22:00:00.000Z')
  expect(beginningOf('2026-10-26', 'Europe/Berlin')).toBe('2026-10-25T23:00:00.000Z')
  expect(beginningOf('2026-01-01', 'Asia/Kathmandu')).toBe('2025-12-31T18:15:00.000Z')
})

test('a mistyped address is the plain screen', () => {
  expect(readConnectionSearch({ tab: 'nothing', step: 3, outcome: 'x', type: '', from: 'soon', to: null })).toEqual({})
  expect(readConnectionSearch({ tab: 'webhooks', outcome: 'failed', type: 'a.b', from: '2026-01-01' })).toEqual({
    tab: 'webhooks',
    outcome: 'failed',
    type: 'a.b',
    from: '2026-01-01',
  })
  expect(readConnectionsSearch({ error: '<script>' })).toEqual({})
  expect(readConnectionsSearch({ error: 'connections.oauth-state' })).toEqual({ error: 'connections.oauth-state' })
})
