import { Check } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import type { ReactNode } from 'react'
import { classes } from './classes.ts'

const ITEM =
  'flex min-h-8.5 cursor-pointer items-center gap-2.5 rounded-sm px-2.5 py-1.5 text-sm outline-none select-none ' +
  'data-highlighted:bg-sunken data-disabled:opacity-50'

/** A button's menu. `trigger` is one element that takes a ref and the button's own attributes. */
export function Menu(props: {
  trigger: ReactNode
  label: string
  children: ReactNode
  align?: 'start' | 'end'
  side?: 'top' | 'bottom'
}): ReactNode {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{props.trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          aria-label={props.label}
          align={props.align ?? 'end'}
          side={props.side ?? 'bottom'}
          sideOffset={6}
          collisionPadding={12}
          className="z-50 max-h-[80dvh] min-w-52 overflow-y-auto rounded-md border border-line bg-raised p-1 shadow-raised animate-appear"
        >
          {props.children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

export function MenuItem(props: {
  onSelect?: () => void
  icon?: ReactNode
  children: ReactNode
  say?: string
  disabled?: boolean
}): ReactNode {
  return (
    <DropdownMenu.Item className={ITEM} disabled={props.disabled ?? false} onSelect={() => props.onSelect?.()}>
      {props.icon === undefined ? null : <span className="mt-0.5 self-start text-muted">{props.icon}</span>}
      <span className="min-w-0">
        <span className="block">{props.children}</span>
        {props.say === undefined ? null : <span className="block max-w-64 text-xs text-muted">{props.say}</span>}
      </span>
    </DropdownMenu.Item>
  )
}

/** A link as a menu's entry: `children` is the anchor itself. */
export function MenuLink(props: { children: ReactNode }): ReactNode {
  return (
    <DropdownMenu.Item asChild className={ITEM}>
      {props.children}
    </DropdownMenu.Item>
  )
}

export function MenuChoices<T extends string>(props: {
  value: T
  onChange: (value: T) => void
  choices: readonly { readonly value: T; readonly label: ReactNode; readonly note?: ReactNode }[]
}): ReactNode {
  return (
    <DropdownMenu.RadioGroup value={props.value}>
      {props.choices.map((choice) => (
        <DropdownMenu.RadioItem
          key={choice.value}
          value={choice.value}
          onSelect={() => props.onChange(choice.value)}
          className={classes(ITEM, 'justify-between')}
        >
          <span className="flex min-w-0 items-center gap-2">
            {choice.label}
            {choice.note}
          </span>
          <DropdownMenu.ItemIndicator>
            <Check className="size-4 text-accent" aria-hidden="true" />
          </DropdownMenu.ItemIndicator>
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  )
}

export function MenuTitle(props: { children: ReactNode }): ReactNode {
  return (
    <DropdownMenu.Label className="px-2.5 pt-2 pb-1 text-xs font-medium text-muted">
      {props.children}
    </DropdownMenu.Label>
  )
}

export function MenuLine(): ReactNode {
  return <DropdownMenu.Separator className="my-1 border-t border-line" />
}
