import { createHmac, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

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

/** A whole request, signed and written out. */
type Shot = Buffer

async function fire(load: Load): Promise<LoadResult> {
  // Made and signed before the clock starts.
  const shots = Array.from({ length: load.count }, (_, nth) => shot(load, nth))
  const inFlight = 'inFlight' in load.pace ? load.pace.inFlight : 256
  const lines = await Promise.all(Array.from({ length: inFlight }, () => openLine(new URL(load.url))))
  const free = [...lines]
  const waiting: ((line: Line) => void)[] = []
  const times: number[] = []
  let refused = 0
  const send = async (one: Shot, from: number) => {
    const line = free.pop() ?? (await new Promise<Line>((resolve) => waiting.push(resolve)))
    if (!(await line.ask(one))) refused++
    times.push(performance.now() - from)
    const next = waiting.shift()
    if (next === undefined) free.push(line)
    else next(line)
  }
  const began = performance.now()
  if ('perSecond' in load.pace) await paced(shots, load.pace.perSecond, send)
  else await full(shots, load.pace.inFlight, send)
  const seconds = (performance.now() - began) / 1_000
  for (const line of lines) line.end()
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN
  return { seconds, refused, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) }
}

type Line = { ask(request: Shot): Promise<boolean>; end(): void }

/** A connection with one request on its way at a time. Reading an answer costs next to nothing, so that the cores are theirs
 * who are measured: its status line tells, and its end is where its length says. */
async function openLine({ hostname, port }: URL): Promise<Line> {
  const socket = connect({ host: hostname, port: Number(port), noDelay: true })
  await once(socket, 'connect')
  let heard = ''
  let answered: ((well: boolean) => void) | null = null
  socket.setEncoding('latin1')
  socket.on('data', (text: string) => {
    heard += text
    const headEnds = heard.indexOf('\r\n\r\n')
    if (headEnds === -1) return
    const length = Number(/content-length: (\d+)/i.exec(heard)?.[1] ?? 0)
    if (heard.length < headEnds + 4 + length) return
    const well = heard.startsWith('HTTP/1.1 200')
    heard = ''
    answered?.(well)
  })
  socket.on('error', () => answered?.(false))
  return {
    ask: (request) =>
      new Promise((resolve) => {
        answered = resolve
        socket.write(request)
      }),
    end: () => socket.destroy(),
  }
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
    const early = due - performance.now()
    if (early > 0) await sleep(early)
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

function shot({ url, merchants, signedUrl, secret }: Load, nth: number): Shot {
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
  const { pathname, host } = new URL(url)
  const head = [
    `POST ${pathname} HTTP/1.1`,
    `host: ${host}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-square-hmacsha256-signature: ${signature}`,
  ]
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`)
}

process.on('message', (load: Load) => {
  void fire(load).then((result) => process.send?.(result))
})
