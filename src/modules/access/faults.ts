/** Every fault of access, and what it means to whoever receives it. */
export const ACCESS_FAULTS = {
  'access.tenant':
    'This key or person has no part in the tenant that the request names. The answer is the same whether it exists or not.',
  'access.tenant-unnamed': 'A signed-in person says with X-Tenant-ID for which tenant they act.',
  'access.scope': 'The key or role does not reach as far as this address needs; `scope` names what would.',
  'access.scope-beyond-own':
    'Nobody hands out more than they hold: a scope or role was asked for that the caller lacks.',
  'access.scope-malformed': 'A scope is a noun and read, write or admin, such as sites:read, or *:read for every noun.',
  'access.slug-malformed':
    'A slug is 1 to 63 small letters, digits and hyphens, begins with no hyphen, and is no UUID.',
  'access.slug-reserved': 'The slug is a word that addresses of the hub begin with. Choose another.',
  'access.slug-taken': 'Another tenant has this slug. Choose another.',
  'access.sign-in': 'E-mail and password do not belong together. The answer does not say which of them is wrong.',
  'access.unavailable':
    'Who is asking cannot be found out just now, because the database does not answer. Try again in a moment.',
  'access.password': 'The current password is not the one that was given.',
  'access.password-weak': 'A password has 10 to 128 characters.',
  'access.link': 'The link was used, has expired, or never existed. Ask for a new one.',
  'access.email-taken': 'A person with this e-mail address is already there.',
  'access.key-missing': 'The tenant has no such API key.',
  'access.key-expiry': 'A key cannot expire in the past.',
  'access.member-missing': 'The tenant has no such member and no such invitation.',
  'access.member-known': 'This person is already a member of the tenant.',
  'access.last-owner': 'A tenant keeps at least one owner. Make somebody else an owner first.',
} as const

export type AccessFaultCode = keyof typeof ACCESS_FAULTS
