import { sql } from 'kysely'
import type { TenantId } from '#kernel/ids.ts'
import { type Instant, instant, instantText } from '#kernel/instant.ts'
import type { Route } from '#platform/http/route.ts'
import type { Follower } from '#platform/outbox/follow.ts'
import type { TickStep } from '#platform/queue/ticker.ts'
import { deliverDue, type Ways } from './deliver.ts'
import type { NoticesDesk } from './desk.ts'
import { SIGN_IN_FOLLOWER } from './follow.ts'
import { NOTICE_WAYS } from './kinds.ts'
import { createMail } from './mail.ts'
import { noticeRoutes } from './notice-routes.ts'
import { preferenceRoutes } from './preference-routes.ts'
import { spreadNotices } from './spread.ts'
import { pruneNotices } from './store-notices.ts'
import { taskRoutes } from './task-routes.ts'
import { createWhatsApp } from './whatsapp.ts'

// The module put together.

export type NoticesOptions = NoticesDesk & {
  /** Null: no mail is sent. */
  readonly mail: { readonly url: string; readonly from: string } | null
  /** Null: nothing is sent by WhatsApp. */
  readonly whatsapp: {
    readonly baseUrl: string
    readonly accessToken: string
    readonly phoneNumberId: string
    readonly template: { readonly name: string; readonly language: string }
  } | null
}

export type Notices = {
  readonly routes: readonly Route[]
  readonly steps: readonly TickStep[]
  readonly followers: readonly Follower[]
  stop(): Promise<void>
}

const KEPT_MS = 90 * 86_400_000

export function openNotices(options: NoticesOptions): Notices {
  const { mail, whatsapp, clock, publicBase } = options
  const preferencesUrl = new URL('/settings/notices', publicBase).href
  const ways: Ways = {
    ...(mail === null ? {} : { email: createMail({ ...mail, preferencesUrl }) }),
    ...(whatsapp === null ? {} : { whatsapp: createWhatsApp({ ...whatsapp, clock }) }),
  }
  const setUp = new Set(NOTICE_WAYS.filter((way) => ways[way] !== undefined))
  return {
    routes: [...taskRoutes(options), ...noticeRoutes(options), ...preferenceRoutes(options, ways)],
    steps: [
      {
        name: 'notices',
        everyMs: 1_000,
        async run(now) {
          await spreadNotices(options, setUp, now)
          await deliverDue(options, ways, now)
        },
      },
      { name: 'old-notices', everyMs: 6 * 3_600_000, run: (now) => prune(options, now) },
    ],
    followers: [SIGN_IN_FOLLOWER],
    async stop() {
      await Promise.all(Object.values(ways).map((way) => way.close()))
    },
  }
}

async function prune({ database }: NoticesDesk, now: Instant): Promise<void> {
  const before = instant(now - KEPT_MS)
  const { rows } = await database.system((tx) =>
    sql<{ tenant_id: TenantId }>`
      select distinct tenant_id from pos.notices where created_at < ${instantText(before)}`.execute(tx),
  )
  for (const { tenant_id: tenantId } of rows) {
    await database.tenant(tenantId, (tx) => pruneNotices(tx, tenantId, before))
  }
}
