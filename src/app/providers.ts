import { CONNECTORS } from '#connectors/registry.ts'
import { Fault } from '#kernel/fault.ts'
import type { Systems } from '#modules/connections/keeping.ts'
import type { Application, Credentials, Environment, Live, PosSystem } from '../../connectors/contract.ts'
import { type ProviderSetting, settingName } from './provider-settings.ts'
import type { Settings } from './settings.ts'

/** The systems that can be asked, and what this installation knows of each. */
export type Providers = {
  liveOf(system: PosSystem): Live | null
  /** Scheme and host, without a slash at the end. */
  baseUrlOf(system: PosSystem, environment: Environment): string
  /** The same for one connection, whose merchant may have named an address of his own. */
  addressOf(system: PosSystem, environment: Environment, credentials: Credentials): ReturnType<Systems['addressOf']>
  /** The program that the provider knows this hub as; null where none was set up. */
  applicationOf(system: PosSystem, environment: Environment): Application | null
  /** Credentials of the environment for the first tenant's own account. */
  ownCredentials(): readonly {
    readonly system: PosSystem
    readonly environment: Environment
    readonly accessToken: string
  }[]
}

/** Throws `setting.bad`. */
export function openProviders(settings: Pick<Settings, 'providers' | 'privateAddresses'>): Providers {
  const spoken = (system: PosSystem, what: ProviderSetting) => settings.providers.get(settingName(system, what)) ?? null
  const environmentOf = (system: PosSystem): Environment => {
    const said = spoken(system, 'ENVIRONMENT') ?? 'production'
    if (said === 'production' || said === 'sandbox') return said
    const setting = settingName(system, 'ENVIRONMENT')
    throw new Fault('invalid', 'setting.bad', {
      say: `The setting ${setting} must be production or sandbox. Mend it and start again.`,
      detail: { setting },
    })
  }
  const live = new Map(CONNECTORS.flatMap(({ id, live }) => (live === undefined ? [] : [[id, live] as const])))
  for (const system of live.keys()) environmentOf(system)
  const baseUrlOf = (system: PosSystem, environment: Environment): string => {
    const found = live.get(system)
    if (found === undefined) throw new Error(`no connector reads ${system}`)
    return (spoken(system, 'BASE_URL') ?? found.api.hosts[environment]).replace(/\/+$/, '')
  }
  return {
    liveOf: (system) => live.get(system) ?? null,
    baseUrlOf,
    addressOf(system, environment, credentials) {
      // What stands in the settings was put there by whoever runs the hub, who knows his own house.
      const isSet = spoken(system, 'BASE_URL') !== null
      const named = isSet ? null : (live.get(system)?.api.baseUrlOf?.(credentials) ?? null)
      if (named === null) return { baseUrl: baseUrlOf(system, environment), addressBy: 'hub', guarded: false }
      const guarded = settings.privateAddresses !== 'allow'
      return { baseUrl: named.replace(/\/+$/, ''), addressBy: 'merchant', guarded }
    },
    applicationOf(system, environment) {
      const id = spoken(system, 'APPLICATION_ID')
      if (id === null || environmentOf(system) !== environment) return null
      const token = spoken(system, 'ACCESS_TOKEN')
      const credentials: Record<string, string> = token === null ? {} : { access_token: token }
      return { id, secret: spoken(system, 'APPLICATION_SECRET'), credentials }
    },
    ownCredentials: () =>
      [...live.keys()].flatMap((system) => {
        const accessToken = spoken(system, 'ACCESS_TOKEN')
        return accessToken === null ? [] : [{ system, environment: environmentOf(system), accessToken }]
      }),
  }
}

/** The same as the connections need it. */
export function systemsOf(providers: Providers): Systems {
  return {
    findConnector: (system) => CONNECTORS.find(({ id }) => id === system) ?? null,
    baseUrlOf: providers.baseUrlOf,
    addressOf: providers.addressOf,
    applicationOf: providers.applicationOf,
    applicationSettings: (system) =>
      (['APPLICATION_ID', 'APPLICATION_SECRET', 'ACCESS_TOKEN'] as const).map((what) => settingName(system, what)),
  }
}
