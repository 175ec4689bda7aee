import { CONNECTORS } from '#connectors/registry.ts'
import type { Connector, Live } from '../../connectors/contract.ts'
import type { SettingSpec } from './setting-spec.ts'

// Settings of providers, named after them: SQUARE_APPLICATION_ID for the system `square`. A connector brings its own by
// being there.

const LIVE = CONNECTORS.filter((connector) => connector.live !== undefined)

export function settingName(system: string, what: ProviderSetting): string {
  return `${system.toUpperCase().replaceAll('-', '_')}_${what}`
}

export type ProviderSetting = 'APPLICATION_ID' | 'APPLICATION_SECRET' | 'ACCESS_TOKEN' | 'ENVIRONMENT' | 'BASE_URL'

export const PROVIDER_SETTINGS: readonly SettingSpec[] = LIVE.flatMap(settingsOf)

/** Whether one token is all that a sign-in needs. */
function signsInByToken({ signIn }: Live): boolean {
  return signIn.fields.every(({ name, required }) => name === 'access_token' || !required)
}

function settingsOf({ id, name, live }: Connector): SettingSpec[] {
  const setting = (what: ProviderSetting, secret: boolean, say: string, fallback: string | null = null) => ({
    name: settingName(id, what),
    fallback,
    secret,
    say,
  })
  const oauth =
    live?.signIn.oauth === undefined
      ? []
      : [
          setting('APPLICATION_ID', false, `Id of your application at ${name}, for signing in there with OAuth.`),
          setting('APPLICATION_SECRET', true, `Secret of that application.`),
        ]
  const own =
    live === undefined || !signsInByToken(live)
      ? []
      : [
          setting(
            'ACCESS_TOKEN',
            true,
            `Access token of your own account at ${name}: connects the first tenant by itself, and manages webhooks of the application.`,
          ),
          setting('ENVIRONMENT', false, `Which ${name} those are of: production or sandbox.`, 'production'),
        ]
  return [
    ...oauth,
    ...own,
    setting('BASE_URL', false, `Where ${name} is reached instead of its own address, such as a simulator.`),
  ]
}
