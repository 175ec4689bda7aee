import type { ReactNode } from 'react'

/** A piece of JSON to read: indented, and reachable with the keyboard where it scrolls. */
export function JsonView(props: { label: string; value: unknown; className?: string }): ReactNode {
  return (
    <section
      aria-label={props.label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keyboard
      tabIndex={0}
      className={`overflow-auto rounded-md bg-sunken p-3 ${props.className ?? 'max-h-[36rem]'}`}
    >
      <pre className="font-mono text-xs leading-relaxed">
        <Coloured text={JSON.stringify(props.value, null, 2)} />
      </pre>
    </section>
  )
}

const PIECES = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\d[\d.eE+-]*/g

/** Names, words and numbers told apart; React escapes whatever a provider wrote. */
function Coloured(props: { text: string }): ReactNode {
  const parts: ReactNode[] = []
  let end = 0
  for (const match of props.text.matchAll(PIECES)) {
    const [piece, word, colon] = match
    parts.push(props.text.slice(end, match.index))
    const tone = word === undefined ? 'text-info' : colon === undefined ? 'text-good' : 'text-ink font-medium'
    parts.push(
      <span key={match.index} className={tone}>
        {word ?? piece}
      </span>,
      colon ?? '',
    )
    end = match.index + piece.length
  }
  return [...parts, props.text.slice(end)]
}
