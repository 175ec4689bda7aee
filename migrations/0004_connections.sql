-- A tenant's link to one POS or to one kind of file.
-- An older program must not run on this schema.

create table pos.configurations (
  tenant_id uuid not null references hub.tenants (id),
  id uuid not null,
  pos_system text not null,
  name text not null check (name <> ''),
  state text not null check (state in ('active', 'disconnected')),
  -- For files: the shape of the table (a hash over its header) and the site it belongs to, which together find the
  -- connection again at the next export.
  file_shape text,
  site_id uuid,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, site_id) references pos.sites (tenant_id, id),
  check ((pos_system = 'spreadsheet') = (file_shape is not null))
);
create unique index configurations_file_shape on pos.configurations (tenant_id, file_shape, site_id) where file_shape is not null;
call hub.protect('pos.configurations', 'select, insert, update');
