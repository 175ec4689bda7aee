-- Keys of the vault. What is secret is sealed under a key of its own, which a key of the tenant wraps, which the root key
-- wraps; the root key itself is never in the database.
-- An older program may still run on this schema.

create table hub.tenant_keys (
  tenant_id uuid not null,
  key_no integer not null check (key_no > 0),
  -- Null: destroyed, and with it whatever was sealed under it.
  wrapped bytea,
  created_at timestamptz not null,
  -- Nothing new is sealed under it from then on; what was can still be opened.
  retired_at timestamptz,
  primary key (tenant_id, key_no),
  check (wrapped is not null or retired_at is not null)
);
call hub.protect('hub.tenant_keys', 'select, insert');

-- The same for what belongs to the installation and to no tenant.
create table hub.installation_keys (
  key_no integer primary key check (key_no > 0),
  wrapped bytea,
  created_at timestamptz not null,
  retired_at timestamptz,
  check (wrapped is not null or retired_at is not null)
);
alter table hub.installation_keys enable row level security;
alter table hub.installation_keys force row level security;
create policy system_only on hub.installation_keys to tillwire_system using (true) with check (true);
grant select, insert on hub.installation_keys to tillwire_system;
