-- Tenants, people and API keys: who may call.
-- An older program must not run on this schema.

create table hub.tenants (
  id uuid primary key,
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text not null check (name <> ''),
  -- `demo` data are made up; everything that shows them says so.
  kind text not null check (kind in ('live', 'demo')),
  -- Defaults for new sites.
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  time_zone text not null,
  close_out_minutes smallint not null check (close_out_minutes between 0 and 1439),
  created_at timestamptz not null
);
alter table hub.tenants enable row level security;
alter table hub.tenants force row level security;
create policy tenant_wall on hub.tenants to tillwire_app using (id = (select hub.current_tenant()));
create policy across_tenants on hub.tenants to tillwire_system using (true) with check (true);
grant select on hub.tenants to tillwire_app;
grant select, insert, update on hub.tenants to tillwire_system;

-- People, as the sign-in library keeps them: its names and types, so that its own check finds nothing to change.
-- Only tillwire_auth reads passwords and sessions. tillwire_system may bring people and memberships into being, and
-- read who belongs where; a tenant's own transaction sees nothing of this schema.
create table auth."user" (
  id uuid primary key,
  name text not null,
  email text not null unique check (email = lower(email)),
  "emailVerified" boolean not null,
  image text,
  "createdAt" timestamptz not null default current_timestamp,
  "updatedAt" timestamptz not null default current_timestamp
);
create table auth.session (
  id uuid primary key,
  "expiresAt" timestamptz not null,
  token text not null unique,
  "createdAt" timestamptz not null default current_timestamp,
  "updatedAt" timestamptz not null,
  "ipAddress" text,
  "userAgent" text,
  "userId" uuid not null references auth."user" (id) on delete cascade,
  "activeOrganizationId" uuid
);
create index "session_userId_idx" on auth.session ("userId");
create table auth.account (
  id uuid primary key,
  "accountId" text not null,
  "providerId" text not null,
  "userId" uuid not null references auth."user" (id) on delete cascade,
  "accessToken" text,
  "refreshToken" text,
  "idToken" text,
  "accessTokenExpiresAt" timestamptz,
  "refreshTokenExpiresAt" timestamptz,
  scope text,
  password text,
  "createdAt" timestamptz not null default current_timestamp,
  "updatedAt" timestamptz not null
);
create index "account_userId_idx" on auth.account ("userId");
create unique index account_provider on auth.account ("providerId", "accountId");
create table auth.verification (
  id uuid primary key,
  identifier text not null,
  value text not null,
  "expiresAt" timestamptz not null,
  "createdAt" timestamptz not null default current_timestamp,
  "updatedAt" timestamptz not null default current_timestamp
);
create index "verification_identifier_idx" on auth.verification (identifier);
-- A tenant is an organisation of the same id.
create table auth.organization (
  id uuid primary key references hub.tenants (id) on delete cascade,
  name text not null,
  slug text not null unique,
  logo text,
  "createdAt" timestamptz not null,
  metadata text
);
create table auth.member (
  id uuid primary key,
  "organizationId" uuid not null references auth.organization (id) on delete cascade,
  "userId" uuid not null references auth."user" (id) on delete cascade,
  role text not null check (role in ('owner', 'manager', 'viewer')),
  "createdAt" timestamptz not null,
  unique ("organizationId", "userId")
);
create index "member_organizationId_idx" on auth.member ("organizationId");
create index "member_userId_idx" on auth.member ("userId");
create table auth.invitation (
  id uuid primary key,
  "organizationId" uuid not null references auth.organization (id) on delete cascade,
  email text not null,
  role text,
  status text not null,
  "expiresAt" timestamptz not null,
  "createdAt" timestamptz not null default current_timestamp,
  "inviterId" uuid not null references auth."user" (id) on delete cascade
);
create index "invitation_organizationId_idx" on auth.invitation ("organizationId");
create index "invitation_email_idx" on auth.invitation (email);
grant select, insert, update, delete on all tables in schema auth to tillwire_auth;
grant select (id, name, email), insert on auth."user" to tillwire_system;
grant insert on auth.account to tillwire_system;
grant select, insert on auth.organization to tillwire_system;
grant select, insert, update (role), delete on auth.member to tillwire_system;

-- A key is 256 random bits that only its holder has; what is kept finds it and cannot be turned back into it.
create table hub.api_keys (
  tenant_id uuid not null references hub.tenants (id),
  id uuid not null,
  name text not null check (name <> ''),
  -- The beginning of the key, by which people tell their keys apart.
  prefix text not null,
  hash bytea not null unique check (length(hash) = 32),
  scopes text[] not null check (cardinality(scopes) > 0),
  created_by text not null,
  created_at timestamptz not null,
  -- At most a minute behind.
  last_used_at timestamptz,
  expires_at timestamptz,
  revoked_at timestamptz,
  primary key (tenant_id, id)
);
call hub.protect('hub.api_keys', 'select, insert, update', 'select, update (last_used_at)');

-- Ways in that are not a password: the first owner's set-up, an invitation, the demonstration's door. Only a hash of
-- the token is kept. No tenant's own transaction may look in here.
create table hub.sign_in_links (
  id uuid primary key,
  hash bytea not null unique check (length(hash) = 32),
  purpose text not null check (purpose in ('set-up', 'sign-in', 'join')),
  user_id uuid references auth."user" (id) on delete cascade,
  tenant_id uuid references hub.tenants (id) on delete cascade,
  email text,
  role text check (role in ('owner', 'manager', 'viewer')),
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  -- Null: as often as wanted until it expires.
  uses_left integer check (uses_left >= 0),
  check ((purpose = 'sign-in') = (user_id is not null)),
  check ((purpose = 'join') = (tenant_id is not null)),
  check ((purpose = 'join') = (email is not null)),
  check ((purpose = 'join') = (role is not null))
);
create index sign_in_links_tenant on hub.sign_in_links (tenant_id) where tenant_id is not null;
call hub.protect('hub.sign_in_links', '', 'select, insert, update (uses_left), delete');
