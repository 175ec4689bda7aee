-- Orders that were placed elsewhere: what was ordered, in every version, and how far each is. Who ordered, where to bring
-- it and what was noted is sealed under the tenant's key, apart from everything else.
-- An older program may still run on this schema.

create table pos.orders (
  tenant_id uuid not null references hub.tenants (id),
  id uuid not null,
  channel text not null check (channel ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  -- The channel's own id. An order is taken once, however often it is handed in.
  external_id text not null check (external_id <> ''),
  number text not null,
  site_id uuid not null,
  placed_at timestamptz not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  fulfilment text not null check (fulfilment in ('pickup', 'delivery', 'dine_in')),
  -- Null: as soon as possible.
  promised_at timestamptz,
  total bigint not null check (total >= 0),
  lines smallint not null check (lines > 0),
  payment_state text not null check (payment_state in ('due', 'paid')),
  -- Made to try the way to the POS.
  test boolean not null,
  -- The version that stands.
  version integer not null check (version > 0),
  progress text not null check (progress in
    ('placed', 'accepted', 'preparing', 'ready', 'dispatched', 'completed', 'cancelled')),
  progress_at timestamptz not null,
  ready_at timestamptz,
  -- Its channel asked to take it back, and nobody has answered yet.
  cancel_requested_at timestamptz,
  cancel_reason text,
  -- Who said at the counter how far it is, instead of the POS.
  handled_by text,
  created_by text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, channel, external_id),
  foreign key (tenant_id, site_id) references pos.sites (tenant_id, id),
  check (cancel_requested_at is null or progress not in ('completed', 'cancelled'))
) with (fillfactor = 85);
create index orders_newest on pos.orders (tenant_id, placed_at, id);
call hub.protect('pos.orders', 'select, insert, update');

-- What was ordered, in every version that ever stood.
create table pos.order_revisions (
  tenant_id uuid not null,
  order_id uuid not null,
  version integer not null check (version > 0),
  -- Without anything about a person.
  body jsonb not null,
  -- Customer, address and notes, sealed. Null: there were none, or they were erased.
  personal bytea,
  -- What this version changed; empty for the first.
  changed text[] not null,
  actor text not null,
  recorded_at timestamptz not null,
  primary key (tenant_id, order_id, version),
  foreign key (tenant_id, order_id) references pos.orders (tenant_id, id)
);
alter table pos.order_revisions alter column personal set storage external;
call hub.protect('pos.order_revisions', 'select, insert, update');

-- What was said of an order after it came, also what changed nothing because it came late.
create table pos.order_history (
  tenant_id uuid not null,
  order_id uuid not null,
  -- Rises with the time of recording.
  id uuid not null,
  kind text not null check (kind in ('progress', 'amended', 'paid', 'cancel_requested', 'cancel_refused')),
  -- When it was so, as far as whoever said it knows.
  at timestamptz not null,
  recorded_at timestamptz not null,
  -- `pos`, `channel`, or who it was.
  by text not null,
  progress text,
  -- False: it came late and changed nothing.
  moved boolean not null,
  ready_at timestamptz,
  reason text,
  version integer,
  -- What a person wrote beside it, sealed.
  note bytea,
  primary key (tenant_id, order_id, id),
  foreign key (tenant_id, order_id) references pos.orders (tenant_id, id),
  check ((kind = 'progress') = (progress is not null))
);
call hub.protect('pos.order_history', 'select, insert, update');
