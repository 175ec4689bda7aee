import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { IconButton } from './button.tsx'
import { classes } from './classes.ts'

export function Dialog(props: {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  say?: string
  closeLabel: string
  children: ReactNode
  /** `sheet` rises from the lower edge, where a thumb is. */
  shape?: 'box' | 'sheet'
  width?: 'plain' | 'wide'
}): ReactNode {
  const sheet = props.shape === 'sheet'
  return (
    <Radix.Root open={props.open} onOpenChange={props.onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-[#00000066] animate-appear" />
        <Radix.Content
          {...(props.say === undefined ? { 'aria-describedby': undefined } : {})}
          className={classes(
            'fixed z-50 flex flex-col overflow-y-auto border border-line bg-raised shadow-raised',
            sheet
              ? 'inset-x-0 bottom-0 max-h-[85dvh] rounded-t-lg pb-[env(safe-area-inset-bottom)] animate-slide'
              : 'top-1/2 left-1/2 max-h-[90dvh] -translate-1/2 rounded-lg',
            !sheet && (props.width === 'wide' ? 'w-[min(56rem,calc(100vw-2rem))]' : 'w-[min(32rem,calc(100vw-2rem))]'),
          )}
        >
          <header className="flex items-start justify-between gap-4 px-5 pt-4 pb-2">
            <div>
              <Radix.Title className="text-lg font-semibold">{props.title}</Radix.Title>
              {props.say === undefined ? null : (
                <Radix.Description className="mt-1 text-sm text-muted">{props.say}</Radix.Description>
              )}
            </div>
            <Radix.Close asChild>
              <IconButton label={props.closeLabel}>
                <X className="size-4" aria-hidden="true" />
              </IconButton>
            </Radix.Close>
          </header>
          <div className="px-5 pt-2 pb-5">{props.children}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
