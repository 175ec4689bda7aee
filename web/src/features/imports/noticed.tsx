import type { ReactNode } from 'react'
import { formatNumber } from '../../app/format.ts'
import { texts, wordFor } from '../../app/texts.ts'

/** What was noticed while the rows were read, counted; nothing of it was refused. */
export function Noticed(props: { noticed: Readonly<Record<string, number>> }): ReactNode {
  const noticed = Object.entries(props.noticed).filter(([, count]) => count > 0)
  if (noticed.length === 0) return null
  return (
    <div className="mt-4 border-t border-line pt-3 text-sm">
      <p className="mb-1 font-medium">{texts.imports.result.noticed}</p>
      <ul className="text-muted">
        {noticed.map(([code, count]) => (
          <li key={code} className="num">
            {noticedName(code)}: {formatNumber(count)}
          </li>
        ))}
      </ul>
    </div>
  )
}

function noticedName(code: string): string {
  const known = wordFor(texts.noticed, code)
  if (known !== code) return known
  const words = code.replaceAll(/[_.]/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
