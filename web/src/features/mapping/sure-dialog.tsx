import { type ReactNode, useState } from 'react'
import { formatShare } from '../../app/format.ts'
import { texts } from '../../app/texts.ts'
import { Confirm } from '../../ui/confirm.tsx'
import { SelectField } from '../../ui/field.tsx'
import { useConfirming } from './changes.ts'
import type { Pair } from './queries.ts'

const THRESHOLDS = [0.98, 0.95, 0.9, 0.8, 0.7] as const

export function SureDialog(props: { pair: Pair; open: boolean; onOpenChange: (open: boolean) => void }): ReactNode {
  const { pair, open, onOpenChange } = props
  const [from, setFrom] = useState('0.9')
  const confirming = useConfirming(pair, () => onOpenChange(false))
  const words = texts.mapping.bulk
  return (
    <Confirm
      open={open}
      onOpenChange={onOpenChange}
      title={words.sureTitle}
      say={words.sureSay(pair.channel)}
      words={{ cancel: texts.cancel, close: texts.close, go: words.sureGo }}
      busy={confirming.isPending}
      onConfirm={() => confirming.mutate({ min_confidence: Number(from) })}
    >
      <SelectField label={words.sureFrom} value={from} onChange={(event) => setFrom(event.target.value)}>
        {THRESHOLDS.map((one) => (
          <option key={one} value={one}>
            {formatShare(one)}
          </option>
        ))}
      </SelectField>
    </Confirm>
  )
}
