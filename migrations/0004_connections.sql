-- A tenant's link to one POS or to one kind of file: how it signs in, which places it serves, where it is told of news.
-- An older program must not run on this schema.

create table pos.configurations (
  tenant_id uuid not null references hub.tenants (id),
  id uuid not null,
  pos_system text not null,
  name text not null check (name <> ''),
  -- needs_sign_in: the system no longer accepts the sign-in, and nothing is asked of it until a person signs in again.
  state text not null check (state in ('active', 'needs_sign_in', 'disconnected')),
  state_reason text,
  state_since timestamptz not null,
  -- For files: the site whose sales they are.
  site_id uuid,
  -- For a system that is asked: the account at it. The two stand together, and nothing else has them.
  environment text check (environment in ('production', 'sandbox')),
  account_id text check (account_id <> ''),
  account_name text,
  data_types text[] not null default '{}',
  -- Every place of the account is wanted, those that open later too.
  all_places boolean not null default false,
  backfill_from date,
  webhooks_wanted boolean not null default false,
  credentials_from text check (credentials_from in ('person', 'oauth', 'environment')),
  -- Rises with every change of the credentials. Whoever was refused with an older number takes the newer ones.
  credentials_version integer not null default 0,
  -- Tells two sign-ins apart and leads back to neither. Null: there are no credentials any more.
  credentials_fingerprint text,
  token_expires_at timestamptz,
  -- When the means to refresh ends.
  refresh_expires_at timestamptz,
  refreshed_at timestamptz,
  -- Who refreshes now, and until when nobody else may begin to.
  refresh_claim uuid,
  refresh_claimed_until timestamptz,
  -- Rises when a refresh ends, however it ends: whoever waited for it knows that it is over.
  refresh_no integer not null default 0,
  refresh_failures integer not null default 0,
  refresh_due_at timestamptz,
  -- The nearest warning of the sign-in's end that was given, in days before it.
  warned_days smallint,
  -- What the last look at the sign-in found.
  checked_at timestamptz,
  check_code text,
  missing_permissions jsonb not null default '[]',
  places_read_at timestamptz,
  -- When a person said that the first figures are right.
  confirmed_at timestamptz,
  confirmed_by text,
  -- A person said that the first figures are not right, and perhaps what is wrong with them.
  doubted_at timestamptz,
  doubt text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, site_id) references pos.sites (tenant_id, id),
  check (pos_system <> 'spreadsheet' or site_id is not null),
  check ((account_id is null) = (environment is null)),
  check ((account_id is null) = (credentials_from is null)),
  check ((refresh_claim is null) = (refresh_claimed_until is null))
);
call hub.protect('pos.configurations', 'select, insert, update', 'select, update');
-- One account is connected once in a hub: a second time would tell every sale twice, or tell it to somebody else.
create unique index configurations_account on pos.configurations (pos_system, environment, account_id)
  where account_id is not null and state <> 'disconnected';
create index configurations_refresh on pos.configurations (refresh_due_at) where refresh_due_at is not null;

-- For whoever takes something in for a connection: those that have not ended.
create view pos.open_connections with (security_invoker = true) as
  select tenant_id, id from pos.configurations where state <> 'disconnected';
grant select on pos.open_connections to tillwire_app, tillwire_system;

-- The secrets of a connection, each sealed for its tenant, connection and field. The version before the current one is
-- kept after a refresh until the next one shows that the new means to refresh works.
create table pos.connection_credentials (
  tenant_id uuid not null,
  connection_id uuid not null,
  version integer not null check (version > 0),
  field text not null check (field <> ''),
  sealed bytea not null,
  created_at timestamptz not null,
  primary key (tenant_id, connection_id, version, field),
  foreign key (tenant_id, connection_id) references pos.configurations (tenant_id, id)
);
call hub.protect('pos.connection_credentials', 'select, insert, update, delete', 'select, update');

-- The places of sale of an account, and the site that each one's sales are filed at.
create table pos.connection_places (
  tenant_id uuid not null,
  connection_id uuid not null,
  external_id text not null check (external_id <> ''),
  name text not null,
  -- Still in use at the system.
  active boolean not null,
  currency text,
  -- As the system writes it; null where it says none, or none that we know.
  time_zone text,
  country text,
  chosen boolean not null,
  site_id uuid,
  seen_at timestamptz not null,
  primary key (tenant_id, connection_id, external_id),
  foreign key (tenant_id, connection_id) references pos.configurations (tenant_id, id),
  foreign key (tenant_id, site_id) references pos.sites (tenant_id, id),
  check (not chosen or site_id is not null)
);
call hub.protect('pos.connection_places', 'select, insert, update');

-- A person on the way to the system's page of consent and back. The state is kept as a hash: who reads this table cannot
-- finish anybody's way.
create table pos.oauth_attempts (
  tenant_id uuid not null references hub.tenants (id),
  state_hash bytea not null,
  -- The connection to sign in anew; null: a new one.
  connection_id uuid,
  pos_system text not null,
  environment text not null check (environment in ('production', 'sandbox')),
  redirect_uri text not null,
  code_verifier_sealed bytea,
  -- Hash of the browser's cookie; null for a program, which has none.
  browser_hash bytea,
  actor text not null,
  request_id text,
  -- Name and choices of a connection to be.
  wanted jsonb not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (tenant_id, state_hash),
  foreign key (tenant_id, connection_id) references pos.configurations (tenant_id, id)
);
call hub.protect('pos.oauth_attempts', 'select, insert', 'select, update, delete');
create unique index oauth_attempts_state on pos.oauth_attempts (state_hash);
create index oauth_attempts_expiry on pos.oauth_attempts (expires_at);

-- A connection's own subscription to the system's news.
create table pos.webhook_endpoints (
  tenant_id uuid not null,
  connection_id uuid not null,
  url text not null,
  -- At the system; null where none is there, or a person made it by hand.
  subscription_id text,
  secret_sealed bytea,
  secret_before_sealed bytea,
  secret_before_until timestamptz,
  state text not null check (state in
    ('off', 'waiting', 'subscribed', 'manual', 'missing', 'disabled', 'elsewhere', 'unreachable', 'failed', 'left')),
  -- Code of the failure.
  reason text,
  attempts integer not null default 0,
  checked_at timestamptz,
  due_at timestamptz,
  primary key (tenant_id, connection_id),
  foreign key (tenant_id, connection_id) references pos.configurations (tenant_id, id)
);
call hub.protect('pos.webhook_endpoints', 'select, insert, update', 'select, update');
create index webhook_endpoints_due on pos.webhook_endpoints (due_at) where due_at is not null;

-- The one subscription of an application, which tells of every account that agreed to it. It belongs to no tenant.
create table hub.application_endpoints (
  pos_system text not null,
  environment text not null check (environment in ('production', 'sandbox')),
  -- Another application has a subscription of its own.
  application_id text not null,
  url text not null,
  subscription_id text,
  secret_sealed bytea,
  secret_before_sealed bytea,
  secret_before_until timestamptz,
  state text not null check (state in
    ('waiting', 'subscribed', 'missing', 'disabled', 'elsewhere', 'unreachable', 'failed')),
  reason text,
  attempts integer not null default 0,
  checked_at timestamptz,
  due_at timestamptz,
  primary key (pos_system, environment, application_id)
);
alter table hub.application_endpoints enable row level security;
alter table hub.application_endpoints force row level security;
create policy system_only on hub.application_endpoints to tillwire_system using (true) with check (true);
grant select, insert, update, delete on hub.application_endpoints to tillwire_system;

-- Which connection the files of a family belong to, at each site: the exports of one till, whose sales have the same
-- ids, and those of another shape that turned out to speak of the same sales.
create table pos.file_families (
  tenant_id uuid not null,
  site_id uuid not null,
  family text not null check (family <> ''),
  connection_id uuid not null,
  created_at timestamptz not null,
  primary key (tenant_id, site_id, family),
  foreign key (tenant_id, site_id) references pos.sites (tenant_id, id),
  foreign key (tenant_id, connection_id) references pos.configurations (tenant_id, id)
);
call hub.protect('pos.file_families', 'select, insert');
