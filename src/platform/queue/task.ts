import type { z } from 'zod'
import type { TenantId } from '#kernel/ids.ts'

// A task is a kind of work: a name and the shape of what a job of it carries. A job carries the tenant and the id of
// what is to be done, never the data: what the data say when the job runs is what counts.

export type Task<Payload extends object> = { readonly name: string; readonly payload: z.ZodType<Payload> }

export type JobContext = {
  /** Whose job it is; null for the hub's own. */
  readonly tenantId: TenantId | null
  readonly jobId: string
  /** 1 at the first try. */
  readonly attempt: number
  readonly attemptsMax: number
  /** Aborts when the worker wants to stop and has waited long enough. */
  readonly signal: AbortSignal
}

/** A task together with what does it. */
export type TaskHandler = {
  readonly name: string
  run(payload: unknown, context: JobContext): Promise<void>
}

export function handling<Payload extends object>(
  task: Task<Payload>,
  run: (payload: Payload, context: JobContext) => Promise<void>,
): TaskHandler {
  return { name: task.name, run: (payload, context) => run(task.payload.parse(payload), context) }
}
