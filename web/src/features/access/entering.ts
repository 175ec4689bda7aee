import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useRouter } from '@tanstack/react-router'

/** Goes in, with nothing left of whoever was signed in before. */
export function useEntering(): (next?: string) => Promise<void> {
  const client = useQueryClient()
  const navigate = useNavigate()
  const router = useRouter()
  return async (next) => {
    client.clear()
    if (next === undefined) await navigate({ to: '/', replace: true })
    else router.history.replace(next)
  }
}
