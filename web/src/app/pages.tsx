import { Link, useRouter } from '@tanstack/react-router'
import { Compass } from 'lucide-react'
import { type ReactNode, useEffect } from 'react'
import { Button, buttonClasses, Spinner } from '../ui/button.tsx'
import { Empty, Failed } from '../ui/states.tsx'
import { Problem } from './api.ts'
import { texts } from './texts.ts'

export function NotFound(): ReactNode {
  return (
    <>
      <title>{texts.title(texts.errors.notFound)}</title>
      <Empty
        icon={<Compass className="size-6" aria-hidden="true" />}
        title={texts.errors.notFound}
        say={texts.errors.notFoundSay}
      >
        <Link to="/" className={buttonClasses('primary')}>
          {texts.errors.home}
        </Link>
      </Empty>
    </>
  )
}

/** A page that broke, or a hub that does not answer; the latter is asked again until it does. */
export function Broken(props: { error: unknown }): ReactNode {
  const router = useRouter()
  const offline = props.error instanceof Problem && (props.error.offline || props.error.status >= 502)
  useEffect(() => {
    if (!offline) return
    const timer = setInterval(() => router.invalidate(), 3_000)
    return () => clearInterval(timer)
  }, [offline, router])
  return (
    <div className="mx-auto max-w-xl p-6">
      <Failed
        title={texts.errors.broken}
        say={offline ? texts.errors.offline : texts.errors.brokenSay}
        code={props.error instanceof Problem ? texts.errors.code(props.error.code) : undefined}
      >
        <Button onClick={() => window.location.reload()}>{texts.errors.reload}</Button>
      </Failed>
    </div>
  )
}

export function Starting(): ReactNode {
  return (
    <output className="grid min-h-dvh place-items-center text-muted">
      <span className="sr-only">{texts.loading}</span>
      <Spinner className="size-6" />
    </output>
  )
}
