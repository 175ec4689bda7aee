-- The ground: schemas, the mechanism that protects a tenant's rows, the outbox, idempotency.
-- An older program must not run on this schema.

create schema pos;
create schema auth;
grant usage on schema hub to tillwire_app, tillwire_system;
grant usage on schema pos to tillwire_app, tillwire_system;
grant usage on schema auth to tillwire_auth, tillwire_system;

-- The tenant that the transaction named, or null: then no row of any tenant is seen.
create function hub.current_tenant() returns uuid
  language sql stable parallel safe
  return nullif(current_setting('tillwire.tenant', true), '')::uuid;

-- Puts a table (or a partition) under the tenant wall. `app_grants` is what a tenant's own transaction may do with the
-- table by name; a partition gets none, so that it is reached through its parent alone.
create procedure hub.protect(target regclass, app_grants text, system_grants text default 'select')
  language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format(
    'create policy tenant_wall on %s to tillwire_app using (tenant_id = (select hub.current_tenant())) with check (tenant_id = (select hub.current_tenant()))',
    target);
  execute format('create policy across_tenants on %s to tillwire_system using (true) with check (true)', target);
  if app_grants <> '' then
    execute format('grant %s on %s to tillwire_app', app_grants, target);
  end if;
  if system_grants <> '' then
    execute format('grant %s on %s to tillwire_system', system_grants, target);
  end if;
end $$;
revoke execute on procedure hub.protect(regclass, text, text) from public;

-- The outbox. A tenant's number is taken under a lock that is held until commit: numbers of one tenant are therefore
-- gapless and in commit order, and nobody waits for another tenant.
create table hub.outbox_heads (
  tenant_id uuid primary key,
  seq bigint not null check (seq >= 0),
  -- The transaction that took the newest number, by which a follower that looks for news knows what it has not seen yet.
  appended_by xid8 not null
) with (fillfactor = 50); -- Rewritten at every commit of the tenant: room on the page keeps the new version beside the old.
call hub.protect('hub.outbox_heads', 'select, insert, update');

create table hub.outbox (
  tenant_id uuid not null,
  seq bigint not null check (seq > 0),
  id uuid not null,
  type text not null,
  subject text not null,
  occurred_at timestamptz not null,
  actor text not null,
  request_id text,
  cause uuid,
  schema_version smallint not null,
  data jsonb not null,
  primary key (tenant_id, seq)
);
comment on table hub.outbox is 'Every fact that others may react to, one line each, in commit order per tenant.';
call hub.protect('hub.outbox', 'select, insert');

create table hub.outbox_cursors (
  tenant_id uuid not null,
  follower text not null,
  seq bigint not null,
  -- Failures in a row at the next line, and when to try again.
  failures integer not null default 0,
  retry_at timestamptz,
  last_error text,
  primary key (tenant_id, follower)
) with (fillfactor = 50);
create index outbox_cursors_retry on hub.outbox_cursors (retry_at) where retry_at is not null;
call hub.protect('hub.outbox_cursors', 'select, insert, update', 'select, insert, update');

-- Which followers have ever run. A follower that begins at the head gets its cursors the first time only: a tenant that
-- arrives later is followed from its first line, even if the follower was not running then. No tenant's business.
create table hub.outbox_followers (
  name text primary key,
  first_seen_at timestamptz not null
);
grant select, insert on hub.outbox_followers to tillwire_system;

-- Answers of writes that carried an Idempotency-Key.
create table hub.idempotency_keys (
  tenant_id uuid not null,
  key text not null,
  route text not null,
  caller text not null,
  body_hash bytea not null,
  state text not null check (state in ('running', 'done')),
  status smallint,
  answer bytea,
  content_type text,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (tenant_id, key),
  check ((state = 'done') = (status is not null))
);
call hub.protect('hub.idempotency_keys', 'select, insert, update, delete', 'select, delete');
create index idempotency_keys_expiry on hub.idempotency_keys (expires_at);

-- What belongs to the whole installation and to no tenant.
create table hub.installation (
  only_row boolean primary key check (only_row),
  -- A hash of a value derived from the root key: tells a wrong key from the right one, and nothing else.
  root_key_check bytea not null,
  created_at timestamptz not null
);
alter table hub.installation enable row level security;
alter table hub.installation force row level security;
create policy system_only on hub.installation to tillwire_system using (true) with check (true);
grant select, insert on hub.installation to tillwire_system;
