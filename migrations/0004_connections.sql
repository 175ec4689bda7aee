-- A tenant's link to one POS or to one kind of file.
-- An older program must not run on this schema.

create table pos.configurations (
  tenant_id uuid not null references hub.tenants (id),
  id uuid not null,
  pos_system text not null,
  name text not null check (name <> ''),
  state text not null check (state in ('active', 'disconnected')),
  -- For files: the site whose sales they are.
  site_id uuid,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, site_id) references pos.sites (tenant_id, id),
  check (pos_system <> 'spreadsheet' or site_id is not null)
);
call hub.protect('pos.configurations', 'select, insert, update');

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
