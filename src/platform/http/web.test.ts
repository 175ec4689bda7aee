import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createServer } from './server.ts'
import { useBakery } from './test-bakery.ts'

const hub = useBakery()
let app: FastifyInstance
let dir = ''

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'tillwire-web-'))
  await mkdir(path.join(dir, 'assets'))
  await writeFile(path.join(dir, 'index.html'), '<!doctype html><title>Dashboard</title>')
  await writeFile(path.join(dir, 'assets', 'app-1a2b3c.js'), 'export {}')
  app = await createServer(hub.options({ webDir: dir }))
})
afterAll(async () => {
  await app.close()
  await rm(dir, { recursive: true })
})

const page = { accept: 'text/html,application/xhtml+xml' }

test('a page of the dashboard is found at its own address, also when it is reloaded there', async () => {
  for (const url of ['/', '/pos-integrations', '/sales/019a1f82', '/enter']) {
    const answer = await app.inject({ url, headers: page })
    expect([url, answer.statusCode, answer.headers['cache-control']]).toEqual([url, 200, 'no-cache'])
    expect(answer.body).toContain('<title>Dashboard</title>')
  }
})

test('a file with a hash in its name is kept for ever', async () => {
  const answer = await app.inject('/assets/app-1a2b3c.js')
  expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable')
  expect(answer.headers['content-type']).toContain('javascript')
})

test('what is missing is missing, and never a page', async () => {
  for (const url of ['/assets/gone.js', '/api/v1/nothing', '/metricsy/..%2f..%2fetc/passwd']) {
    const answer = await app.inject({ url })
    expect([url, answer.statusCode]).toEqual([url, 404])
    expect(answer.headers['content-type']).toContain('application/problem+json')
  }
  expect((await app.inject({ url: '/api/v1/nothing', headers: page })).statusCode).toBe(404)
  expect((await app.inject({ url: '/..%2f..%2fetc%2fpasswd', headers: page })).body).not.toContain('root:')
})
