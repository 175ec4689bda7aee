import { expect, test } from 'vitest'
import { createMetrics } from './metrics.ts'

test('every metric carries our name, and two hubs of one process do not share theirs', async () => {
  const one = createMetrics()
  const other = createMetrics()
  one.counter('tillwire_things_total', 'Things.').inc(3)
  const { body } = await one.text()
  const names = body
    .split('\n')
    .filter((line) => line.startsWith('# TYPE'))
    .map((line) => line.split(' ')[2])
  expect(names).toContain('tillwire_things_total')
  expect(names.filter((name) => !name?.startsWith('tillwire_'))).toEqual([])
  expect((await other.text()).body).not.toContain('tillwire_things_total')
})

test('a request is counted in seconds by its route', async () => {
  const metrics = createMetrics()
  metrics.observeRequest({ method: 'GET', route: '/api/v1/tenants/:tenant_id', status: 200 }, 0.02)
  expect((await metrics.text()).body).toContain(
    'tillwire_http_request_duration_seconds_bucket{le="0.025",method="GET",route="/api/v1/tenants/:tenant_id",status="200"} 1',
  )
})
