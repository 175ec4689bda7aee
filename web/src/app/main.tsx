import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import '../ui/tokens.css'
import { Problem } from './api.ts'
import { makeRouter } from './routes.tsx'
import { meQuery } from './session.tsx'

const RETRIES_MAX = 2

const queries = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => {
      // Signed out elsewhere, or for too long: who is signed in is asked anew, and the shell leads to the sign-in.
      if (!(error instanceof Problem) || error.status !== 401 || query.queryKey[0] === 'me') return
      queries.resetQueries({ queryKey: meQuery.queryKey }).then(() => router.invalidate())
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (failures, error) => failures < RETRIES_MAX && mayPass(error),
      retryDelay: (failures) => Math.min(5_000, 500 * 2 ** failures),
    },
  },
})

/** Whether asking again may help. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof Problem)) return true
  return error.offline || error.status >= 500 || error.status === 429
}

const router = makeRouter(queries)
const root = document.getElementById('root')
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  )
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>
  }
}
