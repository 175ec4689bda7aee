import { useRouter } from '@tanstack/react-router'
import type { ComponentProps, ReactNode } from 'react'

/** A link to a path that the hub named, search and all; anything but a path of this dashboard leads to its beginning. */
export function PathLink(props: Omit<ComponentProps<'a'>, 'href'> & { to: string }): ReactNode {
  const { to, onClick, children, ...rest } = props
  const router = useRouter()
  const href = /^\/(?![/\\])/.test(to) ? to : '/'
  return (
    <a
      {...rest}
      href={href}
      onClick={(event) => {
        onClick?.(event)
        const elsewhere = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0
        if (event.defaultPrevented || elsewhere) return
        event.preventDefault()
        router.history.push(href)
      }}
    >
      {children}
    </a>
  )
}
