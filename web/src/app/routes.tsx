import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { readSetupSearch, readSignInSearch } from '../features/connect/search.ts'
import { readConnectionSearch, readConnectionsSearch } from '../features/connections/search.ts'
import { readImportsSearch } from '../features/imports/search.ts'
import { readMappingSearch } from '../features/mapping/search.ts'
import { readOrdersSearch, readStatisticsSearch } from '../features/orders/search.ts'
import { readOverviewSearch } from '../features/overview/search.ts'
import { readSalesSearch } from '../features/sales/search.ts'
import { readTasksSearch } from '../features/tasks/search.ts'
import { Toasts } from '../ui/toast.tsx'
import { Problem } from './api.ts'
import { Broken, NotFound, Starting } from './pages.tsx'
import { meQuery } from './session.tsx'
import { Shell } from './shell.tsx'

// Every address of the dashboard. A screen's code is fetched when its address is first opened; what stands behind the
// question mark is read here once, so that a mistyped address becomes the plain screen and never an error.

const root = createRootRouteWithContext<{ queries: QueryClient }>()({
  component: () => (
    <>
      <Outlet />
      <Toasts />
    </>
  ),
  notFoundComponent: NotFound,
  errorComponent: Broken,
})

const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: Shell,
  pendingComponent: Starting,
  errorComponent: Broken,
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queries.ensureQueryData(meQuery)
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 401) throw error
      throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { next: location.href } })
    }
  },
})

const overview = createRoute({
  getParentRoute: () => inside,
  path: '/',
  validateSearch: readOverviewSearch,
  component: lazyRouteComponent(() => import('../features/overview/overview.tsx'), 'Overview'),
})

/** The address that merchants were given; the same screen. */
const posIntegrations = createRoute({
  getParentRoute: () => inside,
  path: '/pos-integrations',
  validateSearch: readOverviewSearch,
  component: lazyRouteComponent(() => import('../features/overview/overview.tsx'), 'Overview'),
})

const sales = createRoute({
  getParentRoute: () => inside,
  path: '/sales',
  validateSearch: readSalesSearch,
  component: lazyRouteComponent(() => import('../features/sales/sales.tsx'), 'Sales'),
})

const sale = createRoute({
  getParentRoute: () => inside,
  path: '/sales/$saleId',
  component: lazyRouteComponent(() => import('../features/sale/sale.tsx'), 'SalePage'),
})

const imports = createRoute({
  getParentRoute: () => inside,
  path: '/imports',
  validateSearch: readImportsSearch,
  component: lazyRouteComponent(() => import('../features/imports/imports.tsx'), 'Imports'),
})

const importRun = createRoute({
  getParentRoute: () => inside,
  path: '/imports/$importId',
  component: lazyRouteComponent(() => import('../features/imports/import-run.tsx'), 'ImportRun'),
})

const connections = createRoute({
  getParentRoute: () => inside,
  path: '/connections',
  validateSearch: readConnectionsSearch,
  component: lazyRouteComponent(() => import('../features/connections/connections.tsx'), 'Connections'),
})

const connectSystems = createRoute({
  getParentRoute: () => inside,
  path: '/connections/new',
  component: lazyRouteComponent(() => import('../features/connect/systems.tsx'), 'ConnectSystems'),
})

const connectSignIn = createRoute({
  getParentRoute: () => inside,
  path: '/connections/new/$system',
  validateSearch: readSignInSearch,
  component: lazyRouteComponent(() => import('../features/connect/sign-in.tsx'), 'ConnectSignIn'),
})

const connectSetup = createRoute({
  getParentRoute: () => inside,
  path: '/connections/$connectionId/setup',
  validateSearch: readSetupSearch,
  component: lazyRouteComponent(() => import('../features/connect/setup.tsx'), 'ConnectSetup'),
})

const connection = createRoute({
  getParentRoute: () => inside,
  path: '/connections/$connectionId',
  validateSearch: readConnectionSearch,
  // Providers send a merchant back to the connection and its next step.
  beforeLoad: ({ search, params }) => {
    if (search.step === undefined) return
    throw redirect({ to: '/connections/$connectionId/setup', params, search: { step: search.step } })
  },
  component: lazyRouteComponent(() => import('../features/connections/connection.tsx'), 'ConnectionPage'),
})

const sync = createRoute({
  getParentRoute: () => inside,
  path: '/connections/$connectionId/syncs/$syncId',
  component: lazyRouteComponent(() => import('../features/connections/sync.tsx'), 'SyncPage'),
})

const webhook = createRoute({
  getParentRoute: () => inside,
  path: '/connections/$connectionId/webhooks/$webhookId',
  component: lazyRouteComponent(() => import('../features/connections/webhook.tsx'), 'WebhookPage'),
})

const settings = createRoute({
  getParentRoute: () => inside,
  path: '/settings',
  component: lazyRouteComponent(() => import('../features/settings/settings.tsx'), 'Settings'),
})

const noticeSettings = createRoute({
  getParentRoute: () => inside,
  path: '/settings/notices',
  component: lazyRouteComponent(() => import('../features/notices/notice-settings.tsx'), 'NoticeSettings'),
})

const orders = createRoute({
  getParentRoute: () => inside,
  path: '/orders',
  validateSearch: readOrdersSearch,
  component: lazyRouteComponent(() => import('../features/orders/orders.tsx'), 'Orders'),
})

const orderStatistics = createRoute({
  getParentRoute: () => inside,
  path: '/orders/statistics',
  validateSearch: readStatisticsSearch,
  component: lazyRouteComponent(() => import('../features/orders/statistics.tsx'), 'OrderStatistics'),
})

const order = createRoute({
  getParentRoute: () => inside,
  path: '/orders/$orderId',
  component: lazyRouteComponent(() => import('../features/order/order.tsx'), 'OrderPage'),
})

const mapping = createRoute({
  getParentRoute: () => inside,
  path: '/mapping',
  validateSearch: readMappingSearch,
  component: lazyRouteComponent(() => import('../features/mapping/mapping.tsx'), 'Mapping'),
})

const tasks = createRoute({
  getParentRoute: () => inside,
  path: '/tasks',
  validateSearch: readTasksSearch,
  component: lazyRouteComponent(() => import('../features/tasks/tasks.tsx'), 'Tasks'),
})

const task = createRoute({
  getParentRoute: () => inside,
  path: '/tasks/$taskId',
  component: lazyRouteComponent(() => import('../features/tasks/task.tsx'), 'TaskPage'),
})

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { next?: string } =>
    // Only an address of our own: nobody is led elsewhere after signing in.
    typeof search.next === 'string' && /^\/(?![/\\])/.test(search.next) ? { next: search.next } : {},
  component: lazyRouteComponent(() => import('../features/access/sign-in.tsx'), 'SignIn'),
})

const setUp = createRoute({
  getParentRoute: () => root,
  path: '/set-up',
  component: lazyRouteComponent(() => import('../features/access/set-up.tsx'), 'SetUp'),
})

const enter = createRoute({
  getParentRoute: () => root,
  path: '/enter',
  component: lazyRouteComponent(() => import('../features/access/enter.tsx'), 'Enter'),
})

const tree = root.addChildren([
  inside.addChildren([
    overview,
    posIntegrations,
    sales,
    sale,
    imports,
    importRun,
    connections,
    connectSystems,
    connectSignIn,
    connectSetup,
    connection,
    sync,
    webhook,
    orders,
    orderStatistics,
    order,
    mapping,
    tasks,
    task,
    settings,
    noticeSettings,
  ]),
  signIn,
  setUp,
  enter,
])

export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queries },
    defaultPreload: 'intent',
    defaultPendingMs: 300,
    defaultErrorComponent: Broken,
    defaultNotFoundComponent: NotFound,
    scrollRestoration: true,
  })
}
