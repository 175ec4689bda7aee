// What people can be told of, and what they are told by standard.

export const NOTICE_KINDS = [
  'order_push_failing',
  'order_push_failed',
  'sign_in_ended',
  'error_rate_high',
  'task',
] as const

export type NoticeKind = (typeof NOTICE_KINDS)[number]

export const NOTICE_KIND_WORDS: Readonly<Record<NoticeKind, string>> = {
  order_push_failing: 'An order could not be put into the POS three times in a row',
  order_push_failed: 'An order will not get into the POS by itself',
  sign_in_ended: 'A system no longer accepts its sign-in',
  error_rate_high: 'Many orders fail on their way into the POS',
  task: 'Something waits for a person’s decision',
}

/** Told in quiet hours too, where a person wants that: each of them keeps somebody’s order from being made. */
export const URGENT_KINDS: ReadonlySet<NoticeKind> = new Set(['order_push_failed', 'sign_in_ended', 'error_rate_high'])

export const NOTICE_WAYS = ['email', 'whatsapp'] as const

export type NoticeWay = (typeof NOTICE_WAYS)[number]

export type WantedKinds = Readonly<Record<NoticeWay, readonly NoticeKind[]>>

/** Whoever runs the tenant is mailed what cannot wait; the others see it in the dashboard. */
export function standardKinds(role: string): WantedKinds {
  const runs = role === 'owner'
  return { email: runs ? ['order_push_failed', 'sign_in_ended', 'error_rate_high', 'task'] : [], whatsapp: [] }
}
