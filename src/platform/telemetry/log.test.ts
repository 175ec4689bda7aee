import { describe, expect, test } from 'vitest'
import { createLog } from './log.ts'

function written(write: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = []
  write(createLog({ level: 'debug', to: { write: (line: string) => void lines.push(line) } }))
  for (const line of lines) JSON.parse(line)
  return lines.join('')
}

// Each of these is a way in which a secret or a person's data has reached somebody's log before.
const leaks: readonly (readonly [string, string, (log: ReturnType<typeof createLog>) => void])[] = [
  [
    'a header',
    'Bearer-abc',
    (log) => log.info({ headers: { authorization: 'Bearer-abc', 'X-API-Key': 'Bearer-abc' } }, 'x'),
  ],
  [
    'a cookie',
    'chocolate',
    (log) => log.info({ headers: { cookie: 'a=chocolate', 'set-cookie': ['b=chocolate'] } }, 'x'),
  ],
  ['a field deep inside', 'hunter2', (log) => log.info({ a: [{ b: { new_password: 'hunter2' } }] }, 'x')],
  ['a token by any name', 'sq0atp', (log) => log.info({ accessToken: 'sq0atp', refresh_token: 'sq0atp' }, 'x')],
  ['a whole bag of credentials', 'sq0atp', (log) => log.info({ credentials: { a: 'sq0atp' } }, 'x')],
  ['a child log', 'hunter2', (log) => log.child({ secret: 'hunter2' }).info({}, 'x')],
  ['a sentence with a key', 'qwertyuiop', (log) => log.info({}, 'refused tw_live_qwertyuiopasdfgh just now')],
  ['a sentence with a password', 'hunter2', (log) => log.warn({}, 'login failed: password=hunter2, try again')],
  ['an error’s message', 'abcdefgh123', (log) => log.error({ err: new Error('Bearer abcdefgh123 was refused') }, 'x')],
  [
    'an error’s cause',
    'p4ss',
    (log) => log.error({ err: new Error('x', { cause: new Error('postgres://u:p4ss@db/x') }) }, 'x'),
  ],
  ['a connection address', 'p4ss', (log) => log.info({ url: 'postgres://tillwire:p4ss@db:5432/x' }, 'x')],
  [
    'a phone number in a path',
    '4915112345',
    (log) => log.info({ path: '/api/shop/loyalty/+4915112345678/points' }, 'x'),
  ],
  ['a card number in a path', '6006491', (log) => log.info({ path: '/api/shop/gift-cards/6006491260/balance' }, 'x')],
  ['a query', 'hunter2', (log) => log.info({ url: '/callback?code=hunter2&state=hunter2' }, 'x')],
  ['a payment card', '4242', (log) => log.info({ note: 'paid with 4242 4242 4242 4242' }, 'x')],
  ['a payment card as a number', '4242424242424242', (log) => log.info({ note: 4242424242424242 }, 'x')],
  ['a phone number in a sentence', '5550100', (log) => log.info({}, 'called +1 415 5550100 twice')],
  ['an e-mail address', 'ada@example', (log) => log.info({ email: 'ada@example.com' }, 'wrote to ada@example.com')],
]

describe('a line never shows', () => {
  test.each(leaks)('%s', (_where, secret, write) => {
    const line = written(write)
    expect(line).not.toContain(secret)
    expect(line).toContain('[redacted]')
  })
})

test('a line keeps what helps to find a fault', () => {
  const line = written((log) =>
    log.info(
      {
        request_id: '019a1f82-1e6e-7bc2-9b02-d0ef425821b2',
        at: 1763627600000,
        amount: 12345678901234n,
        token_expires_at: '2026-03-31T00:00:00.000Z',
        path: '/api/v1/tenants/bakery/sites',
      },
      'a sale of 1234.50 was stored',
    ),
  )
  expect(JSON.parse(line)).toMatchObject({
    level: 'info',
    request_id: '019a1f82-1e6e-7bc2-9b02-d0ef425821b2',
    at: 1763627600000,
    amount: '12345678901234',
    token_expires_at: '2026-03-31T00:00:00.000Z',
    path: '/api/v1/tenants/bakery/sites',
    msg: 'a sale of 1234.50 was stored',
  })
})

test('bytes are counted, not written', () => {
  expect(JSON.parse(written((log) => log.info({ raw: Buffer.from('personal') }, 'x')))).toMatchObject({
    raw: '[8 bytes]',
  })
})
