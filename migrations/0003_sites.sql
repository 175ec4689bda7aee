-- Places of sale. One module owns them; everybody else names a site by its id.
-- An older program must not run on this schema.

create table pos.sites (
  tenant_id uuid not null references hub.tenants (id),
  id uuid not null,
  name text not null check (name <> ''),
  -- A short handle for files, addresses and the command line.
  slug text not null check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  time_zone text not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  close_out_minutes smallint not null check (close_out_minutes between 0 and 1439),
  created_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, slug)
);
call hub.protect('pos.sites', 'select, insert, update');
