import type { Instant } from '#kernel/instant.ts'
import { allTenants } from '#modules/access/access.ts'
import type { Connections } from '#modules/connections/open.ts'
import type { Database } from '#platform/postgres/database.ts'
import type { Log } from '#platform/telemetry/log.ts'
import type { Providers } from './providers.ts'

// Sign-ins that stand beside the hub's other settings. They connect the first tenant as soon as there is one; a provider
// that does not take them, or not yet, is asked again now and then.

type OwnSignIns = { readonly everyMs: number; run(now: Instant): Promise<void> }

const AGAIN_MS = 60_000

export function ownSignIns(options: {
  readonly database: Database
  readonly connections: Connections
  readonly log: Log
  readonly given: ReturnType<Providers['ownCredentials']>
}): OwnSignIns {
  const { database, connections, log } = options
  const waiting = new Map(options.given.map((one) => [one.system, { ...one, notBefore: 0 }]))
  return {
    everyMs: 1_000,
    async run(now) {
      if (waiting.size === 0) return
      const [tenant] = await allTenants(database)
      if (tenant === undefined) return
      for (const [system, { environment, accessToken, notBefore }] of waiting) {
        if (now < notBefore) continue
        const credentials = { access_token: accessToken }
        const outcome = await connections.connectFromEnvironment(tenant.id, {
          posSystem: system,
          environment,
          credentials,
        })
        if (outcome.kind === 'refused')
          log.warn({ system, code: outcome.code }, 'the sign-in of the settings is not taken')
        else log.info({ system, outcome: outcome.kind }, 'the sign-in of the settings')
        if (outcome.kind === 'refused' && outcome.again) {
          waiting.set(system, { system, environment, accessToken, notBefore: now + AGAIN_MS })
        } else {
          waiting.delete(system)
        }
      }
    },
  }
}
