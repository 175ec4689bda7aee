import type { Task } from '../../app/wire.ts'

// Both sides of the question whether an order is in the POS, as the task keeps them.

export type Candidate = {
  readonly id: string
  readonly number: string | null
  readonly createdAt: string | null
  readonly shows: readonly string[]
}

export type Question = { readonly sentAt: string | null; readonly candidates: readonly Candidate[] }

/** What is not as it should be is left out: the decision is asked for all the same. */
export function questionOf(task: Pick<Task, 'data'> | undefined): Question {
  const { ours, candidates } = task?.data ?? {}
  return {
    sentAt: isObject(ours) ? textOf(ours.sent_at) : null,
    candidates: Array.isArray(candidates) ? candidates.flatMap(candidateOf) : [],
  }
}

function candidateOf(one: unknown): Candidate[] {
  const id = isObject(one) ? textOf(one.pos_order_id) : null
  if (id === null || !isObject(one)) return []
  return [{ id, number: textOf(one.pos_order_number), createdAt: textOf(one.created_at), shows: textsOf(one.shows) }]
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}
