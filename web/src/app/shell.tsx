import { useQueryClient } from '@tanstack/react-query'
import { Outlet, useLocation } from '@tanstack/react-router'
import { Building2 } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { Empty } from '../ui/states.tsx'
import { DemoBanner } from './demo.tsx'
import { followEvents, useConnectionLost } from './live.ts'
import { PhoneBar, SideBar, SignOutButton, TopBar } from './navigation.tsx'
import { Starting } from './pages.tsx'
import { SessionProvider, useMe, useSession } from './session.tsx'
import { texts } from './texts.ts'

// The frame round every screen of a signed-in person: navigation, the tenant, and one connection for live events.

export function Shell(): ReactNode {
  const me = useMe()
  if (me.data === undefined) return <Starting />
  return (
    <SessionProvider me={me.data} nobody={<Nobody />}>
      <Frame />
    </SessionProvider>
  )
}

function Frame(): ReactNode {
  const { api } = useSession()
  const client = useQueryClient()
  const { pathname } = useLocation()
  const main = useRef<HTMLElement>(null)
  const shownPath = useRef(pathname)

  useEffect(() => followEvents(api.path('events'), client), [api, client])

  // A new screen is a new document to a keyboard and to a screen reader: it begins at its beginning.
  useEffect(() => {
    if (shownPath.current === pathname) return
    shownPath.current = pathname
    main.current?.focus({ preventScroll: true })
  }, [pathname])

  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[var(--bar)_minmax(0,1fr)]">
      <a
        href="#content"
        className="sr-only rounded-md bg-accent px-4 py-2 text-on-accent focus:not-sr-only focus:fixed focus:top-3 focus:left-3 focus:z-50"
      >
        {texts.skip}
      </a>
      <SideBar />
      <div className="flex min-h-dvh min-w-0 flex-col">
        <DemoBanner />
        <TopBar />
        <LostBanner />
        <main
          id="content"
          ref={main}
          tabIndex={-1}
          className="mx-auto w-full max-w-[90rem] flex-1 px-(--gutter) pt-4 pb-24 lg:pt-7 lg:pb-12"
        >
          {/* Nothing of one tenant's screen outlives a switch to another. */}
          <Outlet key={api.tenantId} />
        </main>
      </div>
      <PhoneBar />
    </div>
  )
}

function LostBanner(): ReactNode {
  const lost = useConnectionLost()
  return (
    <output aria-live="polite">
      {lost ? (
        <p className="border-b border-line bg-warn-soft px-(--gutter) py-2 text-sm font-medium text-warn">
          {texts.shell.lost}
        </p>
      ) : null}
    </output>
  )
}

function Nobody(): ReactNode {
  return (
    <main className="grid min-h-dvh place-items-center">
      <Empty
        icon={<Building2 className="size-6" aria-hidden="true" />}
        title={texts.shell.nobody}
        say={texts.shell.nobodySay}
      >
        <SignOutButton />
      </Empty>
    </main>
  )
}
