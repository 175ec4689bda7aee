-- What a channel sells, which article of which system each of it is, and what is sold out at the moment.
-- An older program may still run on this schema.

-- A channel is one word for one catalogue of item ids. Its row is also the lock under which its catalogue is replaced.
create table pos.channels (
  tenant_id uuid not null references hub.tenants (id),
  channel text not null check (channel <> ''),
  items integer not null default 0,
  -- Rises with every change of the catalogue.
  revision bigint not null default 0,
  -- When the whole of it was last told, and by whom.
  replaced_at timestamptz not null,
  replaced_by text not null,
  primary key (tenant_id, channel)
);
call hub.protect('pos.channels', 'select, insert, update');

create table pos.channel_items (
  tenant_id uuid not null,
  channel text not null,
  item_id text not null check (item_id <> ''),
  name text not null,
  variant text,
  sku text,
  barcode text,
  category text,
  kind text not null check (kind in ('item', 'modifier')),
  -- The item that it is a variant or a modifier of; of the same channel, and it need not be sold by itself.
  parent_id text,
  -- Null: the channel says no price.
  price bigint,
  currency text check (currency ~ '^[A-Z]{3}$'),
  -- The channel's own word; what is sold out at a system stands beside it.
  available boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, channel, item_id),
  foreign key (tenant_id, channel) references pos.channels (tenant_id, channel),
  check ((price is null) = (currency is null))
);
call hub.protect('pos.channel_items', 'select, insert, update, delete');

-- "This article is that article": what somebody said of two names of one thing, each within its namespace. A namespace is
-- `channel:<channel>`, `channel:*` for what holds in every channel that says nothing else, or `connection:<id>`.
create table pos.article_matches (
  tenant_id uuid not null references hub.tenants (id),
  left_namespace text not null,
  left_id text not null check (left_id <> ''),
  right_namespace text not null,
  -- Null: it stands for none there, whatever `channel:*` says.
  right_id text check (right_id <> ''),
  said_by text not null,
  said_at timestamptz not null,
  -- person: row by row. suggestion: one of ours was confirmed. table: a file. program: a list by the API.
  said_how text not null check (said_how in ('person', 'suggestion', 'table', 'program', 'undo')),
  -- Of the suggestion that was confirmed.
  confidence real check (confidence between 0 and 1),
  -- Both prices as they stood when a person said that they may differ.
  prices_accepted text,
  primary key (tenant_id, left_namespace, left_id, right_namespace)
);
create index article_matches_right on pos.article_matches (tenant_id, right_namespace, right_id);
call hub.protect('pos.article_matches', 'select, insert, update, delete');

-- Every change of matches, whole: who, when, and what stood before. It is what the last one is undone from.
create table pos.item_match_changes (
  tenant_id uuid not null references hub.tenants (id),
  id uuid not null,
  left_namespace text not null,
  right_namespace text not null,
  changed_at timestamptz not null,
  changed_by text not null,
  request_id text,
  how text not null check (how in ('person', 'suggestion', 'table', 'program', 'undo')),
  changed integer not null check (changed > 0),
  -- [{left_id, right_id, said_by, said_at, said_how, confidence, prices_accepted} | {left_id}], the latter: there was none.
  before jsonb not null,
  -- [{left_id, right_id} | {left_id}]
  after jsonb not null,
  undone_at timestamptz,
  undone_by text,
  primary key (tenant_id, id)
);
create index item_match_changes_newest on pos.item_match_changes (tenant_id, left_namespace, right_namespace, id);
call hub.protect('pos.item_match_changes', 'select, insert, update');

-- What items could stand for, best first, as it was last worked out; it says nothing until somebody confirms it.
create table pos.item_suggestions (
  tenant_id uuid not null,
  connection_id uuid not null,
  channel text not null,
  item_id text not null,
  confidence real not null check (confidence between 0 and 1),
  pos_item_id text not null,
  -- [{pos_item_id, confidence, reasons: [{code, say}]}], the first one is the one above.
  candidates jsonb not null,
  primary key (tenant_id, connection_id, channel, item_id)
);
call hub.protect('pos.item_suggestions', 'select, insert, update, delete');

-- What the suggestions of a channel and a connection were worked out from: both catalogues and what was confirmed elsewhere.
create table pos.item_suggestion_runs (
  tenant_id uuid not null,
  connection_id uuid not null,
  channel text not null,
  stamp text not null,
  made_at timestamptz not null,
  primary key (tenant_id, connection_id, channel)
);
call hub.protect('pos.item_suggestion_runs', 'select, insert, update, delete');

-- A channel and a connection that are looked at together: every night, and when either catalogue changes.
create table pos.item_watches (
  tenant_id uuid not null,
  connection_id uuid not null,
  channel text not null,
  -- When to look through all of it next.
  due_at timestamptz not null,
  -- Why: nightly, catalogue, mapping, asked.
  reason text not null check (reason in ('nightly', 'catalogue', 'mapping', 'asked')),
  -- When to see next whether either catalogue has changed.
  look_at timestamptz not null,
  -- Both catalogues as they stood at the last preflight.
  seen_stamp text,
  primary key (tenant_id, connection_id, channel),
  foreign key (tenant_id, channel) references pos.channels (tenant_id, channel)
);
create index item_watches_due on pos.item_watches (due_at);
create index item_watches_look on pos.item_watches (look_at);
call hub.protect('pos.item_watches', 'select, insert, update, delete', 'select, update');

create table pos.item_preflights (
  tenant_id uuid not null,
  connection_id uuid not null,
  channel text not null,
  id uuid not null,
  ran_at timestamptz not null,
  reason text not null check (reason in ('nightly', 'catalogue', 'mapping', 'asked')),
  items integer not null,
  mapped integer not null,
  unmapped integer not null,
  unmapped_modifiers integer not null,
  removed integer not null,
  repriced integer not null,
  -- A few of each kind, to be shown; the list of mappings has them all.
  examples jsonb not null,
  primary key (tenant_id, connection_id, channel, id)
);
call hub.protect('pos.item_preflights', 'select, insert, delete');

-- What a system says of whether an article can be sold; the newest word at each place.
create table pos.item_availability (
  tenant_id uuid not null,
  connection_id uuid not null,
  external_id text not null,
  -- Empty: at every place of the account.
  location text not null,
  -- Of the place, as it was then; null: at every place, or at one that is no site's.
  site_id uuid,
  available boolean not null,
  said_at timestamptz not null,
  -- When it is there again by itself; null: unknown.
  until_at timestamptz,
  recorded_at timestamptz not null,
  primary key (tenant_id, connection_id, external_id, location),
  check (until_at is null or not available)
);
create index item_availability_until on pos.item_availability (until_at) where until_at is not null;
call hub.protect('pos.item_availability', 'select, insert, update', 'select, update');

-- What a connection sells as its catalogue stands now: the mirror's, for whoever lists articles beside something else.
create view pos.connection_articles with (security_invoker = true) as
  select tenant_id, connection_id, external_id, kind, parent_external_id, name, variant, sku, barcode, category, price, currency,
    deleted
  from pos.catalog_articles;
grant select on pos.connection_articles to tillwire_app;
