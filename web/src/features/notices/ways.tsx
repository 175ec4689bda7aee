import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Mail, MessageCircle, Send } from 'lucide-react'
import type { ReactNode } from 'react'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import { When } from '../../app/when.tsx'
import type { NoticeWay } from '../../app/wire.ts'
import { Badge, type Tone } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Card, Facts } from '../../ui/card.tsx'
import { SkeletonLines } from '../../ui/states.tsx'
import { waysQuery } from './queries.ts'

type Outcome = { readonly outcome: keyof typeof TONES; readonly code: string | null; readonly say: string }
const TONES = { sent: 'good', later: 'warn', refused: 'bad', unknown: 'warn' } as const satisfies Record<string, Tone>
const ICONS = { email: Mail, whatsapp: MessageCircle } as const

/** Whether messages can go out at all, and a button to see it. */
export function Ways(): ReactNode {
  const { api } = useSession()
  const ways = useQuery(waysQuery(api))
  const words = texts.notices.page
  return (
    <Card title={words.state} say={words.stateSay}>
      {ways.isError ? (
        <ProblemNotice title={words.failedTitle} error={ways.error} onRetry={() => ways.refetch()} compact />
      ) : null}
      {ways.isPending && !ways.isError ? <SkeletonLines lines={4} label={texts.loading} /> : null}
      <ul className="flex flex-col gap-4">
        {ways.data?.map((way) => (
          <li key={way.way} className="border-b border-line pb-4 last:border-b-0 last:pb-0">
            <Way way={way} />
          </li>
        ))}
      </ul>
    </Card>
  )
}

function Way(props: { way: NoticeWay }): ReactNode {
  const { way } = props
  const { api, tenant } = useSession()
  const client = useQueryClient()
  const words = texts.notices.page
  const testing = useMutation({
    mutationFn: () => api.post<Outcome>(api.path('notice-tests'), { way: way.way }),
    onSettled: () => client.invalidateQueries({ queryKey: waysQuery(api).queryKey }),
  })
  const Icon = ICONS[way.way]
  const zone = tenant.time_zone
  return (
    <section aria-label={words.ways[way.way]}>
      <div className="mb-2 flex flex-wrap items-center gap-2">
        <Icon className="size-4 text-muted" aria-hidden="true" />
        <h3 className="font-medium">{words.ways[way.way]}</h3>
        <Badge tone={way.set_up ? 'good' : 'plain'}>{way.set_up ? words.setUp : words.notSetUp}</Badge>
        {way.set_up && way.waiting > 0 ? <Badge tone="info">{words.waiting(way.waiting)}</Badge> : null}
        {way.set_up ? (
          <Button
            size="sm"
            className="ml-auto"
            aria-label={words.test(words.ways[way.way])}
            onClick={() => testing.mutate()}
            busy={testing.isPending}
          >
            <Send className="size-3.5" aria-hidden="true" />
            {words.testShort}
          </Button>
        ) : null}
      </div>
      {way.set_up ? (
        <Facts
          className="sm:grid-cols-3"
          rows={[
            { label: words.through, value: way.through ?? texts.none },
            { label: words.sent, value: <When at={way.sent_at} zone={zone} never={words.never} /> },
            { label: words.failedAt, value: <When at={way.failed_at} zone={zone} never={words.never} /> },
          ]}
        />
      ) : (
        <p className="text-sm text-muted">{words.notSetUpSay[way.way]}</p>
      )}
      {way.set_up && isTroubled(way) ? (
        <p className="mt-2 rounded-md bg-warn-soft px-3 py-2 text-sm text-warn">
          {way.say} {way.code === null ? null : <code className="text-xs">{way.code}</code>}
        </p>
      ) : null}
      <output aria-live="polite">
        {testing.data === undefined ? null : (
          <p className="mt-2 flex flex-wrap items-center gap-2 text-sm">
            <Badge tone={TONES[testing.data.outcome]}>{words.outcomes[testing.data.outcome]}</Badge>
            {testing.data.say}
          </p>
        )}
      </output>
      {testing.isError ? (
        <div className="mt-2">
          <ProblemNotice title={words.notSaved} error={testing.error} compact />
        </div>
      ) : null}
    </section>
  )
}

/** The newest word is a failure. */
function isTroubled({ sent_at: sent, failed_at: failed, say }: NoticeWay): boolean {
  return say !== null && failed !== null && (sent === null || sent < failed)
}
