import { CallFailed, type Link, type Subscriptions } from '../../contract.ts'
import { type Check, expect, expectNone, expectSame, nameOf } from '../check.ts'
import { converse } from '../line.ts'
import { ago, DAY, HOUR, type Hub, type Trial } from '../trial.ts'
import { placeOf, traded } from './shop.ts'

// Being told, from asking for it to asking for it no more; and the provider's own figures.

const URL_A = 'https://hub.example.com/api/v1/webhooks/one'
const URL_B = 'https://hub.example.com/api/v1/webhooks/two'

export const SUBSCRIPTION_CHECKS: readonly Check[] = [
  {
    name: 'subscriptions/by-key',
    says: 'asked twice with one key, there is one subscription; it is listed, enabled, with its events',
    needs: ['live', 'webhooks', 'subscriptions'],
    run: async (trial) => {
      const { subscriptions, hold } = await subscriber(trial)
      const first = await hold((link) => subscriptions.subscribe(link, URL_A, 'key-a'))
      const again = await hold((link) => subscriptions.subscribe(link, URL_A, 'key-a'))
      const other = await hold((link) => subscriptions.subscribe(link, URL_B, 'key-b'))
      expectSame('the id of what was asked for twice', again.id, first.id)
      expect(other.id !== first.id, 'another address with another key is the same subscription')
      const listed = await hold((link) => subscriptions.list(link))
      const mine = listed.filter(({ url }) => url === URL_A)
      expectSame(
        'subscriptions of one address',
        mine.map(({ id }) => id),
        [first.id],
      )
      expect(
        mine.every(({ enabled }) => enabled),
        'a new subscription is not enabled',
      )
      const events = new Set(mine[0]?.events)
      expectNone(
        'events that were not subscribed to',
        subscriptions.events.filter((event) => !events.has(event)),
      )
      expect(first.secret !== '', 'the secret is empty; null stands for one that is not shown')
    },
  },
  {
    name: 'subscriptions/unsubscribe',
    says: 'a subscription is ended, and ending it again does no harm',
    needs: ['live', 'webhooks', 'subscriptions'],
    run: async (trial) => {
      const { subscriptions, hold } = await subscriber(trial)
      const one = await hold((link) => subscriptions.subscribe(link, URL_A, 'key-a'))
      const kept = await hold((link) => subscriptions.subscribe(link, URL_B, 'key-b'))
      await hold((link) => subscriptions.unsubscribe(link, one.id))
      const listed = await hold((link) => subscriptions.list(link))
      expect(
        listed.every(({ id }) => id !== one.id),
        'a subscription that was ended is still listed',
      )
      expect(
        listed.some(({ id }) => id === kept.id),
        'another subscription was ended with it',
      )
      await hold((link) => subscriptions.unsubscribe(link, one.id)).catch((failure: unknown) => {
        const gone = failure instanceof CallFailed && failure.verdict.kind === 'missing'
        expect(gone, `ending a subscription twice ends in ${nameOf(failure)}`)
      })
    },
  },
  {
    name: 'subscriptions/rotate',
    says: 'a secret is turned into another one',
    needs: ['live', 'webhooks', 'subscriptions', 'rotate'],
    run: async (trial) => {
      const { subscriptions, hold } = await subscriber(trial)
      const one = await hold((link) => subscriptions.subscribe(link, URL_A, 'key-a'))
      const turned = await hold((link) => subscriptions.rotate?.(link, one.id, 'key-c') ?? nothing())
      expect(turned !== '' && turned !== one.secret, 'the secret is what it was')
    },
  },
]

export const FIGURE_CHECKS: readonly Check[] = [
  {
    name: 'books/equal',
    says: 'the figures that the provider itself counts are told to the minor unit',
    needs: ['live', 'sales', 'books', 'act:figures'],
    run: async (trial) => {
      const { hub } = await traded(trial, 60)
      const now = hub.provider.now()
      for (const [from, to] of [
        [40 * DAY, 0],
        [20 * DAY, 10 * DAY],
        [HOUR, 0],
      ] as const) {
        const request = { location: placeOf(hub), from: ago(now, from), to: ago(now, to) }
        const told = await converse(
          hub.line,
          hub.provider,
          (link) => trial.live.books?.figures(link, request) ?? nothing(),
        )
        const theirs = (await hub.provider.figures?.(request)) ?? []
        const bySum = (figures: typeof told) => figures.filter(({ payments, refunds }) => payments + refunds > 0)
        expectSame('the figures of the provider', bySum(told), bySum(theirs))
      }
    },
  },
]

// biome-ignore lint/correctness/useYield: a talk that asks nobody, for a part that the check was promised and that is not there.
function* nothing(): Generator<never, never, never> {
  throw new Error('the part is not there')
}

async function subscriber(trial: Trial) {
  const hub = await trial.open()
  const subscriptions = trial.live.webhooks?.subscriptions
  if (subscriptions === undefined) throw new Error('needs subscriptions')
  hub.line.link = linkFor(hub, subscriptions)
  const hold = <T>(begin: Parameters<typeof converse<T>>[2]) => converse(hub.line, hub.provider, begin)
  return { hub, subscriptions, hold }
}

/** Where only the program itself may subscribe, the link signs in as the program. */
function linkFor({ provider, line }: Hub, { by }: Subscriptions): Link {
  if (by === 'connection') return line.link
  const { application } = provider
  expect(application !== null, 'the stage brings no application, which alone may subscribe')
  return { ...line.link, application, credentials: application.credentials }
}
