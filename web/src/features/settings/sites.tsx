import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { MapPin, Pencil, Plus } from 'lucide-react'
import { type ReactNode, type SubmitEvent, useState } from 'react'
import { fieldProblem } from '../../app/api.ts'
import { CurrencyOptions, ZoneOptions } from '../../app/choices.tsx'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { sitesQuery } from '../../app/sites.ts'
import { texts } from '../../app/texts.ts'
import type { Site, SiteInput } from '../../app/wire.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { SelectField, TextField } from '../../ui/field.tsx'
import { Empty, SkeletonLines } from '../../ui/states.tsx'
import { Table } from '../../ui/table.tsx'
import { toast } from '../../ui/toast.tsx'

export function Sites(): ReactNode {
  const { api, tenant } = useSession()
  const sites = useQuery(sitesQuery(api))
  const [edited, setEdited] = useState<Site | 'new' | null>(null)
  const mayWrite = tenant.role !== 'viewer'
  const add = (
    <Button size="sm" onClick={() => setEdited('new')}>
      <Plus className="size-4" aria-hidden="true" />
      {texts.settings.addSite}
    </Button>
  )
  return (
    <Card
      title={texts.settings.sites}
      say={texts.settings.sitesSay}
      actions={mayWrite ? add : undefined}
      bodyClassName="pt-1 pb-2"
    >
      {sites.isError ? (
        <div className="px-5 py-2">
          <ProblemNotice
            title={texts.settings.failedTitle}
            error={sites.error}
            onRetry={() => sites.refetch()}
            compact
          />
        </div>
      ) : null}
      {sites.isPending && !sites.isError ? (
        <div className="px-5 pb-3">
          <SkeletonLines lines={3} label={texts.loading} />
        </div>
      ) : null}
      {sites.data?.length === 0 ? (
        <Empty
          icon={<MapPin className="size-6" aria-hidden="true" />}
          title={texts.settings.noSites}
          say={texts.settings.noSitesSay}
        />
      ) : null}
      {sites.data === undefined || sites.data.length === 0 ? null : (
        <Table
          label={texts.settings.sites}
          inset
          rows={sites.data}
          rowKey={(site) => site.id}
          columns={[
            {
              key: 'name',
              head: texts.settings.name,
              cell: (site) => (
                <>
                  <span className="font-medium">{site.name}</span>
                  <span className="block text-xs text-muted">{site.slug}</span>
                </>
              ),
            },
            {
              key: 'zone',
              head: texts.settings.zone,
              shown: 'wide',
              cell: (site) => site.time_zone.replaceAll('_', ' '),
            },
            { key: 'currency', head: texts.settings.currency, cell: (site) => site.currency },
            {
              key: 'close',
              head: texts.settings.closeOut,
              align: 'end',
              shown: 'wide',
              cell: (site) => site.close_out,
            },
            ...(mayWrite
              ? [
                  {
                    key: 'edit',
                    head: '',
                    align: 'end' as const,
                    cell: (site: Site) => (
                      <IconButton label={texts.settings.editSite(site.name)} onClick={() => setEdited(site)}>
                        <Pencil className="size-4" aria-hidden="true" />
                      </IconButton>
                    ),
                  },
                ]
              : []),
          ]}
        />
      )}
      <Dialog
        open={edited !== null}
        onOpenChange={(open) => (open ? null : setEdited(null))}
        title={edited === null || edited === 'new' ? texts.settings.addSite : texts.settings.editSite(edited.name)}
        closeLabel={texts.close}
      >
        {edited === null ? null : <SiteForm site={edited === 'new' ? null : edited} onDone={() => setEdited(null)} />}
      </Dialog>
    </Card>
  )
}

function SiteForm(props: { site: Site | null; onDone: () => void }): ReactNode {
  const { site, onDone } = props
  const { api, tenant } = useSession()
  const client = useQueryClient()
  const [form, setForm] = useState<SiteInput>({
    name: site?.name ?? '',
    time_zone: site?.time_zone ?? tenant.time_zone,
    currency: site?.currency ?? tenant.currency,
    close_out: site?.close_out ?? tenant.close_out,
  })
  const saving = useMutation({
    mutationFn: () =>
      site === null ? api.post<Site>(api.path('sites'), form) : api.put<Site>(api.path(`sites/${site.id}`), form),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: sitesQuery(api).queryKey })
      toast(texts.settings.saved)
      onDone()
    },
  })
  const field = (name: keyof SiteInput) => ({
    value: form[name],
    onChange: (event: { target: { value: string } }) => setForm({ ...form, [name]: event.target.value }),
    problem: fieldProblem(saving.error, name),
    required: true,
  })
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    saving.mutate()
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {saving.isError ? <ProblemNotice title={texts.settings.notSaved} error={saving.error} compact /> : null}
      <TextField label={texts.settings.name} autoComplete="off" {...field('name')} />
      <SelectField label={texts.settings.zone} {...field('time_zone')}>
        <ZoneOptions also={form.time_zone} />
      </SelectField>
      <SelectField label={texts.settings.currency} {...field('currency')}>
        <CurrencyOptions also={form.currency} />
      </SelectField>
      <TextField
        label={texts.settings.closeOut}
        type="time"
        hint={texts.settings.closeOutHint}
        {...field('close_out')}
      />
      <div className="mt-2 flex justify-end gap-2">
        <Button onClick={onDone}>{texts.cancel}</Button>
        <Button type="submit" look="primary" busy={saving.isPending}>
          {texts.save}
        </Button>
      </div>
    </form>
  )
}
