import { Link } from '@tanstack/react-router'
import { BellRing } from 'lucide-react'
import type { ReactNode } from 'react'
import { ThemeSegments } from '../../app/navigation.tsx'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import { buttonClasses } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { ApiKeys } from './api-keys.tsx'
import { Sites } from './sites.tsx'

export function Settings(): ReactNode {
  const { tenant } = useSession()
  return (
    <>
      <title>{texts.title(texts.settings.title)}</title>
      <header className="mb-5">
        <h1 className="text-xl font-semibold tracking-tight">{texts.settings.title}</h1>
        <p className="text-sm text-muted">
          {tenant.name} · {tenant.currency} · {tenant.time_zone.replaceAll('_', ' ')}
        </p>
      </header>
      <div className="flex max-w-4xl flex-col gap-4">
        <Sites />
        {tenant.role === 'owner' ? <ApiKeys /> : null}
        <Card title={texts.notices.page.title} say={texts.notices.page.intro}>
          <Link to="/settings/notices" className={buttonClasses('plain', 'sm')}>
            <BellRing className="size-4 text-muted" aria-hidden="true" />
            {texts.notices.settings}
          </Link>
        </Card>
        <Card title={texts.settings.appearance} say={texts.settings.appearanceSay}>
          <div className="flex items-center gap-4">
            <span className="text-muted">{texts.shell.theme}</span>
            <ThemeSegments worded />
          </div>
        </Card>
      </div>
    </>
  )
}
