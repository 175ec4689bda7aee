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
