import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { StageClock } from '../stage/clock.ts'
import { type Act, controlRoutes } from '../stage/control.ts'
import type { FaultOrder, FaultState } from '../stage/faults.ts'
import { WireFaults } from '../stage/wire.ts'
import { Cloud, digitsOf, type SentMessage, type Template } from './cloud.ts'
import { type GraphCode, GraphRefusal, unknownObject } from './graph-error.ts'
import { draftOf } from './message.ts'

// The simulator as a whole: the messages address of Meta's Cloud API for one number, and the control addresses.

export type StartOptions = {
  /** 0, the standard, takes any free port. */
  readonly port?: number
  readonly host?: string
  /** One clock for all simulators of a process; its own, with real time, if not given. */
  readonly clock?: StageClock
  readonly seed?: string
  /** Besides `hello_world` in en_US, which everybody has. */
  readonly templates?: readonly Template[]
}

export type RunningWhatsApp = {
  readonly provider: 'whatsapp'
  readonly baseUrl: string
  readonly controlUrl: string
  readonly credentials: { readonly access_token: string; readonly phone_number_id: string }
  readonly clock: StageClock
  readonly cloud: Cloud
  /** Everything that was sent, in order; to one number only if it is named. */
  sent(to?: string): readonly SentMessage[]
  fault(order: FaultOrder): FaultState
  act(name: string, order?: Readonly<Record<string, unknown>>): unknown
  close(): Promise<void>
}

const CONTROL_PREFIX = '/__control'
const CALL = 'messages.send'
const HELLO: Template = { name: 'hello_world', language: 'en_US', parameters: 0 }

export async function startWhatsApp(options: StartOptions = {}): Promise<RunningWhatsApp> {
  const clock = options.clock ?? new StageClock()
  const cloud = new Cloud({ clock, seed: options.seed ?? 'whatsapp', templates: [HELLO, ...(options.templates ?? [])] })
  const server = Fastify({ bodyLimit: 1024 * 1024, forceCloseConnections: true, exposeHeadRoutes: false })
  const wire = new WireFaults()
  messageRoute(server, cloud, wire)
  const acts = actsOf(cloud)
  const sent = (to?: string) => cloud.sent.filter((each) => to === undefined || each.to === digitsOf(to))
  const { faults, requests } = cloud
  controlRoutes(server, CONTROL_PREFIX, {
    clock,
    faults,
    requests,
    acts,
    sell: nothingToSell,
    books: () => booksOf(cloud),
  })
  server.get(`${CONTROL_PREFIX}/sent`, (request) => ({ sent: sent((request.query as { to?: string }).to) }))
  const baseUrl = await server.listen({ port: options.port ?? 0, host: options.host ?? '127.0.0.1' })
  return {
    provider: 'whatsapp',
    baseUrl,
    controlUrl: `${baseUrl}${CONTROL_PREFIX}`,
    credentials: { access_token: cloud.accessToken, phone_number_id: cloud.phoneNumberId },
    clock,
    cloud,
    sent,
    fault: (order) => faults.set(order),
    act(name, order = {}) {
      const act = acts[name]
      if (act === undefined) throw new RangeError(`There is no act "${name}".`)
      return act.run(order)
    },
    async close() {
      // A clock of its own dies with it; one that others share goes on.
      if (options.clock === undefined) clock.close()
      wire.close()
      await server.close()
      if (cloud.bugs.length > 0) throw new AggregateError(cloud.bugs, 'The WhatsApp simulator failed while it served.')
    },
  }
}

/** What a simulator that runs alone prints as its one line. */
export function whatsAppLine(running: RunningWhatsApp) {
  return {
    provider: running.provider,
    base_url: running.baseUrl,
    credentials: running.credentials,
    locations: [],
    control_url: running.controlUrl,
  }
}

function nothingToSell(): never {
  throw new RangeError('Nothing is sold here; see GET /sent.')
}

function booksOf({ sent }: Cloud): unknown {
  const of = (type: SentMessage['type']) => sent.filter((each) => each.type === type).length
  return { sent: sent.length, texts: of('text'), templates: of('template') }
}

function actsOf(cloud: Cloud): Readonly<Record<string, Act>> {
  return {
    'write-in': {
      says: 'Somebody writes to the business, which may answer in its own words for a day: { from }.',
      run: ({ from }) => cloud.wrote(String(from)),
    },
    'lose-number': {
      says: 'A number has no WhatsApp any more: { number }.',
      run: ({ number }) => cloud.setReachable(String(number), false),
    },
    'find-number': {
      says: 'A number has WhatsApp again: { number }.',
      run: ({ number }) => cloud.setReachable(String(number), true),
    },
    'add-template': {
      says: 'Meta approves a template: { template, language, parameters }.',
      run: ({ template, language, parameters }) =>
        cloud.addTemplate({
          name: String(template),
          language: String(language ?? 'en_US'),
          parameters: typeof parameters === 'number' ? parameters : 0,
        }),
    },
    'renew-token': {
      says: 'The access token ends and a new one is given out. Answers it.',
      run: () => cloud.renewToken(),
    },
  }
}

function messageRoute(server: FastifyInstance, cloud: Cloud, wire: WireFaults): void {
  server.post('/:version/:phone_number_id/messages', (request, reply) => serve(cloud, wire, request, reply))
  server.setNotFoundHandler((request, reply) => {
    const { status, body } = unknownObject(request.url.split('/')[2] ?? '', cloud.nextSerial())
    return reply.code(status).send(body)
  })
  server.setErrorHandler((error, _, reply) => {
    const isTheirs = error instanceof Error && 'statusCode' in error && Number(error.statusCode) < 500
    if (!isTheirs) cloud.bugs.push(error)
    const refusal = isTheirs
      ? new GraphRefusal(100, 'The request is no JSON object.')
      : new GraphRefusal(131000, 'A bug.')
    return reply.code(refusal.status).send(refusal.body(cloud.nextSerial()))
  })
}

async function serve(cloud: Cloud, wire: WireFaults, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const { faults, requests, phoneNumberId } = cloud
  if (faults.strikes('outage', CALL)) {
    requests.count(CALL, 0, phoneNumberId)
    reply.hijack()
    return wire.cut(reply.raw)
  }
  if (faults.strikes('timeout-before-commit', CALL)) {
    requests.count(CALL, 0, phoneNumberId)
    reply.hijack()
    return wire.hang(reply.raw, faults.valueOf('timeout-before-commit'))
  }
  const { status, body } = answered(cloud, request)
  const text = JSON.stringify(body)
  const sent = status === 200
  if (sent && faults.strikes('timeout-after-commit', CALL)) {
    requests.count(CALL, 0, phoneNumberId)
    reply.hijack()
    return wire.hang(reply.raw, faults.valueOf('timeout-after-commit'))
  }
  if (sent && faults.strikes('cut', CALL)) {
    requests.count(CALL, 0, phoneNumberId)
    reply.hijack()
    return wire.cutHalfway(reply.raw, { status, headers: { 'content-type': 'application/json' } }, text)
  }
  if (sent && faults.strikes('error-after-commit', CALL)) {
    requests.count(CALL, 500, phoneNumberId)
    return reply.code(500).send(new GraphRefusal(131000, WENT_WRONG).body(cloud.nextSerial()))
  }
  requests.count(CALL, status, phoneNumberId)
  if (sent && faults.strikes('slow-answer', CALL)) await wire.pause(faults.valueOf('slow-answer'))
  const broken = sent && faults.strikes('garbled', CALL)
  return reply
    .code(status)
    .type('application/json')
    .send(broken ? text.slice(0, Math.ceil(text.length * 0.6)) : text)
}

const WENT_WRONG = 'Message failed to send due to an unknown error.'

function answered(cloud: Cloud, request: FastifyRequest): { readonly status: number; readonly body: unknown } {
  const { version = '', phone_number_id: number = '' } = request.params as Record<string, string>
  try {
    checkToken(cloud, request.headers.authorization ?? '')
    if (!/^v\d{1,2}\.\d$/.test(version) || number !== cloud.phoneNumberId) {
      return unknownObject(number, cloud.nextSerial())
    }
    checkPace(cloud)
    const draft = draftOf((request.body ?? {}) as Record<string, unknown>)
    const { id, to, type } = cloud.send(draft)
    return {
      status: 200,
      body: {
        messaging_product: 'whatsapp',
        contacts: [{ input: draft.to, wa_id: to }],
        messages: [{ id, ...(type === 'template' && { message_status: 'accepted' }) }],
      },
    }
  } catch (error) {
    if (!(error instanceof GraphRefusal)) throw error
    return { status: error.status, body: error.body(cloud.nextSerial()) }
  }
}

function checkToken({ accessToken, faults }: Cloud, authorization: string): void {
  if (authorization !== `Bearer ${accessToken}` || faults.strikes('token-expired', CALL)) {
    throw new GraphRefusal(190, 'Error validating access token.')
  }
}

const PACES: readonly (readonly [fault: string, code: GraphCode, details: string])[] = [
  ['account-rate-limit', 80007, 'The WhatsApp Business Account has reached its rate limit.'],
  ['rate-limit', 130429, 'Cloud API message throughput has been reached.'],
  ['pair-rate-limit', 131056, 'Too many messages sent from the sender phone number to the same recipient.'],
  ['error-before-commit', 131000, WENT_WRONG],
]

function checkPace({ faults, storm }: Cloud): void {
  if (storm.refuse(CALL) !== null) throw new GraphRefusal(130429, 'Cloud API message throughput has been reached.')
  for (const [fault, code, details] of PACES) if (faults.strikes(fault, CALL)) throw new GraphRefusal(code, details)
}
