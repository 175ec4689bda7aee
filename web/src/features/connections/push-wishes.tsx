import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, type SubmitEvent, useState } from 'react'
import { connectionPath, useMayConnect } from '../../app/connections.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import type { Connection } from '../../app/wire.ts'
import { Button } from '../../ui/button.tsx'
import { CheckField } from '../../ui/field.tsx'
import { toast } from '../../ui/toast.tsx'

/** What a merchant wants of orders that are put into this POS. */
export function PushWishes(props: { connection: Connection }): ReactNode {
  const { connection } = props
  const { api } = useSession()
  const client = useQueryClient()
  const mayConnect = useMayConnect()
  const standing = connection.push
  const [auto, setAuto] = useState(standing?.auto_sync_orders ?? true)
  const [customer, setCustomer] = useState(standing?.sync_customer_info ?? true)
  const fixed = !mayConnect || connection.state === 'disconnected'
  const words = texts.push
  const saving = useMutation({
    mutationFn: () =>
      api.put(connectionPath(api, connection.id), {
        push: { auto_sync_orders: auto, sync_customer_info: customer },
      }),
    async onSuccess() {
      await client.invalidateQueries({ queryKey: [api.tenantId, 'connection', connection.id] })
      toast(words.saved)
    },
  })
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    saving.mutate()
  }
  const isSame = auto === standing?.auto_sync_orders && customer === standing?.sync_customer_info
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      {saving.isError ? <ProblemNotice title={words.notSaved} error={saving.error} compact /> : null}
      <CheckField
        label={words.auto}
        hint={words.autoHint}
        checked={auto}
        disabled={fixed}
        onChange={(event) => setAuto(event.target.checked)}
      />
      <CheckField
        label={words.customer}
        hint={words.customerHint}
        checked={customer}
        disabled={fixed}
        onChange={(event) => setCustomer(event.target.checked)}
      />
      {fixed ? null : (
        <Button type="submit" className="self-start" disabled={isSame} busy={saving.isPending}>
          {words.save}
        </Button>
      )}
    </form>
  )
}
