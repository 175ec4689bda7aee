import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ArrowLeft } from 'lucide-react'
import { type ReactNode, type SubmitEvent, useState } from 'react'
import { fieldProblem } from '../../app/api.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import type { NoticePreferences } from '../../app/wire.ts'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { SkeletonLines } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.tsx'
import { KindsGrid } from './kinds-grid.tsx'
import { Phone } from './phone.tsx'
import { preferencesQuery } from './queries.ts'
import { QuietHours } from './quiet-hours.tsx'
import { Ways } from './ways.tsx'
import { isChanged, wishesBody, wishesOf } from './wishes.ts'

export function NoticeSettings(): ReactNode {
  const { api } = useSession()
  const preferences = useQuery(preferencesQuery(api))
  const words = texts.notices.page
  return (
    <>
      <title>{texts.title(words.title)}</title>
      <Link
        to="/settings"
        className="mb-3 inline-flex items-center gap-1.5 rounded-sm text-sm text-muted hover:text-ink"
      >
        <ArrowLeft className="size-4" aria-hidden="true" />
        {words.back}
      </Link>
      <header className="mb-5">
        <h1 className="text-xl font-semibold tracking-tight">{words.title}</h1>
        <p className="max-w-prose text-sm text-pretty text-muted">{words.intro}</p>
      </header>
      <div className="flex max-w-4xl flex-col gap-4">
        {preferences.isError ? (
          <ProblemNotice
            title={words.failedTitle}
            error={preferences.error}
            onRetry={() => preferences.refetch()}
            compact
          />
        ) : null}
        {preferences.isPending && !preferences.isError ? <SkeletonLines lines={8} label={texts.loading} /> : null}
        {preferences.data === undefined ? null : (
          // What the hub says anew is what the form begins with anew.
          <Form key={JSON.stringify(preferences.data)} standing={preferences.data} />
        )}
        <Ways />
      </div>
    </>
  )
}

function Form(props: { standing: NoticePreferences }): ReactNode {
  const { standing } = props
  const { api } = useSession()
  const client = useQueryClient()
  const [wishes, setWishes] = useState(() => wishesOf(standing))
  const [unagreed, setUnagreed] = useState(false)
  const words = texts.notices.page
  const saving = useMutation({
    mutationFn: () => api.put<NoticePreferences>(api.path('notice-preferences'), wishesBody(wishes)),
    onSuccess(saved) {
      client.setQueryData(preferencesQuery(api).queryKey, saved)
      toast(words.saved)
    },
  })
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    const missing = typeof wishes.phone === 'string' && !wishes.agreed
    setUnagreed(missing)
    if (!missing) saving.mutate()
  }
  const field = { wishes, onChange: setWishes }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4" noValidate>
      <Card title={words.what} say={words.whatSay}>
        <KindsGrid {...field} />
      </Card>
      <Card title={words.quiet} say={words.quietSay}>
        <QuietHours {...field} />
      </Card>
      <Card title={words.phone}>
        <Phone
          {...field}
          standing={standing}
          problem={fieldProblem(saving.error, 'phone')}
          unagreed={unagreed && !wishes.agreed ? words.agreeMissing : undefined}
        />
      </Card>
      {saving.isError ? <ProblemNotice title={words.notSaved} error={saving.error} compact /> : null}
      <Button
        type="submit"
        look="primary"
        className="self-start"
        disabled={!isChanged(wishes, standing)}
        busy={saving.isPending}
      >
        {words.save}
      </Button>
    </form>
  )
}
