import { useMutation } from '@tanstack/react-query'
import { ExternalLink } from 'lucide-react'
import type { ReactNode } from 'react'
import { withQuery } from '../../app/api.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import type { PosSystem } from '../../app/wire.ts'
import { Button } from '../../ui/button.tsx'
import { CopyText } from '../../ui/copy.tsx'
import type { Environment } from './search.ts'

type OAuthFacts = NonNullable<NonNullable<PosSystem['sign_in']>['oauth']>

/** To the provider's page of consent; or, where the provider does not know this hub, what makes it known. */
export function OAuthWay(props: {
  system: PosSystem
  oauth: OAuthFacts
  environment: Environment
  /** Null for a new connection. */
  connectionId: string | null
}): ReactNode {
  const { system, oauth, environment, connectionId } = props
  const { api } = useSession()
  const words = texts.connect.signIn
  const going = useMutation({
    mutationFn: () =>
      api.post<{ url: string }>(
        withQuery(`/api/integrations/pos/${encodeURIComponent(system.id)}/oauth`, {
          environment,
          connection_id: connectionId,
        }),
      ),
    onSuccess: ({ url }) => window.location.assign(url),
  })
  if (!oauth.environments.includes(environment)) return <Missing {...props} />
  return (
    <div className="flex flex-col gap-4">
      {going.isError ? <ProblemNotice title={words.refused} error={going.error} compact /> : null}
      <Button
        look="primary"
        className="self-start"
        busy={going.isPending || going.isSuccess}
        onClick={() => going.mutate()}
      >
        <ExternalLink className="size-4" aria-hidden="true" />
        {words.oauthGo(system.name)}
      </Button>
    </div>
  )
}

function Missing(props: { system: PosSystem; oauth: OAuthFacts; environment: Environment }): ReactNode {
  const { system, oauth, environment } = props
  const words = texts.connect.signIn
  const [make, enter, copy] = words.oauthSteps(system.name)
  const named = texts.connections.environments[environment]
  return (
    <section aria-labelledby="oauth-missing" className="rounded-md bg-info-soft px-4 py-3 text-sm">
      <h2 id="oauth-missing" className="font-semibold text-info">
        {words.oauthMissing(system.name)}
      </h2>
      <p className="mt-1">{words.oauthMissingSay(system.name, named)}</p>
      <ol className="mt-2 flex list-decimal flex-col gap-2 pl-5">
        <li>{make}</li>
        <li>
          {enter}
          <CopyText text={oauth.redirect_uri} label={words.copy} copied={words.copied} failed={words.copyFailed} />
        </li>
        <li>
          {copy}
          <ul className="mt-1 flex flex-wrap gap-1.5">
            {oauth.settings.map((setting) => (
              <li key={setting}>
                <code className="rounded-sm bg-sunken px-1.5 py-0.5 font-mono text-xs">{setting}</code>
              </li>
            ))}
          </ul>
        </li>
      </ol>
      <p className="mt-2 text-muted">{words.oauthInstead}</p>
    </section>
  )
}
