import type { Id } from '#kernel/ids.ts'

// A way to reach people outside the dashboard. It sends one message once and says how that went; when to try again is
// not its business.

export type Message = {
  /** The same at every try, so that a repeat can be known as one. */
  readonly id: Id
  /** Address of the way: an e-mail address, or a phone number in E.164. */
  readonly to: string
  readonly subject: string
  /** Paragraphs of plain text. */
  readonly paragraphs: readonly Paragraph[]
}

export type Paragraph = { readonly title: string; readonly say: string; readonly link: string | null }

export type SendOutcome =
  | { readonly kind: 'sent' }
  /** Not taken, and another try may help. */
  | { readonly kind: 'later'; readonly code: string; readonly say: string; readonly retryAfterMs: number | null }
  /** Not taken, however often it is tried. */
  | { readonly kind: 'refused'; readonly code: string; readonly say: string }
  /** It was handed over, and nobody knows whether it was taken. */
  | { readonly kind: 'unknown'; readonly code: string; readonly say: string }

export type Way = {
  /** What stands in settings and is no secret, such as `mail.example.com:587`. */
  readonly through: string
  send(message: Message): Promise<SendOutcome>
  close(): Promise<void>
}
