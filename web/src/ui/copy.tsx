import { Copy } from 'lucide-react'
import type { ReactNode } from 'react'
import { IconButton } from './button.tsx'
import { toast } from './toast.tsx'

/** A word to be entered elsewhere, letter by letter. */
export function CopyText(props: { text: string; label: string; copied: string; failed: string }): ReactNode {
  const copy = (): void => {
    // A page that is not served over https has no clipboard.
    const written = navigator.clipboard?.writeText(props.text) ?? Promise.reject(new Error('no clipboard'))
    written.then(
      () => toast(props.copied),
      () => toast(props.failed, 'bad'),
    )
  }
  return (
    <span className="flex min-w-0 items-center gap-1 rounded-md bg-sunken py-0.5 pr-0.5 pl-2.5">
      <code className="min-w-0 flex-1 font-mono text-xs break-all">{props.text}</code>
      <IconButton label={props.label} onClick={copy}>
        <Copy className="size-3.5" aria-hidden="true" />
      </IconButton>
    </span>
  )
}
