import type { ReactNode } from 'react'
import { Badge, type Tone } from '../ui/badge.tsx'
import { texts } from './texts.ts'
import type { OrderPush, OrderState } from './wire.ts'

// How far an order is, and how far it is on its way into the POS, as lists and the single order show it.

export type PushStanding = keyof typeof texts.orderStates.push

type Pushed = Pick<OrderPush, 'status' | 'outcome' | 'waits_for_person' | 'error_code'>

/** Not in the POS, and nobody wants it there any more. */
const ENDED_ON_PURPOSE: Readonly<Record<string, PushStanding>> = {
  'push.handled': 'handled',
  'push.cancelled': 'taken_back',
}

/** One word for the way, from what the machine keeps apart: a try that nobody knows the end of is no failure. */
export function standingOf(push: Pushed | null): PushStanding {
  if (push === null) return 'none'
  if (push.waits_for_person) return 'person'
  if (push.status === 'failed') return ENDED_ON_PURPOSE[push.error_code ?? ''] ?? 'failed'
  return push.status === 'retry' && push.outcome === 'unknown' ? 'unknown' : push.status
}

export const PUSH_TONES: Readonly<Record<PushStanding, Tone>> = {
  none: 'plain',
  pending: 'info',
  syncing: 'info',
  retry: 'warn',
  unknown: 'warn',
  person: 'bad',
  success: 'good',
  failed: 'bad',
  handled: 'plain',
  taken_back: 'plain',
}

const PROGRESS_TONES: Readonly<Record<OrderState, Tone>> = {
  placed: 'plain',
  accepted: 'info',
  preparing: 'info',
  ready: 'good',
  dispatched: 'good',
  completed: 'plain',
  cancelled: 'bad',
  cancel_requested: 'warn',
}

export function PushBadge(props: { push: Pushed | null }): ReactNode {
  const standing = standingOf(props.push)
  return (
    <Badge tone={PUSH_TONES[standing]} title={texts.orderStates.pushSay[standing]}>
      {texts.orderStates.push[standing]}
    </Badge>
  )
}

export function ProgressBadge(props: { progress: OrderState }): ReactNode {
  return <Badge tone={PROGRESS_TONES[props.progress]}>{texts.orderStates.progress[props.progress]}</Badge>
}

export const ORDER_EVENTS = [
  'order.received',
  'order.amended',
  'order.paid',
  'order.progressed',
  'order.cancel_requested',
  'order.cancel_refused',
  'push.moved',
] as const
