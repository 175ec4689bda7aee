import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

// Uploads a file of sales, waits until it is recorded, and prints what each of its days brought.
//
//   TILLWIRE_URL=http://localhost:9010 TILLWIRE_API_KEY=tw_live_… TILLWIRE_TENANT=bakery \
//     npx node examples/upload-csv.ts march.csv
//
// The key needs the scopes imports:write and figures:read.

type Import = {
  readonly id: string
  readonly state: 'receiving' | 'detected' | 'queued' | 'running' | 'done' | 'failed'
  readonly rows_read: number
  readonly rows_rejected: number
  readonly first_at: string | null
  readonly last_at: string | null
  readonly detection: { readonly notes: readonly { readonly severity: string; readonly say: string }[] } | null
  readonly fault: { readonly code: string; readonly detail: string } | null
}

type Figures = {
  readonly currency: string
  readonly summary: { readonly total_revenue: number; readonly total_transactions: number }
  readonly daily_trend: readonly { readonly date: string; readonly revenue: number; readonly transactions: number }[]
  readonly coverage: { readonly say: string }
}

const hub = process.env.TILLWIRE_URL ?? 'http://localhost:9010'
const tenant = required('TILLWIRE_TENANT')
const headers = { 'x-api-key': required('TILLWIRE_API_KEY') }
const [file] = process.argv.slice(2)
if (file === undefined) throw new Error('Name a file: npx node examples/upload-csv.ts march.csv')

const received = await ask<Import>(
  `/api/v1/tenants/${tenant}/imports?file_name=${encodeURIComponent(basename(file))}`,
  {
    method: 'POST',
    headers: { 'content-type': 'text/csv' },
    body: createReadStream(file),
    duplex: 'half',
  },
)
const done = await finished(received)
console.log(`${done.rows_read} rows read, ${done.rows_rejected} of them rejected.`)

if (done.first_at !== null && done.last_at !== null) {
  // A business day may begin the evening before: one day more at either end misses none.
  const figures = await ask<Figures>('/api/pos-integrations/analytics', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ from: dayOf(done.first_at, -1), to: dayOf(done.last_at, 1) }),
  })
  for (const { date, revenue, transactions } of figures.daily_trend) {
    if (transactions > 0) console.log(`${date}  ${revenue.toFixed(2)} ${figures.currency}  ${transactions} sales`)
  }
  const { total_revenue, total_transactions } = figures.summary
  console.log(`Together ${total_revenue.toFixed(2)} ${figures.currency} in ${total_transactions} sales.`)
  console.log(figures.coverage.say)
}

/** Follows an import to its end. One that waits for a person says what is in doubt, and is left to them. */
async function finished(one: Import): Promise<Import> {
  if (one.state === 'done') return one
  if (one.fault !== null) throw new Error(`${one.fault.detail} [${one.fault.code}]`)
  if (one.state === 'detected') {
    const doubts = one.detection?.notes.filter(({ severity }) => severity === 'confirm') ?? []
    throw new Error(`Confirm this file in the dashboard first: ${doubts.map(({ say }) => say).join(' ')}`)
  }
  await sleep(200)
  return finished(await ask<Import>(`/api/v1/tenants/${tenant}/imports/${one.id}`))
}

/** One request with the key; a refusal is thrown with the hub's own sentence. */
async function ask<T>(path: string, init: RequestInit & { duplex?: 'half' } = {}): Promise<T> {
  const answer = await fetch(new URL(path, hub), { ...init, headers: { ...headers, ...init.headers } })
  const body = (await answer.json()) as T & { readonly detail?: string; readonly code?: string }
  if (!answer.ok) throw new Error(`${body.detail} [${body.code}]`)
  return body
}

function dayOf(moment: string, shift: number): string {
  return new Date(Date.parse(moment) + shift * 86_400_000).toISOString().slice(0, 10)
}

function required(name: string): string {
  const value = process.env[name]
  if (value === undefined || value === '') throw new Error(`Set ${name}.`)
  return value
}
