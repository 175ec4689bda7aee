import { Check } from 'lucide-react'
import type { ReactNode } from 'react'
import { texts } from '../../app/texts.ts'
import type { NoticeKind } from '../../app/wire.ts'
import { toggled, type Way, type Wishes } from './wishes.ts'

const WAYS: readonly Way[] = ['email', 'whatsapp']

/** Each kind by each way: a table whose cells are boxes to tick. */
export function KindsGrid(props: { wishes: Wishes; onChange: (wishes: Wishes) => void }): ReactNode {
  const { wishes, onChange } = props
  const words = texts.notices.page
  const head = 'px-2 py-2 text-center text-xs font-medium text-muted'
  return (
    <table className="w-full border-collapse text-sm">
      <caption className="sr-only">{words.what}</caption>
      <thead>
        <tr className="border-b border-line">
          <th scope="col" className="py-2 pr-2 text-left text-xs font-medium text-muted">
            {words.kind}
          </th>
          <th scope="col" className={`${head} max-sm:hidden`}>
            {words.ways.dashboard}
          </th>
          {WAYS.map((way) => (
            <th key={way} scope="col" className={head}>
              {words.ways[way]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {(Object.keys(words.kinds) as NoticeKind[]).map((kind) => (
          <tr key={kind} className="border-b border-line last:border-b-0">
            <th scope="row" className="py-2.5 pr-2 text-left font-normal text-pretty">
              {words.kinds[kind]}
            </th>
            <td className="px-2 text-center text-muted max-sm:hidden">
              <Check className="inline size-4" aria-hidden="true" />
              <span className="sr-only">{words.always}</span>
            </td>
            {WAYS.map((way) => (
              <td key={way} className="text-center">
                <label className="inline-flex size-9 cursor-pointer items-center justify-center">
                  <span className="sr-only">{words.by(words.kinds[kind], words.ways[way])}</span>
                  <input
                    type="checkbox"
                    checked={wishes[way].includes(kind)}
                    onChange={() => onChange(toggled(wishes, way, kind))}
                    className="size-4 accent-accent"
                  />
                </label>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
