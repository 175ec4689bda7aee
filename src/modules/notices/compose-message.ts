import type { Id } from '#kernel/ids.ts'
import type { Notice } from './store-notices.ts'
import type { Message } from './way.ts'

/** One message of one notice or several, the urgent ones as they came. */
export function messageOf(parts: {
  readonly id: Id
  readonly to: string
  readonly notices: readonly Notice[]
  readonly publicBase: URL
}): Message {
  const { id, to, notices, publicBase } = parts
  const [first] = notices
  const subject = notices.length === 1 ? (first?.title ?? '') : `${notices.length} notices: ${first?.title ?? ''}`
  return {
    id,
    to,
    subject: subject.slice(0, 160),
    paragraphs: notices.map(({ title, say, link }) => ({
      title,
      say,
      link: link === null ? null : new URL(link, publicBase).href,
    })),
  }
}
