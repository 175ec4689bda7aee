import type { ComponentProps, ReactNode } from 'react'
import { classes } from './classes.ts'

type Look = 'primary' | 'plain' | 'quiet' | 'danger'
type Size = 'md' | 'sm'

const BASE =
  'inline-flex shrink-0 items-center justify-center gap-2 rounded-md font-medium whitespace-nowrap transition-colors ' +
  'disabled:opacity-50 disabled:pointer-events-none aria-disabled:opacity-50'
const LOOKS: Readonly<Record<Look, string>> = {
  primary: 'bg-accent text-on-accent hover:bg-accent-strong',
  plain: 'border border-edge bg-surface text-ink hover:bg-sunken data-[state=open]:bg-sunken',
  quiet: 'text-muted hover:bg-sunken hover:text-ink data-[state=open]:bg-sunken',
  danger: 'bg-bad text-surface hover:opacity-90',
}
const SIZES: Readonly<Record<Size, string>> = { md: 'h-9 px-3.5 text-base', sm: 'h-8 px-2.5 text-sm' }

/** For links that look like buttons. */
export function buttonClasses(look: Look = 'plain', size: Size = 'md', extra?: string): string {
  return classes(BASE, LOOKS[look], SIZES[size], extra)
}

export function Button(
  props: ComponentProps<'button'> & { look?: Look | undefined; size?: Size | undefined; busy?: boolean | undefined },
): ReactNode {
  const { look, size, busy, className, type, disabled, children, ...rest } = props
  return (
    <button
      {...rest}
      type={type ?? 'button'}
      disabled={disabled === true || busy === true}
      aria-busy={busy === true ? true : undefined}
      className={buttonClasses(look, size, className)}
    >
      {busy === true ? <Spinner /> : null}
      {children}
    </button>
  )
}

/** A button that shows a picture alone; its label is what a screen reader and a pointer's rest tell. */
export function IconButton(props: ComponentProps<'button'> & { label: string }): ReactNode {
  const { label, className, type, ...rest } = props
  return (
    <button
      {...rest}
      type={type ?? 'button'}
      aria-label={label}
      title={label}
      className={classes(
        'inline-flex size-8 shrink-0 items-center justify-center rounded-md text-muted transition-colors',
        'hover:bg-sunken hover:text-ink aria-pressed:bg-sunken aria-pressed:text-ink data-[state=open]:bg-sunken',
        className,
      )}
    />
  )
}

export function Spinner(props: { className?: string }): ReactNode {
  return (
    <svg className={classes('size-4 animate-spin', props.className)} viewBox="0 0 16 16" fill="none" aria-hidden="true">
      <circle cx="8" cy="8" r="6" stroke="currentColor" strokeWidth="2" opacity="0.25" />
      <path d="M14 8a6 6 0 0 0-6-6" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
    </svg>
  )
}
