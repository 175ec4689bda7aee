import { useMutation } from '@tanstack/react-query'
import { type ReactNode, type SubmitEvent, useState } from 'react'
import { fieldProblem, send } from '../../app/api.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { texts } from '../../app/texts.ts'
import type { LinkAnswer } from '../../app/wire.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { useEntering } from './entering.ts'
import { AccessFrame } from './frame.tsx'

/** Accepting an invitation. The page does not know whether the address has an account already, and must not. */
export function Join(props: { token: string; invitation: Extract<LinkAnswer, { purpose: 'join' }> }): ReactNode {
  const { token, invitation } = props
  const enter = useEntering()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const joining = useMutation({
    mutationFn: () =>
      send<unknown>('POST', '/api/v1/auth/join', {
        body: { token, password, ...(name.trim() === '' ? {} : { name: name.trim() }) },
      }),
    onSuccess: () => enter(),
  })
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    joining.mutate()
  }
  return (
    <AccessFrame
      title={texts.access.joinTitle(invitation.tenant)}
      say={texts.access.joinSay(invitation.email, invitation.role)}
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        {joining.isError ? <ProblemNotice title={texts.access.join} error={joining.error} compact /> : null}
        <TextField
          label={texts.access.nameNew}
          autoComplete="name"
          value={name}
          onChange={(event) => setName(event.target.value)}
          problem={fieldProblem(joining.error, 'name')}
        />
        <TextField
          label={texts.access.password}
          type="password"
          autoComplete="current-password"
          required
          hint={texts.access.joinPassword}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          problem={fieldProblem(joining.error, 'password')}
        />
        <Button type="submit" look="primary" busy={joining.isPending} className="mt-2 w-full">
          {texts.access.join}
        </Button>
      </form>
    </AccessFrame>
  )
}
