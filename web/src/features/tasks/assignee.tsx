import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { membersQuery, useMaySeeMembers } from '../../app/actors.ts'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import type { Task } from '../../app/wire.ts'
import { SelectField } from '../../ui/field.tsx'
import { toast } from '../../ui/toast.tsx'

/** Who is to see to it. Whoever may not see the others may take it or leave it. */
export function Assignee(props: { task: Task }): ReactNode {
  const { task } = props
  const { api, me } = useSession()
  const client = useQueryClient()
  const maySee = useMaySeeMembers()
  const members = useQuery({ ...membersQuery(api), enabled: maySee })
  const words = texts.tasks.one
  const assigning = useMutation({
    mutationFn: (personId: string | null) =>
      api.put(api.path(`tasks/${encodeURIComponent(task.id)}/assignee`), { person_id: personId }),
    async onSuccess() {
      toast(words.assigned)
      await client.invalidateQueries({ queryKey: [api.tenantId, 'tasks'] })
    },
    onError: (error) => toast(`${words.notAssigned}: ${error.message}`, 'bad'),
  })
  const others = (members.data ?? []).filter((one) => one.state === 'active' && one.id !== me.person.id)
  return (
    <SelectField
      label={words.assign}
      value={task.assigned_to ?? ''}
      disabled={assigning.isPending}
      onChange={(event) => assigning.mutate(event.target.value === '' ? null : event.target.value)}
      fieldClassName="mt-4 max-w-64 border-t border-line pt-3"
    >
      <option value="">{words.nobody}</option>
      <option value={me.person.id}>{texts.actors.you}</option>
      {others.map((one) => (
        <option key={one.id} value={one.id}>
          {one.name ?? one.email}
        </option>
      ))}
      {task.assigned_to !== null && ![me.person.id, ...others.map(({ id }) => id)].includes(task.assigned_to) ? (
        <option value={task.assigned_to}>{texts.actors.person}</option>
      ) : null}
    </SelectField>
  )
}
