import { useQueryClient } from '@tanstack/react-query'
import { Link, type LinkProps, useLocation, useNavigate } from '@tanstack/react-router'
import {
  ArrowLeftRight,
  ChartNoAxesCombined,
  ChevronsUpDown,
  FileUp,
  FlaskConical,
  ListChecks,
  LogOut,
  type LucideIcon,
  Menu as MenuIcon,
  Monitor,
  Moon,
  Plug,
  ReceiptText,
  Settings,
  ShoppingBag,
  Store,
  Sun,
} from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { Dot } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Segments } from '../ui/field.tsx'
import { Menu, MenuChoices, MenuTitle } from '../ui/menu.tsx'
import { send } from './api.ts'
import { Bell } from './bell.tsx'
import { useLive } from './live.ts'
import { chooseTenant, useSession } from './session.tsx'
import { useOpenTasks } from './tasks.ts'
import { texts } from './texts.ts'
import { chooseTheme, useTheme } from './theme.ts'

type Entry = {
  readonly to: NonNullable<LinkProps['to']>
  readonly label: string
  readonly icon: LucideIcon
  /** How many things wait behind it. */
  readonly useCount?: () => number
}

// One line here is all that a new screen needs to be found; the phone's bar shows the first four.
const GROUPS: readonly { readonly title: string; readonly entries: readonly Entry[] }[] = [
  {
    title: texts.shell.analyse,
    entries: [
      { to: '/', label: texts.shell.overview, icon: ChartNoAxesCombined },
      { to: '/sales', label: texts.shell.sales, icon: ReceiptText },
    ],
  },
  {
    title: texts.shell.sell,
    entries: [
      { to: '/orders', label: texts.shell.orders, icon: ShoppingBag },
      { to: '/tasks', label: texts.shell.tasks, icon: ListChecks, useCount: useOpenTasks },
      { to: '/mapping', label: texts.shell.mapping, icon: ArrowLeftRight },
    ],
  },
  {
    title: texts.shell.data,
    entries: [
      { to: '/imports', label: texts.shell.imports, icon: FileUp },
      { to: '/connections', label: texts.shell.connections, icon: Plug },
    ],
  },
  { title: texts.shell.manage, entries: [{ to: '/settings', label: texts.shell.settings, icon: Settings }] },
]
const ENTRIES = GROUPS.flatMap((group) => group.entries)
const THUMB = ENTRIES.slice(0, 4)

export function SideBar(): ReactNode {
  const { me } = useSession()
  return (
    <div className="sticky top-0 flex h-dvh flex-col border-r border-line px-3 py-4 max-lg:hidden" data-print="none">
      <div className="flex items-center justify-between gap-2">
        <Link to="/" className="flex items-center gap-2.5 rounded-md px-2 py-1">
          <Mark />
          <span className="text-lg font-semibold tracking-tight">{texts.product}</span>
        </Link>
        <Bell />
      </div>
      <div className="mt-4">
        <TenantSwitcher />
      </div>
      <nav aria-label={texts.shell.navigation} className="mt-4 flex-1 overflow-y-auto">
        {GROUPS.map((group) => (
          <div key={group.title} className="mt-3 first:mt-0">
            <p className="px-2.5 pb-1 text-2xs font-medium tracking-wide text-faint uppercase">{group.title}</p>
            <ul className="flex flex-col gap-0.5">
              {group.entries.map((entry) => (
                <li key={entry.to}>
                  <SideLink entry={entry} />
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
      <div className="flex flex-col gap-3 border-t border-line pt-3">
        <div className="flex items-center justify-between px-2">
          <LiveSign />
          <ThemeSegments />
        </div>
        <div className="flex items-center justify-between gap-2 px-2">
          <div className="min-w-0 text-xs">
            <p className="truncate font-medium">{me.person.name}</p>
            <p className="truncate text-muted">{me.person.email}</p>
          </div>
          <SignOutButton small />
        </div>
      </div>
    </div>
  )
}

/** The overview has two addresses; its entry is the current one at both. */
function useCurrent(): (to: string) => 'page' | undefined {
  const { pathname } = useLocation()
  return (to) => (to === '/' && pathname === '/pos-integrations' ? 'page' : undefined)
}

function SideLink(props: { entry: Entry }): ReactNode {
  const { to, label, icon: Icon } = props.entry
  const current = useCurrent()(to)
  return (
    <Link
      to={to}
      {...(current === undefined ? {} : { 'aria-current': current })}
      activeOptions={{ exact: to === '/', includeSearch: false }}
      className={classes(
        'flex h-9 items-center gap-2.5 rounded-md px-2.5 text-base font-medium text-muted transition-colors',
        'hover:bg-sunken hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent-strong',
      )}
    >
      <Icon className="size-4.5" strokeWidth={1.75} aria-hidden="true" />
      {label}
      <Waiting entry={props.entry} />
    </Link>
  )
}

const nothing = (): number => 0

function Waiting(props: { entry: Entry }): ReactNode {
  const useCount = props.entry.useCount ?? nothing
  const count = useCount()
  if (count === 0) return null
  return (
    <span className="num ml-auto rounded-full bg-warn-soft px-1.5 text-2xs leading-4.5 font-semibold text-warn">
      {count}
    </span>
  )
}

/** On a narrow screen: whose figures these are. */
export function TopBar(): ReactNode {
  return (
    <header className="flex items-center justify-between gap-3 px-(--gutter) pt-3 lg:hidden" data-print="none">
      <div className="flex min-w-0 items-center gap-2">
        <Mark />
        <TenantSwitcher compact />
      </div>
      <div className="flex items-center gap-2">
        <LiveSign />
        <Bell align="end" />
      </div>
    </header>
  )
}

export function PhoneBar(): ReactNode {
  const [open, setOpen] = useState(false)
  const { me } = useSession()
  const current = useCurrent()
  const slot =
    'flex h-14 flex-1 flex-col items-center justify-center gap-0.5 text-2xs font-medium text-muted ' +
    'aria-[current=page]:text-accent-strong'
  return (
    <nav
      aria-label={texts.shell.navigation}
      className="fixed inset-x-0 bottom-0 z-30 flex border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] lg:hidden"
    >
      {THUMB.map(({ to, label, icon: Icon }) => (
        <Link
          key={to}
          to={to}
          activeOptions={{ exact: to === '/', includeSearch: false }}
          className={slot}
          {...(current(to) === undefined ? {} : { 'aria-current': current(to) })}
        >
          <Icon className="size-5" strokeWidth={1.75} aria-hidden="true" />
          <span className="max-w-full truncate px-0.5">{label}</span>
        </Link>
      ))}
      <button type="button" className={slot} aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <MenuIcon className="size-5" strokeWidth={1.75} aria-hidden="true" />
        {texts.more}
      </button>
      <Dialog open={open} onOpenChange={setOpen} title={texts.shell.menu} closeLabel={texts.close} shape="sheet">
        <ul className="flex flex-col">
          {ENTRIES.slice(THUMB.length).map(({ to, label, icon: Icon }) => (
            <li key={to}>
              <Link
                to={to}
                onClick={() => setOpen(false)}
                className="-mx-2 flex h-12 items-center gap-3 rounded-md px-2 text-lg hover:bg-sunken"
              >
                <Icon className="size-5 text-muted" strokeWidth={1.75} aria-hidden="true" />
                {label}
              </Link>
            </li>
          ))}
        </ul>
        <div className="mt-3 flex items-center justify-between border-t border-line pt-4">
          <span className="text-muted">{texts.shell.theme}</span>
          <ThemeSegments />
        </div>
        <div className="mt-4 flex items-center justify-between gap-3 border-t border-line pt-4">
          <span className="min-w-0 truncate text-muted">{me.person.email}</span>
          <SignOutButton />
        </div>
      </Dialog>
    </nav>
  )
}

function TenantSwitcher(props: { compact?: boolean }): ReactNode {
  const { me, tenant } = useSession()
  return (
    <Menu
      label={texts.shell.tenants}
      align="start"
      trigger={
        <button
          type="button"
          aria-label={`${texts.shell.tenant}: ${tenant.name}`}
          title={tenant.name}
          className={classes(
            'flex min-w-0 items-center gap-2 rounded-md text-left hover:bg-sunken data-[state=open]:bg-sunken',
            props.compact === true ? 'h-9 px-2' : 'w-full border border-line bg-surface px-2.5 py-2 shadow-card',
          )}
        >
          {tenant.kind === 'demo' ? (
            <FlaskConical className="size-4 shrink-0 text-warn" aria-hidden="true" />
          ) : (
            <Store className="size-4 shrink-0 text-muted" aria-hidden="true" />
          )}
          <span className="min-w-0 flex-1 truncate font-medium">{tenant.name}</span>
          <ChevronsUpDown className="size-3.5 shrink-0 text-faint" aria-hidden="true" />
        </button>
      }
    >
      <MenuTitle>{texts.shell.tenants}</MenuTitle>
      <MenuChoices
        value={tenant.id}
        onChange={chooseTenant}
        choices={me.tenants.map((one) => ({
          value: one.id,
          label: <span className="truncate">{one.name}</span>,
          note: one.kind === 'demo' ? <span className="text-xs text-warn">{texts.shell.demoTenant}</span> : null,
        }))}
      />
    </Menu>
  )
}

function LiveSign(): ReactNode {
  const live = useLive()
  const say = { live: texts.shell.live, connecting: texts.shell.connecting, lost: texts.shell.lost }[live]
  return (
    <span className="flex items-center gap-2 text-xs text-muted" title={say}>
      <Dot tone={live === 'live' ? 'good' : live === 'lost' ? 'warn' : 'plain'} breathing={live !== 'live'} />
      {live === 'live' ? say : <span className="sr-only">{say}</span>}
    </span>
  )
}

export function ThemeSegments(props: { worded?: boolean }): ReactNode {
  const theme = useTheme()
  const icon = (Icon: LucideIcon, label: string): ReactNode => (
    <>
      <Icon className="size-3.5" aria-hidden="true" />
      <span className={props.worded === true ? undefined : 'sr-only'}>{label}</span>
    </>
  )
  return (
    <Segments
      label={texts.shell.theme}
      value={theme}
      onChange={chooseTheme}
      choices={[
        { value: 'system', label: icon(Monitor, texts.shell.themes.system) },
        { value: 'light', label: icon(Sun, texts.shell.themes.light) },
        { value: 'dark', label: icon(Moon, texts.shell.themes.dark) },
      ]}
    />
  )
}

export function SignOutButton(props: { small?: boolean }): ReactNode {
  const client = useQueryClient()
  const navigate = useNavigate()
  const leave = async (): Promise<void> => {
    // Whatever the hub answers, this browser forgets.
    await send('POST', '/api/v1/auth/sign-out').catch(() => null)
    await navigate({ to: '/sign-in' })
    client.clear()
  }
  return (
    <Button look={props.small === true ? 'quiet' : 'plain'} size="sm" onClick={leave} title={texts.shell.signOut}>
      <LogOut className="size-4" aria-hidden="true" />
      <span className={props.small === true ? 'sr-only' : undefined}>{texts.shell.signOut}</span>
    </Button>
  )
}

export function Mark(): ReactNode {
  return <img src="/mark.svg" alt="" className="size-7" />
}
