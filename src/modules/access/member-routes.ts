import { z } from 'zod'
import { Fault } from '#kernel/fault.ts'
import { type Id, isId } from '#kernel/ids.ts'
import { instant, instantText } from '#kernel/instant.ts'
import { defineRoute, EMPTY, type Route } from '#platform/http/route.ts'
import type { Database } from '#platform/postgres/database.ts'
import { ACCESS_FAULTS, type AccessFaultCode } from './faults.ts'
import { createLink, linkUrl, listInvitations, removeInvitations } from './links.ts'
import { changeMember, listMembers } from './people.ts'
import { checkHandingOut, SCOPES_BY_ROLE } from './scopes.ts'
import { email, role } from './wire.ts'

// Members come in by invitation: the owner passes the link on, and whoever opens it proves who they are with their own
// password. Nobody learns from an invitation whether an address already has an account on the hub.

const INVITATION_MS = 7 * 24 * 60 * 60_000

const wireMember = z
  .object({
    id: z.string().meta({ description: 'Of the person, or of the invitation while nobody has accepted it' }),
    state: z.enum(['active', 'invited']),
    name: z.string().nullable(),
    email: z.string(),
    role,
    since: z.string().nullable(),
    expires_at: z.string().nullable(),
  })
  .meta({ id: 'Member' })

export function memberRoutes(database: Database, publicBase: URL): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenant_id/members',
      summary: 'List members and open invitations',
      tags: ['Members'],
      scope: 'members:admin',
      answers: { 200: z.object({ data: z.array(wireMember), next_cursor: z.null() }) },
      async handler({ tenant, now }) {
        const { members, invitations } = await database.system(async (tx) => ({
          members: await listMembers(tx, tenant.id),
          invitations: await listInvitations(tx, tenant.id, now),
        }))
        const data = [
          ...members.map(({ id, name, email, role, since }) => ({
            ...{ id, state: 'active' as const, name, email, role, since: instantText(since), expires_at: null },
          })),
          ...invitations.map(({ id, email, role, expiresAt }) => ({
            ...{ id, state: 'invited' as const, name: null, email, role, since: null },
            expires_at: instantText(expiresAt),
          })),
        ]
        return { status: 200, body: { data, next_cursor: null } }
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/tenants/:tenant_id/members',
      summary: 'Invite somebody',
      description: 'The link is shown once and holds for seven days. A new invitation replaces an older one.',
      tags: ['Members'],
      scope: 'members:admin',
      body: z.strictObject({ email, role }),
      answers: { 201: z.object({ email: z.string(), role, link: z.string(), expires_at: z.string() }) },
      async handler({ tenant, caller, body, now }) {
        checkHandingOut(caller.scopes, SCOPES_BY_ROLE[body.role])
        const expiresAt = instant(now + INVITATION_MS)
        const token = await database.system(async (tx) => {
          const members = await listMembers(tx, tenant.id)
          if (members.some((member) => member.email === body.email)) throw fault('conflict', 'access.member-known')
          await removeInvitations(tx, tenant.id, { email: body.email })
          const join = { purpose: 'join', tenantId: tenant.id, email: body.email, role: body.role } as const
          return createLink(tx, { ...join, expiresAt, usesMax: 1, createdBy: caller.actor }, now)
        })
        const link = linkUrl(publicBase, token)
        return { status: 201, body: { email: body.email, role: body.role, link, expires_at: instantText(expiresAt) } }
      },
    }),
    defineRoute({
      method: 'PATCH',
      path: '/api/v1/tenants/:tenant_id/members/:member_id',
      summary: 'Give a member another role',
      tags: ['Members'],
      scope: 'members:admin',
      body: z.strictObject({ role }),
      answers: { 204: EMPTY },
      async handler({ tenant, caller, params, body }) {
        checkHandingOut(caller.scopes, SCOPES_BY_ROLE[body.role])
        const id = memberIdOf(params.member_id)
        const found = await database.system((tx) => changeMember(tx, tenant.id, id, body.role))
        if (!found) throw fault('missing', 'access.member-missing')
        return { status: 204 }
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/api/v1/tenants/:tenant_id/members/:member_id',
      summary: 'Remove a member, or take an invitation back',
      tags: ['Members'],
      scope: 'members:admin',
      answers: { 204: EMPTY },
      async handler({ tenant, params }) {
        const id = memberIdOf(params.member_id)
        const found = await database.system(
          async (tx) =>
            (await changeMember(tx, tenant.id, id, null)) || (await removeInvitations(tx, tenant.id, { id })) > 0,
        )
        if (!found) throw fault('missing', 'access.member-missing')
        return { status: 204 }
      },
    }),
  ]
}

function memberIdOf(text: string): Id {
  if (isId(text)) return text
  throw fault('missing', 'access.member-missing')
}

function fault(kind: 'conflict' | 'missing', code: AccessFaultCode): Fault {
  return new Fault(kind, code, { say: ACCESS_FAULTS[code] })
}
