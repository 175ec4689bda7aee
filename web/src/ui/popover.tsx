import { Popover as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { classes } from './classes.ts'

/** A small panel beside its button. `trigger` is one element that takes a ref and the button's own attributes. */
export function Popover(props: {
  trigger: ReactNode
  label: string
  children: ReactNode
  open?: boolean
  onOpenChange?: (open: boolean) => void
  align?: 'start' | 'center' | 'end'
  className?: string
}): ReactNode {
  const control = props.open === undefined ? {} : { open: props.open }
  return (
    <Radix.Root {...control} {...(props.onOpenChange === undefined ? {} : { onOpenChange: props.onOpenChange })}>
      <Radix.Trigger asChild>{props.trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          aria-label={props.label}
          align={props.align ?? 'start'}
          sideOffset={6}
          collisionPadding={12}
          className={classes(
            'z-50 max-w-[calc(100vw-1.5rem)] rounded-md border border-line bg-raised p-4 text-sm shadow-raised animate-appear',
            props.className,
          )}
        >
          {props.children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
