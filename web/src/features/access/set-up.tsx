import { useMutation } from '@tanstack/react-query'
import { type ReactNode, type SubmitEvent, useState } from 'react'
import { fieldProblem, send } from '../../app/api.ts'
import { CurrencyOptions, likelyCurrency, ownZone, ZoneOptions } from '../../app/choices.tsx'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { texts } from '../../app/texts.ts'
import { Button } from '../../ui/button.tsx'
import { SelectField, TextField } from '../../ui/field.tsx'
import { Empty } from '../../ui/states.tsx'
import { useEntering } from './entering.ts'
import { AccessFrame, takeToken } from './frame.tsx'

/** The first start: the owner, and the business whose sales are kept. */
export function SetUp(): ReactNode {
  const [token] = useState(takeToken)
  const enter = useEntering()
  const [form, setForm] = useState(() => ({
    name: '',
    email: '',
    password: '',
    shop: '',
    currency: likelyCurrency(navigator.languages),
    zone: ownZone(),
    closeOut: '00:00',
  }))
  const making = useMutation({
    mutationFn: () =>
      send<unknown>('POST', '/api/v1/auth/set-up', {
        body: {
          token,
          name: form.name,
          email: form.email,
          password: form.password,
          tenant: { name: form.shop, currency: form.currency, time_zone: form.zone, close_out: form.closeOut },
        },
      }),
    onSuccess: () => enter(),
  })
  const field = (name: keyof typeof form, pointer: string) => ({
    value: form[name],
    onChange: (event: { target: { value: string } }) => setForm({ ...form, [name]: event.target.value }),
    problem: fieldProblem(making.error, pointer),
    required: true,
  })
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    making.mutate()
  }

  if (token === '') {
    return (
      <AccessFrame title={texts.access.setUp}>
        <Empty title={texts.access.enterFailed} say={texts.access.noToken} />
      </AccessFrame>
    )
  }
  return (
    <AccessFrame title={texts.access.setUp} say={texts.access.setUpSay} wide>
      <form onSubmit={submit} className="flex flex-col gap-6">
        {making.isError ? <ProblemNotice title={texts.access.setUp} error={making.error} compact /> : null}
        <fieldset className="flex flex-col gap-4">
          <legend className="mb-3 text-sm font-semibold">{texts.access.you}</legend>
          <TextField label={texts.access.name} autoComplete="name" {...field('name', 'name')} />
          <TextField label={texts.access.email} type="email" autoComplete="username" {...field('email', 'email')} />
          <TextField
            label={texts.access.password}
            type="password"
            autoComplete="new-password"
            minLength={10}
            hint={texts.access.passwordHint}
            {...field('password', 'password')}
          />
        </fieldset>
        <fieldset className="flex flex-col gap-4 border-t border-line pt-5">
          <legend className="sr-only">{texts.access.shop}</legend>
          <p aria-hidden="true" className="text-sm font-semibold">
            {texts.access.shop}
          </p>
          <TextField label={texts.access.shopName} autoComplete="organization" {...field('shop', 'tenant/name')} />
          <div className="grid gap-4 sm:grid-cols-2">
            <SelectField label={texts.settings.currency} {...field('currency', 'tenant/currency')}>
              <CurrencyOptions also={form.currency} />
            </SelectField>
            <SelectField label={texts.settings.zone} {...field('zone', 'tenant/time_zone')}>
              <ZoneOptions also={form.zone} />
            </SelectField>
          </div>
          <TextField
            label={texts.settings.closeOut}
            type="time"
            hint={texts.settings.closeOutHint}
            {...field('closeOut', 'tenant/close_out')}
          />
        </fieldset>
        <Button type="submit" look="primary" busy={making.isPending}>
          {texts.access.create}
        </Button>
      </form>
    </AccessFrame>
  )
}
