import { Link } from '@tanstack/react-router'
import { CreditCard, History, Info, Link2, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { formatMoment } from '../../app/format.ts'
import { useSession } from '../../app/session.tsx'
import { useSites } from '../../app/sites.ts'
import { texts } from '../../app/texts.ts'
import type { FileDetection, Import } from '../../app/wire.ts'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { SelectField } from '../../ui/field.tsx'
import { isUncorrected } from './choices.ts'
import type { Corrections } from './corrections.ts'
import { understoodSentence } from './sentence.ts'
import { Tables } from './tables.tsx'

/** What the file was taken for, in a sentence, and what is good to know about it. */
export function Understood(props: {
  run: Import
  detection: FileDetection
  corrections: Corrections
  fixed: boolean
}): ReactNode {
  const { run, detection, corrections } = props
  const sites = useSites()
  const rows = texts.count.rows(detection.rows_looked_at)
  const words = texts.imports.understood
  return (
    <Card
      title={words.title}
      say={detection.whole_file ? words.judgedWhole(rows) : words.judged(rows)}
      busy={corrections.busy}
      actions={
        isUncorrected(corrections.choices) || props.fixed ? null : (
          <Button size="sm" look="quiet" onClick={corrections.startOver}>
            {texts.imports.corrections.startOver}
          </Button>
        )
      }
    >
      <p className="text-lg text-pretty">{understoodSentence(run, detection)}</p>
      {run.tables.length < 2 ? null : <Tables run={run} corrections={corrections} fixed={props.fixed} />}
      {sites.length < 2 ? null : (
        <SelectField
          label={words.site}
          value={corrections.siteId}
          disabled={props.fixed}
          onChange={(event) => corrections.chooseSite(event.target.value)}
          fieldClassName="mt-4 max-w-72"
        >
          {sites.map((site) => (
            <option key={site.id} value={site.id}>
              {site.name}
            </option>
          ))}
        </SelectField>
      )}
      <Notes run={run} detection={detection} corrections={corrections} fixed={props.fixed} />
    </Card>
  )
}

function Notes(props: { run: Import; detection: FileDetection; corrections: Corrections; fixed: boolean }): ReactNode {
  const { run, detection } = props
  const { tenant } = useSession()
  const words = texts.imports.understood
  // What stands in the import itself is told from there, with a way to act on it.
  const notes = detection.notes.filter(({ code, severity }) => severity !== 'confirm' && !TOLD_BELOW.has(code))
  const lines: { readonly key: string; readonly icon: ReactNode; readonly say: ReactNode }[] = []
  const icon = 'mt-0.5 size-4 shrink-0'
  if (run.remembered) {
    lines.push({ key: 'remembered', icon: <History className={`${icon} text-info`} />, say: words.remembered })
  }
  if (run.joins !== null) {
    lines.push({
      key: 'joins',
      icon: <Link2 className={`${icon} text-info`} />,
      say: <Joins {...props} name={run.joins.name} />,
    })
  }
  if (run.already_imported !== null) {
    const already = run.already_imported
    lines.push({
      key: 'already',
      icon: <Info className={`${icon} text-info`} />,
      say: (
        <>
          {words.already(formatMoment(already.at, tenant.time_zone))}{' '}
          <Link
            to="/imports/$importId"
            params={{ importId: already.import_id }}
            className="rounded-sm font-medium text-accent hover:underline"
          >
            {words.alreadyOpen}
          </Link>
        </>
      ),
    })
  }
  if (run.cards_masked > 0) {
    lines.push({
      key: 'cards',
      icon: <CreditCard className={`${icon} text-info`} />,
      say: words.cards(run.cards_masked),
    })
  }
  const warnings = notes.filter((note) => note.severity === 'warning')
  for (const note of [...warnings, ...notes.filter((one) => one.severity === 'info')]) {
    lines.push({
      key: `${note.code} ${note.say}`,
      icon:
        note.severity === 'warning' ? (
          <TriangleAlert className={`${icon} text-warn`} />
        ) : (
          <Info className={`${icon} text-info`} />
        ),
      say: (
        <>
          <span className="sr-only">{words.note[note.severity]}: </span>
          {note.say}
        </>
      ),
    })
  }
  if (lines.length === 0) return null
  return (
    <div className="mt-4 border-t border-line pt-3">
      <h3 className="mb-2 text-xs font-medium text-muted">{words.notes}</h3>
      <ul className="flex flex-col gap-2 text-sm">
        {lines.map((line) => (
          <li key={line.key} className="flex items-start gap-2.5">
            <span aria-hidden="true">{line.icon}</span>
            <p className="min-w-0 text-pretty">{line.say}</p>
          </li>
        ))}
      </ul>
    </div>
  )
}

const TOLD_BELOW: ReadonlySet<string> = new Set(['already_imported', 'joins_connection'])

function Joins(props: { name: string; corrections: Corrections; fixed: boolean }): ReactNode {
  const words = texts.imports.understood
  return (
    <>
      {words.joins(props.name)}{' '}
      {props.fixed ? null : (
        <button
          type="button"
          onClick={props.corrections.keepApart}
          className="rounded-sm font-medium text-accent hover:underline"
        >
          {words.keepApart}
        </button>
      )}
    </>
  )
}
