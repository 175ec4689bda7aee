import { createHmac, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'undici'

// Sends webhooks, in a process of its own, so that making the load takes nothing from who is measured but the cores.
//   paced   so many a second, each at its moment whatever became of those before; times count from that moment
//   full    so many in flight, always

export type Load = {
  readonly url: string
  /** What the signature covers beside the body. */
  readonly signedUrl: string
  readonly secret: string
  readonly merchants: readonly string[]
  readonly count: number
  readonly pace: { readonly perSecond: number } | { readonly inFlight: number }
}

export type LoadResult = {
  readonly seconds: number
  readonly refused: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

type Shot = { readonly body: string; readonly signature: string }

async function fire(load: Load): Promise<LoadResult> {
  // Made and signed before the clock starts.
  const shots = Array.from({ length: load.count }, (_, nth) => shot(load, nth))
  const target = new URL(load.url)
  const inFlight = 'inFlight' in load.pace ? load.pace.inFlight : 256
  const pool = new Pool(target.origin, { connections: inFlight, pipelining: 1 })
  const times: number[] = []
  let refused = 0
  const send = async ({ body, signature }: Shot, from: number) => {
    const headers = { 'content-type': 'application/json', 'x-square-hmacsha256-signature': signature }
    const answer = await pool.request({ path: target.pathname, method: 'POST', body, headers })
    await answer.body.dump()
    if (answer.statusCode !== 200) refused++
    times.push(performance.now() - from)
  }
  const began = performance.now()
  if ('perSecond' in load.pace) await paced(shots, load.pace.perSecond, send)
  else await full(shots, load.pace.inFlight, send)
  const seconds = (performance.now() - began) / 1_000
  await pool.close()
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN
  return { seconds, refused, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) }
}

async function paced(
  shots: readonly Shot[],
  perSecond: number,
  send: (shot: Shot, from: number) => Promise<void>,
): Promise<void> {
  const began = performance.now()
  const sent: Promise<void>[] = []
  for (const [nth, one] of shots.entries()) {
    const due = began + (nth * 1_000) / perSecond
    if (due > performance.now()) await sleep(due - performance.now())
    sent.push(send(one, due))
  }
  await Promise.all(sent)
}

async function full(
  shots: readonly Shot[],
  inFlight: number,
  send: (shot: Shot, from: number) => Promise<void>,
): Promise<void> {
  let next = 0
  const worker = async () => {
    for (let one = shots[next++]; one !== undefined; one = shots[next++]) await send(one, performance.now())
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
}

function shot({ merchants, signedUrl, secret }: Load, nth: number): Shot {
  const id = randomUUID()
  const at = new Date(Date.now() - 1_000).toISOString()
  const money = (amount: number) => ({ amount, currency: 'USD' })
  const body = JSON.stringify({
    merchant_id: merchants[nth % merchants.length],
    type: nth % 2 === 0 ? 'payment.created' : 'payment.updated',
    event_id: randomUUID(),
    created_at: at,
    data: {
      type: 'payment',
      id,
      object: {
        payment: {
          id,
          created_at: at,
          updated_at: at,
          amount_money: money(1_250 + (nth % 900)),
          tip_money: money(nth % 3 === 0 ? 200 : 0),
          total_money: money(1_450 + (nth % 900)),
          approved_money: money(1_450 + (nth % 900)),
          status: 'COMPLETED',
          source_type: 'CARD',
          card_details: {
            status: 'CAPTURED',
            card: { card_brand: 'VISA', last_4: '1111', exp_month: 11, exp_year: 2030, card_type: 'CREDIT' },
            entry_method: 'EMV',
            cvv_status: 'CVV_ACCEPTED',
            auth_result_code: 'nsAyY2',
            statement_description: 'CORNER CAFE',
          },
          location_id: `L${nth % 3}`,
          order_id: randomUUID(),
          receipt_number: id.slice(0, 4),
          receipt_url: `https://receipts.example/${id}`,
          version_token: id,
        },
      },
    },
  })
  const signature = createHmac('sha256', secret).update(signedUrl).update(body).digest('base64')
  return { body, signature }
}

process.on('message', (load: Load) => {
  void fire(load).then((result) => process.send?.(result))
})
