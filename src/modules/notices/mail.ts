import { PassThrough } from 'node:stream'
import type { Transporter } from 'nodemailer'
import type { Message, SendOutcome, Way } from './way.ts'

// E-mail over SMTP. The library is loaded with the first mail: a hub that sends none does not carry it.

export type MailOptions = {
  /** `smtp://user:password@host:587` or `smtps://…`. */
  readonly url: string
  /** `Tillwire <hub@example.com>`. */
  readonly from: string
  /** Where a person changes what they are told. */
  readonly preferencesUrl: string
}

const CONNECT_TIMEOUT_MS = 10_000
const ANSWER_TIMEOUT_MS = 30_000

export function createMail(options: MailOptions): Way {
  const { hostname, port, protocol } = new URL(options.url)
  let transport: Promise<Transporter> | null = null
  const handedOver = new Set<string>()

  async function open(): Promise<Transporter> {
    const { createTransport } = await import('nodemailer')
    const transporter = createTransport({
      url: options.url,
      connectionTimeout: CONNECT_TIMEOUT_MS,
      greetingTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: ANSWER_TIMEOUT_MS,
      // What is mailed is text of ours: nothing of it may make the mailer read files or addresses.
      disableFileAccess: true,
      disableUrlAccess: true,
    })
    // The server has asked for the text by then: from its last byte on nobody knows whether the mail was taken.
    transporter.use('stream', ({ message }, done) => {
      const watched = new PassThrough()
      watched.once('end', () => handedOver.add(message.messageId()))
      message.transform(watched)
      done()
    })
    return transporter
  }

  return {
    through: `${hostname}:${port === '' ? (protocol === 'smtps:' ? '465' : '587') : port}`,
    async send(message) {
      transport ??= open()
      const { text, html } = bodiesOf(message, options.preferencesUrl)
      const sender = addressOf(options.from)
      const messageId = `<${message.id}@${sender.slice(sender.indexOf('@') + 1) || 'tillwire.invalid'}>`
      try {
        await (await transport).sendMail({
          from: options.from,
          to: message.to,
          subject: message.subject,
          text,
          html,
          messageId,
          headers: { 'Auto-Submitted': 'auto-generated' },
        })
        return { kind: 'sent' }
      } catch (error) {
        return outcomeOf(error, handedOver.has(messageId))
      } finally {
        handedOver.delete(messageId)
      }
    },
    async close() {
      if (transport !== null) (await transport).close()
    },
  }
}

function addressOf(from: string): string {
  return /<([^>]+)>/.exec(from)?.[1] ?? from.trim()
}

type MailError = { readonly code?: unknown; readonly responseCode?: unknown }

/** RFC 5321, 4.2.1: a code of 400 says later, one of 500 says never. */
function outcomeOf(error: unknown, wasHandedOver: boolean): SendOutcome {
  const { code, responseCode } = (typeof error === 'object' && error !== null ? error : {}) as MailError
  const word = typeof code === 'string' ? code.toLowerCase() : 'broken'
  if (code === 'EAUTH' || code === 'ENOAUTH') {
    const say = 'The mail server does not accept the user and password of the setting SMTP_URL.'
    return { kind: 'later', code: 'mail.sign-in', say, retryAfterMs: null }
  }
  if (typeof responseCode === 'number') {
    const say = `The mail server answered ${responseCode}.`
    if (responseCode >= 500) return { kind: 'refused', code: `mail.${responseCode}`, say }
    return { kind: 'later', code: `mail.${responseCode}`, say, retryAfterMs: null }
  }
  if (wasHandedOver) {
    const say = 'The mail was handed over, and the mail server was gone before it said whether it takes it.'
    return { kind: 'unknown', code: 'mail.unknown', say }
  }
  const say = 'The mail server that the setting SMTP_URL names cannot be reached.'
  return { kind: 'later', code: `mail.${word}`, say, retryAfterMs: null }
}

function bodiesOf({ paragraphs }: Message, preferencesUrl: string): { text: string; html: string } {
  const text = [
    ...paragraphs.map(({ title, say, link }) => [title, say, ...(link === null ? [] : [link])].join('\n')),
    `--\nWhat you are told, and how: ${preferencesUrl}`,
  ].join('\n\n')
  const blocks = paragraphs.map(({ title, say, link }) => {
    const more = link === null ? '' : `<p><a href="${escaped(link)}">Open in the dashboard</a></p>`
    return `<h2 style="font-size:16px;margin:24px 0 4px">${escaped(title)}</h2><p>${escaped(say)}</p>${more}`
  })
  const footer = `<p style="color:#666;font-size:13px"><a href="${escaped(preferencesUrl)}">What you are told, and how</a></p>`
  const html = `<!doctype html><html lang="en"><body style="font-family:system-ui,sans-serif;max-width:36em">${blocks.join('')}${footer}</body></html>`
  return { text, html }
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
