import { useMutation } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { type ReactNode, type SubmitEvent, useState } from 'react'
import { Problem, send } from '../../app/api.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { texts } from '../../app/texts.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { useEntering } from './entering.ts'
import { AccessFrame } from './frame.tsx'

export function SignIn(): ReactNode {
  const { next } = useSearch({ from: '/sign-in' })
  const enter = useEntering()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const signing = useMutation({
    mutationFn: () => send<null>('POST', '/api/v1/auth/sign-in', { body: { email, password } }),
    onSuccess: () => enter(next),
  })
  const refused = signing.error instanceof Problem && [401, 403].includes(signing.error.status)
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    signing.mutate()
  }
  return (
    <AccessFrame title={texts.access.signIn} say={texts.access.signInSay}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        {refused ? (
          <p role="alert" className="rounded-md bg-bad-soft px-3 py-2 text-sm font-medium text-bad">
            {texts.access.refused}
          </p>
        ) : signing.isError ? (
          <ProblemNotice title={texts.access.signIn} error={signing.error} compact />
        ) : null}
        <TextField
          label={texts.access.email}
          type="email"
          name="email"
          autoComplete="username"
          required
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        <TextField
          label={texts.access.password}
          type="password"
          name="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <Button type="submit" look="primary" busy={signing.isPending} className="mt-2 w-full">
          {texts.access.signIn}
        </Button>
      </form>
      <p className="mt-6 text-xs text-pretty text-muted">{texts.access.demoHub}</p>
    </AccessFrame>
  )
}
