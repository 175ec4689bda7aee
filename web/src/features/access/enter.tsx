import { useMutation } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { send } from '../../app/api.ts'
import { texts } from '../../app/texts.ts'
import type { LinkAnswer } from '../../app/wire.ts'
import { buttonClasses, Spinner } from '../../ui/button.tsx'
import { useEntering } from './entering.ts'
import { AccessFrame, takeToken } from './frame.tsx'
import { Join } from './join.tsx'

/** Where every one-time link leads: it signs in, or it says which form comes next. */
export function Enter(): ReactNode {
  const [token] = useState(takeToken)
  const handed = useRef(false)
  const enter = useEntering()
  const navigate = useNavigate()
  const handing = useMutation({
    mutationFn: () => send<LinkAnswer>('POST', '/api/v1/auth/link', { body: { token } }),
    onSuccess: async (answer) => {
      if (answer.purpose === 'sign-in') await enter()
      if (answer.purpose === 'set-up') await navigate({ to: '/set-up', hash: `token=${token}`, replace: true })
    },
  })
  const { mutate } = handing
  useEffect(() => {
    if (handed.current) return
    handed.current = true
    mutate()
  }, [mutate])

  if (handing.isError) {
    return (
      <AccessFrame
        title={texts.access.enterFailed}
        say={
          <span role="alert">
            {handing.error.message} {texts.access.enterFailedSay}
          </span>
        }
      >
        <Link to="/sign-in" className={buttonClasses('primary', 'md', 'w-full')}>
          {texts.access.signIn}
        </Link>
      </AccessFrame>
    )
  }
  if (handing.data?.purpose === 'join') return <Join token={token} invitation={handing.data} />
  return (
    <AccessFrame title={texts.access.enter}>
      <output className="flex justify-center py-4 text-muted">
        <Spinner className="size-6" />
        <span className="sr-only">{texts.access.enter}</span>
      </output>
    </AccessFrame>
  )
}
