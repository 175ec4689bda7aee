import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { Plug } from 'lucide-react'
import type { ReactNode } from 'react'
import { connectionQuery, systemsQuery } from '../../app/connections.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import type { Connection, PosSystem } from '../../app/wire.ts'
import { buttonClasses } from '../../ui/button.tsx'
import { Choices } from '../../ui/choices.tsx'
import { Empty, SkeletonLines } from '../../ui/states.tsx'
import { OAuthWay } from './oauth-way.tsx'
import { ENVIRONMENTS, type Environment, readSignInSearch, type SignInSearch } from './search.ts'
import { StepHeading, Steps } from './steps.tsx'
import { TokenForm } from './token-form.tsx'

type SignInFacts = NonNullable<PosSystem['sign_in']>

/** Whose account it is: shown by the provider's own page, or by an access token. Also for signing in anew. */
export function ConnectSignIn(): ReactNode {
  const { system: id = '' } = useParams({ strict: false })
  const search = readSignInSearch(useSearch({ strict: false }))
  const { api } = useSession()
  const systems = useQuery(systemsQuery(api))
  const standing = useQuery({
    ...connectionQuery(api, search.connection ?? ''),
    enabled: search.connection !== undefined,
  })
  const system = systems.data?.find((one) => one.id === id)
  const facts = system?.sign_in ?? null
  const waits = systems.isPending || (search.connection !== undefined && standing.isPending)
  const error = systems.error ?? standing.error
  return (
    <>
      <Steps here="sign_in" />
      {error !== null ? <ProblemNotice title={texts.connections.failedTitle} error={error} /> : null}
      {waits && error === null ? <SkeletonLines lines={6} label={texts.loading} /> : null}
      {waits || error !== null ? null : system === undefined || facts === null ? (
        <Unknown />
      ) : (
        <SignIn system={system} facts={facts} search={search} standing={standing.data ?? null} />
      )}
    </>
  )
}

function SignIn(props: {
  system: PosSystem
  facts: SignInFacts
  search: SignInSearch
  standing: Connection | null
}): ReactNode {
  const { system, facts, search, standing } = props
  const navigate = useNavigate()
  const words = texts.connect.signIn
  const go = (change: SignInSearch): void => {
    navigate({
      to: '/connections/new/$system',
      params: { system: system.id },
      search: { ...search, ...change },
      replace: true,
    })
  }
  const environment = standing?.environment ?? search.environment ?? 'production'
  const known = facts.oauth?.environments.includes(environment) === true
  const fallback = standing?.credentials?.from === 'person' || !known ? 'token' : 'oauth'
  const way = facts.oauth === null ? 'token' : (search.way ?? fallback)
  return (
    <div className="max-w-2xl">
      <StepHeading
        step="sign_in"
        title={standing === null ? words.title(system.name) : words.titleAgain(system.name)}
        say={standing === null ? undefined : words.again(standing.name)}
      />
      <div className="flex flex-col gap-6 rounded-lg border border-line bg-surface p-5 shadow-card">
        {standing === null ? (
          <Choices<Environment>
            label={words.environment}
            value={environment}
            columns
            choices={ENVIRONMENTS.map((value) => ({ value, label: words.environments[value] }))}
            onChange={(value) => go({ environment: value })}
          />
        ) : null}
        {facts.oauth === null ? null : (
          <Choices<'oauth' | 'token'>
            label={words.way}
            value={way}
            columns
            choices={[
              { value: 'oauth', label: words.oauth(system.name), say: words.oauthSay(system.name) },
              { value: 'token', label: words.token, say: words.tokenSay },
            ]}
            onChange={(value) => go({ way: value })}
          />
        )}
        {way === 'oauth' && facts.oauth !== null ? (
          <OAuthWay
            key={environment}
            system={system}
            oauth={facts.oauth}
            environment={environment}
            connectionId={standing?.id ?? null}
          />
        ) : (
          <TokenForm
            key={environment}
            system={system}
            fields={facts.fields}
            environment={environment}
            standing={standing}
            onOther={(other) => go({ environment: other, way: 'token' })}
          />
        )}
      </div>
      <Link
        to={standing === null ? '/connections/new' : '/connections'}
        className={buttonClasses('quiet', 'md', 'mt-3')}
      >
        {standing === null ? words.back : texts.connections.page.back}
      </Link>
    </div>
  )
}

function Unknown(): ReactNode {
  return (
    <Empty
      icon={<Plug className="size-6" aria-hidden="true" />}
      title={texts.connect.systems.unknownTitle}
      say={texts.connect.systems.unknownSay}
    >
      <Link to="/connections/new" className={buttonClasses('primary')}>
        {texts.connect.systems.choose}
      </Link>
    </Empty>
  )
}
