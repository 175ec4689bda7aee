import type { ReactNode } from 'react'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'

/** Asks before something that is not taken back with one press. `problem` stands where the last try failed. */
export function Confirm(props: {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  say?: string | undefined
  words: { readonly cancel: string; readonly close: string; readonly go: string }
  danger?: boolean
  busy: boolean
  problem?: ReactNode
  disabled?: boolean
  onConfirm: () => void
  children?: ReactNode
}): ReactNode {
  const { words, say } = props
  return (
    <Dialog
      open={props.open}
      onOpenChange={props.onOpenChange}
      title={props.title}
      {...(say === undefined ? {} : { say })}
      closeLabel={words.close}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          props.onConfirm()
        }}
      >
        {props.problem}
        {props.children}
        <div className="mt-5 flex flex-wrap justify-end gap-2">
          <Button onClick={() => props.onOpenChange(false)}>{words.cancel}</Button>
          <Button
            type="submit"
            look={props.danger === true ? 'danger' : 'primary'}
            busy={props.busy}
            disabled={props.disabled ?? false}
          >
            {words.go}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
