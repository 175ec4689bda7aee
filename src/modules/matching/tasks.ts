import type { Id, TenantId } from '#kernel/ids.ts'
import type { Instant } from '#kernel/instant.ts'
import type { raiseTask, settleTask } from '#modules/notices/notices.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { Finding, Findings } from './findings.ts'

// What a preflight found, as tasks for people: one of each kind for a channel and a connection, settled by itself as soon
// as nothing of its kind is left.

/** Tells people what waits for them: the door of notices, as it stands. */
export type TaskNotices = { readonly raiseTask: typeof raiseTask; readonly settleTask: typeof settleTask }

export const TASK_KINDS = ['matching.unmapped', 'matching.removed', 'matching.repriced'] as const
export type TaskKind = (typeof TASK_KINDS)[number]

export type TaskSubject = {
  readonly tenantId: TenantId
  readonly connectionId: Id
  readonly channel: string
  readonly connectionName: string
}

type Told = { readonly count: number; readonly title: string; readonly say: string }

export async function raiseTasks(
  tx: Tx,
  notices: TaskNotices,
  subject: TaskSubject,
  findings: Findings,
  /** Without news, a task that stands is left as it is. Without a catalogue there is nothing to map to. */
  { isNews, hasCatalog, now }: { readonly isNews: boolean; readonly hasCatalog: boolean; readonly now: Instant },
): Promise<void> {
  for (const kind of TASK_KINDS) {
    const told = TOLD[kind](subject, findings)
    const isMeant = told.count > 0 && (hasCatalog || kind !== 'matching.unmapped')
    if (!isMeant) await settle(tx, notices, subject, kind, 'nothing of it is left', now)
    else if (isNews) {
      await notices.raiseTask(tx, subject.tenantId, {
        kind,
        key: keyOf(kind, subject),
        title: told.title,
        say: told.say,
        subject: `connection/${subject.connectionId}`,
        data: { connection_id: subject.connectionId, channel: subject.channel, count: told.count },
        now,
      })
    }
  }
}

/** The connection is no more. */
export async function settleTasks(
  tx: Tx,
  notices: TaskNotices,
  subject: Omit<TaskSubject, 'connectionName'>,
  now: Instant,
): Promise<void> {
  for (const kind of TASK_KINDS) await settle(tx, notices, subject, kind, 'the connection was ended', now)
}

async function settle(
  tx: Tx,
  notices: TaskNotices,
  subject: Omit<TaskSubject, 'connectionName'>,
  kind: TaskKind,
  how: string,
  now: Instant,
): Promise<void> {
  await notices.settleTask(tx, subject.tenantId, keyOf(kind, subject), { how, by: 'hub:matching', now })
}

function keyOf(kind: TaskKind, { connectionId, channel }: Omit<TaskSubject, 'connectionName'>): string {
  return `${kind}/${connectionId}/${channel}`
}

const TOLD: Readonly<Record<TaskKind, (subject: TaskSubject, findings: Findings) => Told>> = {
  'matching.unmapped'({ channel, connectionName }, { unmapped, unmappedModifiers, examples }) {
    const count = unmapped + unmappedModifiers
    const parts = [counted(unmapped, 'item'), counted(unmappedModifiers, 'modifier')].filter((part) => part !== null)
    const named = [...examples.unmapped, ...examples.unmapped_modifiers]
    return {
      count,
      title: `${parts.join(' and ')} of ${channel} stand for nothing in ${connectionName}`,
      say:
        `Orders with them arrive by name only, or are refused: ${listed(named, count)}. ` +
        'Say in the item mapping which article each of them is, or that it is none.',
    }
  },
  'matching.removed'({ channel, connectionName }, { removed, examples }) {
    return {
      count: removed,
      title: `${counted(removed, 'item')} of ${channel} stand for articles that ${connectionName} no longer sells`,
      say: `Orders with them would be refused or go by name: ${listed(examples.removed, removed)}. Map them anew.`,
    }
  },
  'matching.repriced'({ channel, connectionName }, { repriced, examples }) {
    return {
      count: repriced,
      title: `${counted(repriced, 'item')} of ${channel} cost something else in ${connectionName}`,
      say:
        `The prices of both sides differ: ${listed(examples.repriced, repriced)}. Change one of the two, or accept the ` +
        'difference in the item mapping.',
    }
  },
}

function counted(count: number, noun: string): string | null {
  return count === 0 ? null : `${count} ${noun}${count === 1 ? '' : 's'}`
}

const NAMED_MAX = 3

function listed(examples: readonly Finding[], count: number): string {
  const names = examples.slice(0, NAMED_MAX).map(({ name }) => name)
  const more = count - names.length
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ')
}
