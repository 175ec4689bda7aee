import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { texts } from '../../app/texts.ts'
import type { Import } from '../../app/wire.ts'
import { Button, buttonClasses } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { Failed } from '../../ui/states.tsx'
import { useMayImport } from './actor.ts'
import { Columns } from './columns.tsx'
import { type Corrections, useCorrections } from './corrections.ts'
import { useConfirm } from './go-bar.tsx'
import { WritingAlone } from './layout.tsx'
import { Tables } from './tables.tsx'
import { UndoButton } from './undo.tsx'

type Heading = NonNullable<Import['fault']>['headings'][number]

/** An import that failed: why, and what may be done about it. */
export function Failure(props: { run: Import }): ReactNode {
  const { run } = props
  const going = useConfirm(run.id)
  const words = texts.imports.result
  // A file that was understood was received whole: the run can go on after what is recorded.
  const canGoOn = run.detection !== null
  const mayImport = useMayImport()
  return (
    <>
      <Failed
        title={run.fault?.code.startsWith('file.') === true ? words.noSales : words.failed}
        say={run.fault?.detail ?? texts.errors.brokenSay}
        code={run.fault === null ? undefined : texts.errors.code(run.fault.code)}
      >
        {canGoOn ? <p className="w-full text-sm text-muted">{words.failedSay}</p> : null}
        {canGoOn && mayImport ? (
          <Button look="primary" size="sm" onClick={() => going.mutate()} busy={going.isPending}>
            {words.goOn}
          </Button>
        ) : null}
        <Link to="/imports" className={buttonClasses('plain', 'sm')}>
          {words.another}
        </Link>
        {mayImport && (run.tables.length > 0 || canGoOn) ? <UndoButton run={run} /> : null}
        {going.isError ? <p className="w-full text-sm text-bad">{going.error.message}</p> : null}
      </Failed>
      {canGoOn || run.tables.length === 0 || !mayImport ? null : <Mend run={run} />}
    </>
  )
}

/** A file in which no sales were found, and what the person may know that we do not. */
function Mend(props: { run: Import }): ReactNode {
  const { run } = props
  const corrections = useCorrections(run)
  const words = texts.imports.result
  const headings = run.fault?.headings ?? []
  return (
    <>
      {headings.length === 0 ? null : <UnknownColumns headings={headings} corrections={corrections} />}
      <Card title={words.mend} say={words.mendSay} busy={corrections.busy}>
        <output aria-live="polite" className="sr-only">
          {corrections.busy ? texts.imports.corrections.busy : ''}
        </output>
        {corrections.problem === null ? null : (
          <div className="mb-4">
            <Failed
              title={texts.imports.corrections.refused}
              say={corrections.problem instanceof Error ? corrections.problem.message : texts.errors.brokenSay}
              compact
            />
          </div>
        )}
        {run.tables.length < 2 ? null : (
          <div className="mb-5">
            <Tables run={run} corrections={corrections} fixed={false} />
          </div>
        )}
        <WritingAlone corrections={corrections} fixed={false} />
      </Card>
    </>
  )
}

/** The columns of a table in which no sales were found: the person may know what they hold. */
function UnknownColumns(props: { headings: readonly Heading[]; corrections: Corrections }): ReactNode {
  const columns = props.headings.map(({ key, header, role }, index) => ({
    ...{ index, key, header, role, detail: null, confidence: 0 },
    ...{ from: 'cells' as const, because: role === 'ignore' ? texts.imports.result.unknownColumn : '', examples: [] },
  }))
  return <Columns detection={{ columns, shape: '' }} corrections={props.corrections} fixed={false} open />
}
