import { type ReactNode, useEffect, useRef } from 'react'
import { Button } from './button.tsx'

/** A button, pressed by itself when it comes into view. */
export function More(props: {
  more: boolean
  busy: boolean
  onMore: () => void
  label: string
  end: string
}): ReactNode {
  const { more, busy, onMore } = props
  const end = useRef<HTMLDivElement>(null)
  const press = useRef(onMore)
  useEffect(() => {
    press.current = onMore
  })
  useEffect(() => {
    if (!more || end.current === null) return
    const watcher = new IntersectionObserver((seen) => {
      if (seen.some((one) => one.isIntersecting)) press.current()
    })
    watcher.observe(end.current)
    return () => watcher.disconnect()
  }, [more])
  return (
    <div ref={end} className="flex justify-center py-5 text-sm text-faint">
      {more ? (
        <Button onClick={onMore} busy={busy}>
          {props.label}
        </Button>
      ) : (
        props.end
      )}
    </div>
  )
}
