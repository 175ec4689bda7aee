import { Tabs as Radix } from 'radix-ui'
import { type ReactNode, useEffect, useRef } from 'react'

export function Tabs<T extends string>(props: {
  label: string
  value: T
  onChange: (value: T) => void
  tabs: readonly { readonly value: T; readonly label: ReactNode }[]
  children: ReactNode
}): ReactNode {
  const choose = (value: string): void => {
    const tab = props.tabs.find((one) => one.value === value)
    if (tab !== undefined) props.onChange(tab.value)
  }
  const list = useRef<HTMLDivElement>(null)
  // On a narrow screen the chosen tab may stand beyond the edge.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another choice is another place
  useEffect(() => {
    list.current?.querySelector('[data-state=active]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [props.value])
  return (
    <Radix.Root value={props.value} onValueChange={choose}>
      <Radix.List ref={list} aria-label={props.label} className="flex gap-1 overflow-x-auto border-b border-line">
        {props.tabs.map((tab) => (
          <Radix.Trigger
            key={tab.value}
            value={tab.value}
            className="-mb-px h-9 border-b-2 border-transparent px-3 text-sm font-medium text-muted transition-colors focus-visible:-outline-offset-2 hover:text-ink data-[state=active]:border-accent data-[state=active]:text-ink"
          >
            {tab.label}
          </Radix.Trigger>
        ))}
      </Radix.List>
      <Radix.Content value={props.value} className="outline-none">
        {props.children}
      </Radix.Content>
    </Radix.Root>
  )
}
