import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { FlaskConical } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '../ui/button.tsx'
import { toast } from '../ui/toast.tsx'
import { chooseTenant, meQuery, useSession } from './session.tsx'
import { texts } from './texts.ts'

/** Stands above everything of a tenant whose sales are made up, and cannot be put away. */
export function DemoBanner(): ReactNode {
  const { me, tenant } = useSession()
  if (tenant.kind !== 'demo') return null
  const own = me.tenants.find((one) => one.kind === 'live')
  return (
    <aside aria-label={texts.demo.banner} className="demo-stripes">
      <div className="mx-auto flex max-w-[90rem] flex-wrap items-center gap-x-3 gap-y-1 px-(--gutter) py-1.5 text-sm">
        <FlaskConical className="size-4 shrink-0" aria-hidden="true" />
        <strong className="font-semibold">{texts.demo.banner}</strong>
        <span className="max-sm:hidden">{texts.demo.bannerSay}</span>
        {own === undefined ? null : (
          <button
            type="button"
            onClick={() => chooseTenant(own.id)}
            className="ml-auto rounded-sm font-semibold underline underline-offset-2"
          >
            {texts.demo.back(own.name)}
          </button>
        )}
      </div>
    </aside>
  )
}

/** Makes a demonstration shop, a tenant of its own, and goes there. */
export function useDemo(): { readonly load: () => void; readonly busy: boolean } {
  const { api } = useSession()
  const client = useQueryClient()
  const navigate = useNavigate()
  const making = useMutation({
    mutationFn: () => api.post<{ tenant_id: string; slug: string }>(api.path('demos')),
    onSuccess: async (made) => {
      await client.refetchQueries({ queryKey: meQuery.queryKey })
      chooseTenant(made.tenant_id)
      toast(texts.demo.ready)
      await navigate({ to: '/' })
    },
    onError: (error) => toast(error.message === '' ? texts.demo.failed : error.message, 'bad'),
  })
  return { load: () => making.mutate(), busy: making.isPending }
}

export function LoadDemoButton(): ReactNode {
  const demo = useDemo()
  return (
    <Button onClick={demo.load} busy={demo.busy}>
      {demo.busy ? texts.demo.loading : texts.demo.load}
    </Button>
  )
}
