import { z } from 'zod'
import type { Clock } from '#kernel/instant.ts'
import { createSender, type Sent } from '#platform/outbound/send.ts'
import type { Message, SendOutcome, Way } from './way.ts'

// WhatsApp by Meta's Cloud API: `POST /{phone number id}/messages` with a template. Whoever has not written to a business
// within a day may be sent nothing but a template that Meta has approved, and a notice is never an answer, so a template
// is all that is sent. It needs one parameter in its body, which is the text.

export type WhatsAppOptions = {
  /** `https://graph.facebook.com/v23.0`, or a simulator. */
  readonly baseUrl: string
  readonly accessToken: string
  readonly phoneNumberId: string
  readonly template: { readonly name: string; readonly language: string }
  readonly clock: Clock
}

const TIMEOUT_MS = 15_000
/** Meta allows 1,024 signs in the body of a template, the template's own words among them. */
const TEXT_MAX = 900

export function createWhatsApp(options: WhatsAppOptions): Way {
  const sender = createSender({ clock: options.clock, answerBytesMax: 1024 * 1024 })
  return {
    through: `number ${options.phoneNumberId}`,
    async send(message) {
      const body = JSON.stringify({
        messaging_product: 'whatsapp',
        recipient_type: 'individual',
        to: message.to.replace(/^\+/, ''),
        type: 'template',
        template: {
          name: options.template.name,
          language: { code: options.template.language },
          components: [{ type: 'body', parameters: [{ type: 'text', text: textOf(message) }] }],
        },
        biz_opaque_callback_data: message.id,
      })
      const sent = await sender.send(
        {
          method: 'POST',
          baseUrl: options.baseUrl.replace(/\/+$/, ''),
          path: `/${encodeURIComponent(options.phoneNumberId)}/messages`,
          headers: { authorization: `Bearer ${options.accessToken}`, 'content-type': 'application/json' },
          body,
        },
        { timeoutMs: TIMEOUT_MS },
      )
      return judgedMessage(sent)
    },
    close: () => sender.close(),
  }
}

/** A parameter of a template may hold neither line breaks nor more than four spaces in a row. */
function textOf({ paragraphs }: Message): string {
  const text = paragraphs
    .map(({ title, say, link }) => `${title}: ${say}${link === null ? '' : ` ${link}`}`)
    .join(' — ')
  const plain = text.replace(/\s+/g, ' ').trim()
  return plain.length <= TEXT_MAX ? plain : `${plain.slice(0, TEXT_MAX - 1)}…`
}

const accepted = z.object({ messages: z.array(z.object({ id: z.string() })).min(1) })
const failed = z.object({ error: z.object({ code: z.number(), message: z.string().optional() }) })

/** Codes of Meta's list of errors of the Cloud API that another try can mend. */
const LATER = new Set([1, 2, 4, 80007, 130429, 131016, 131048, 131056, 131057, 133004])

const WORDS: Readonly<Record<number, string>> = {
  190: 'Meta does not accept the access token of the setting WHATSAPP_ACCESS_TOKEN.',
  10: 'The access token may not send messages for this number.',
  131026: 'This phone number cannot be reached by WhatsApp.',
  131030: 'This phone number is not among those that a test number may write to.',
  131047: 'WhatsApp takes nothing but a template here, and what was sent is none.',
  132000: 'The template takes another number of parameters than one.',
  132001: 'There is no approved template of this name in this language.',
  132015: 'The template is paused.',
  132016: 'The template was disabled.',
}

/** An access token may be mended by a person: what waits for it is tried again. */
const SIGN_IN = new Set([190, 10])

export function judgedMessage(sent: Sent): SendOutcome {
  if (sent.kind === 'failure') {
    const { code, neverSent } = sent.failure
    if (neverSent) {
      return { kind: 'later', code: `whatsapp.${code}`, say: 'Meta cannot be reached just now.', retryAfterMs: null }
    }
    const say = 'The message was handed over, and no answer came whether it was taken.'
    return { kind: 'unknown', code: `whatsapp.${code}`, say }
  }
  const { status, headers, body } = sent.answer
  const json = jsonOf(body)
  if (status >= 200 && status < 300 && accepted.safeParse(json).success) return { kind: 'sent' }
  const error = failed.safeParse(json).data?.error
  const code = `whatsapp.${error?.code ?? status}`
  const say = (error && WORDS[error.code]) ?? `WhatsApp answered ${status}${error ? `, code ${error.code}` : ''}.`
  // An answer that is no answer, and one that something went wrong, say nothing of the message itself.
  if (status >= 500 || status < 300) return { kind: 'unknown', code, say }
  const again = error === undefined ? status === 429 : LATER.has(error.code) || SIGN_IN.has(error.code)
  if (!again) return { kind: 'refused', code, say }
  const seconds = Number(headers['retry-after'])
  return { kind: 'later', code, say, retryAfterMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : null }
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'))
  } catch {
    return null
  }
}
