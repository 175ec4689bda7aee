import type { ReactNode } from 'react'
import { Button } from '../ui/button.tsx'
import { Failed } from '../ui/states.tsx'
import { Problem } from './api.ts'
import { texts } from './texts.ts'

/** A failure in the hub's own words. */
export function ProblemNotice(props: {
  title: string
  error: unknown
  onRetry?: () => void
  compact?: boolean
}): ReactNode {
  const problem = props.error instanceof Problem ? props.error : null
  const say = problem === null ? texts.errors.brokenSay : problem.offline ? texts.errors.offline : problem.message
  return (
    <Failed
      title={props.title}
      say={say}
      code={problem === null || problem.offline ? undefined : texts.errors.code(problem.code)}
      compact={props.compact ?? false}
    >
      {props.onRetry === undefined ? null : (
        <Button size="sm" onClick={props.onRetry}>
          {texts.retry}
        </Button>
      )}
    </Failed>
  )
}
