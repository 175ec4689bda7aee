import { describe, expect, test } from 'vitest'
import { newId } from '#kernel/ids.ts'
import { createMail } from './mail.ts'
import { startMailServer } from './test-mail-server.ts'
import type { Message } from './way.ts'

const FROM = 'Tillwire <hub@shop.example>'
const PREFERENCES = 'https://hub.example/settings/notices'

function message(changes: Partial<Message> = {}): Message {
  return {
    id: newId(),
    to: 'ada@shop.example',
    subject: 'Bestellung 7 wartet – ☕',
    paragraphs: [
      {
        title: 'Order <7> & more',
        say: 'It waits for “you”.\nAnd says so.',
        link: 'https://hub.example/orders/7?a=1&b="2"',
      },
    ],
    ...changes,
  }
}

describe('a mail', () => {
  test('arrives whole: sender, subject, text and page in every script, and a name by which a repeat is known', async () => {
    const server = await startMailServer()
    const mail = createMail({ url: server.url, from: FROM, preferencesUrl: PREFERENCES })
    const sent = message()
    expect(await mail.send(sent)).toEqual({ kind: 'sent' })
    await mail.close()
    const [arrived] = server.mails
    expect(arrived).toMatchObject({
      subject: sent.subject,
      from: { address: 'hub@shop.example', name: 'Tillwire' },
      to: [{ address: 'ada@shop.example' }],
      messageId: `<${sent.id}@shop.example>`,
    })
    expect(arrived?.text).toContain('It waits for “you”.')
    expect(arrived?.text).toContain(PREFERENCES)
    expect(arrived?.html).toContain('Order &#60;7&#62; &#38; more')
    expect(arrived?.html).not.toContain('<7>')
  })

  test('with a line break in its subject adds no header of its own', async () => {
    const server = await startMailServer()
    const mail = createMail({ url: server.url, from: FROM, preferencesUrl: PREFERENCES })
    await mail.send(message({ subject: 'Order 7\r\nBcc: eve@elsewhere.example' }))
    await mail.close()
    expect(server.mails[0]?.bcc ?? []).toEqual([])
    expect(server.mails[0]?.headers.some(({ key }) => key === 'bcc')).toBe(false)
  })

  test.each([
    ['451', [451] as const, { kind: 'later', code: 'mail.451' }],
    ['554', [554] as const, { kind: 'refused', code: 'mail.554' }],
    ['nothing, and is gone', ['hang_up'] as const, { kind: 'unknown', code: 'mail.unknown' }],
  ])('that is answered with %s', async (_name, moods, outcome) => {
    const server = await startMailServer()
    server.moods.push(...moods)
    const mail = createMail({ url: server.url, from: FROM, preferencesUrl: PREFERENCES })
    expect(await mail.send(message())).toMatchObject(outcome)
    await mail.close()
  })

  test('by a wrong password, or to a server that is not there, may be tried again and names the setting', async () => {
    const server = await startMailServer()
    const wrong = createMail({ url: server.url.replace('sesame', 'barley'), from: FROM, preferencesUrl: PREFERENCES })
    const refused = await wrong.send(message())
    expect(refused).toMatchObject({ kind: 'later', code: 'mail.sign-in' })
    expect(JSON.stringify(refused)).not.toContain('barley')
    await wrong.close()
    const nowhere = createMail({ url: 'smtp://127.0.0.1:9', from: FROM, preferencesUrl: PREFERENCES })
    expect(await nowhere.send(message())).toMatchObject({ kind: 'later' })
    await nowhere.close()
  })
})
