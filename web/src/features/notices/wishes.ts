import type { NoticeKind, NoticePreferences, NoticeWay } from '../../app/wire.ts'

// A person's wishes while the form is open, and the body that says them.

export type Way = NoticeWay['way']

export type Wishes = {
  readonly email: readonly NoticeKind[]
  readonly whatsapp: readonly NoticeKind[]
  readonly quiet: boolean
  readonly from: string
  readonly until: string
  readonly zone: string
  readonly urgent: boolean
  /** Undefined: as it stands; null: to be forgotten. */
  readonly phone: string | null | undefined
  readonly agreed: boolean
}

/** What quiet hours begin with where a person switches them on. */
const NIGHT = { from: '22:00', until: '07:00' } as const

export function wishesOf(standing: NoticePreferences): Wishes {
  const { email, whatsapp, quiet_hours: quiet, time_zone: zone, urgent_at_once: urgent } = standing
  const { from, until } = quiet ?? NIGHT
  return { email, whatsapp, quiet: quiet !== null, from, until, zone, urgent, phone: undefined, agreed: false }
}

export function toggled(wishes: Wishes, way: Way, kind: NoticeKind): Wishes {
  const kinds = wishes[way]
  const next = kinds.includes(kind) ? kinds.filter((one) => one !== kind) : [...kinds, kind]
  return { ...wishes, [way]: next }
}

export function wishesBody({ email, whatsapp, quiet, from, until, zone, urgent, phone, agreed }: Wishes) {
  return {
    email,
    whatsapp,
    quiet_hours: quiet ? { from, until } : null,
    time_zone: zone,
    urgent_at_once: urgent,
    ...(phone === undefined ? {} : phone === null ? { phone: null } : { phone, phone_agreed: agreed }),
  }
}

export function isChanged(wishes: Wishes, standing: NoticePreferences): boolean {
  return JSON.stringify(sorted(wishes)) !== JSON.stringify(sorted(wishesOf(standing)))
}

function sorted(wishes: Wishes): Wishes {
  const plain = wishes.quiet ? wishes : { ...wishes, ...NIGHT }
  return { ...plain, phone: plain.phone, email: [...plain.email].sort(), whatsapp: [...plain.whatsapp].sort() }
}
