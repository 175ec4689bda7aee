import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { fieldProblem } from '../../app/api.ts'
import { formatMoment, formatMoney, formatQuantity } from '../../app/format.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useMay } from '../../app/scopes.ts'
import { useSession } from '../../app/session.tsx'
import { tasksAboutQuery } from '../../app/tasks.ts'
import { texts } from '../../app/texts.ts'
import { When } from '../../app/when.tsx'
import type { OrderDetail, Push, PushTimeline } from '../../app/wire.ts'
import { Button } from '../../ui/button.tsx'
import { Facts } from '../../ui/card.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { TextField } from '../../ui/field.tsx'
import { type Candidate, type Question, questionOf } from './candidates.ts'
import { useSaying } from './saying.ts'

const MOMENT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g

/** Nobody knows by the POS's word alone whether the order is there: both sides, and the three answers. */
export function Decide(props: { order: OrderDetail; push: PushTimeline; zone: string }): ReactNode {
  const { order, push, zone } = props
  const { api } = useSession()
  const mayRead = useMay('tasks:read')
  const may = useMay('orders:write')
  const tasks = useQuery({ ...tasksAboutQuery(api, `order/${order.id}`), enabled: mayRead })
  const task = tasks.data?.find(({ kind, state }) => kind === 'push.undecided' && state === 'open')
  const question = questionOf(task)
  const [again, setAgain] = useState(false)
  const words = texts.order.decide
  const deciding = useSaying<Push>({
    orderId: order.id,
    path: '/push/resolve',
    said: () => words.decided,
    onDone: () => setAgain(false),
  })
  const isThis = (id: string): void => deciding.mutate({ decision: 'is_this', pos_order_id: id })
  return (
    <section aria-label={words.title} className="rounded-lg border border-bad/40 bg-surface shadow-card">
      <header className="rounded-t-lg bg-bad-soft px-5 py-3">
        <h2 className="font-semibold text-bad">{words.title}</h2>
        <p className="text-sm text-pretty">
          {words.say} {words.look}
        </p>
      </header>
      <div className="grid gap-5 px-5 py-4 lg:grid-cols-2">
        <Ours order={order} push={push} question={question} zone={zone} />
        <Theirs candidates={question.candidates} zone={zone} may={may} busy={deciding.isPending} onChoose={isThis} />
      </div>
      {deciding.isError && !again ? (
        <div className="px-5 pb-4">
          <ProblemNotice title={words.failed} error={deciding.error} compact />
        </div>
      ) : null}
      {may ? (
        <div className="grid items-start gap-5 border-t border-line px-5 py-4 lg:grid-cols-[1fr_auto]">
          <ByHand busy={deciding.isPending} problem={fieldProblem(deciding.error, 'pos_order_id')} onGive={isThis} />
          <div className="flex flex-wrap gap-2 lg:mt-6.5">
            <Button onClick={() => setAgain(true)} title={words.sendAgainSay}>
              {words.sendAgain}
            </Button>
            <Button
              onClick={() => deciding.mutate({ decision: 'handled' })}
              busy={deciding.isPending}
              title={words.handledSay}
            >
              {words.handled}
            </Button>
          </div>
        </div>
      ) : null}
      <Confirm
        open={again}
        onOpenChange={setAgain}
        title={words.sendAgainTitle}
        say={words.sendAgainAsk}
        words={{ cancel: texts.cancel, close: texts.close, go: words.sendAgain }}
        danger
        busy={deciding.isPending}
        onConfirm={() => deciding.mutate({ decision: 'send_again' })}
        problem={deciding.isError ? <ProblemNotice title={words.failed} error={deciding.error} compact /> : null}
      />
    </section>
  )
}

function Ours(props: { order: OrderDetail; push: PushTimeline; question: Question; zone: string }): ReactNode {
  const { order, push, question, zone } = props
  const words = texts.order.decide
  return (
    <section aria-label={words.ours}>
      <h3 className="mb-2 text-sm font-semibold">{words.ours}</h3>
      <div className="rounded-md border border-line p-4">
        <Facts
          rows={[
            { label: words.number, value: order.number },
            {
              label: words.sentAt,
              value: <When at={question.sentAt ?? push.first_sent_at} zone={zone} as="exact" />,
            },
          ]}
        />
        <Shows lines={linesOf(order)} zone={zone} />
      </div>
    </section>
  )
}

function Theirs(props: {
  candidates: readonly Candidate[]
  zone: string
  may: boolean
  busy: boolean
  onChoose: (id: string) => void
}): ReactNode {
  const { candidates, zone } = props
  const words = texts.order.decide
  return (
    <section aria-label={words.theirs}>
      <h3 className="mb-2 text-sm font-semibold">{words.theirs}</h3>
      {candidates.length === 0 ? (
        <p className="rounded-md border border-dashed border-edge p-4 text-sm text-pretty text-muted">
          {words.theirsNone}
        </p>
      ) : null}
      <ul className="flex flex-col gap-3">
        {candidates.map((one) => (
          <li key={one.id} className="rounded-md border border-line p-4">
            <Facts
              rows={[
                { label: words.number, value: one.number ?? texts.none },
                { label: words.createdAt, value: <When at={one.createdAt} zone={zone} as="exact" /> },
                { label: words.id, value: <code className="text-xs break-all">{one.id}</code> },
              ]}
            />
            <Shows lines={one.shows} zone={zone} />
            {props.may ? (
              <Button
                size="sm"
                look="primary"
                className="mt-3"
                aria-label={words.choose(one.number ?? one.id)}
                onClick={() => props.onChoose(one.id)}
                busy={props.busy}
              >
                {words.isThis}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  )
}

function linesOf(order: OrderDetail): readonly string[] {
  return [formatMoney(order.total), ...order.items.map(({ quantity, name }) => `${formatQuantity(quantity)} × ${name}`)]
}

/** Moments in a POS's words are told by the shop's clock, as all others are. */
function Shows(props: { lines: readonly string[]; zone: string }): ReactNode {
  if (props.lines.length === 0) return null
  return (
    <ul className="num mt-3 flex flex-col gap-0.5 border-t border-line pt-2 text-sm">
      {props.lines.map((line, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two lines may say the same
        <li key={at}>{line.replace(MOMENT, (at) => formatMoment(at, props.zone))}</li>
      ))}
    </ul>
  )
}

/** Whoever looked at the POS knows its id. */
function ByHand(props: { busy: boolean; problem: string | undefined; onGive: (id: string) => void }): ReactNode {
  const [id, setId] = useState('')
  const words = texts.order.decide
  return (
    <form
      className="flex flex-wrap items-start gap-2"
      onSubmit={(event) => {
        event.preventDefault()
        if (id.trim() !== '') props.onGive(id.trim())
      }}
    >
      <TextField
        label={words.posOrderId}
        hint={words.posOrderIdHint}
        value={id}
        maxLength={200}
        autoComplete="off"
        problem={props.problem}
        onChange={(event) => setId(event.target.value)}
        fieldClassName="w-72 max-w-full"
      />
      <Button
        type="submit"
        className="sm:mt-6.5"
        disabled={id.trim() === ''}
        busy={props.busy}
        title={words.isThereSay}
      >
        {words.isThere}
      </Button>
    </form>
  )
}
