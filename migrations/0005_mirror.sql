-- Our copy, in our vocabulary, of what each POS says: sales with items, payments and refunds, every version of them, and
-- the roll-ups that are kept with each write.
-- An older program must not run on this schema.

-- Who is who. A unique index on a partitioned table would have to hold the partition's column, so identity lives here,
-- unpartitioned. `filed_on` never changes after the first write, whatever later versions say of the sale's day.
create table pos.sale_keys (
  tenant_id uuid not null,
  connection_id uuid not null,
  external_id text not null,
  sale_id uuid not null,
  filed_on date not null,
  -- The version that stands, and how many there have been; the two differ when one came late and became history only.
  -- Version 0: nothing stands, since every import that spoke of it was taken back. A later one finds its id here.
  version integer not null check (version >= 0),
  versions integer not null check (versions >= version and versions >= 1),
  -- Of the newest word that counts: not of the whole sale, which may be made of several.
  source_version bigint,
  source_updated_at timestamptz,
  content_hash bytea not null,
  primary key (tenant_id, connection_id, external_id)
);
call hub.protect('pos.sale_keys', 'select, insert, update');

create table pos.refund_keys (
  tenant_id uuid not null,
  connection_id uuid not null,
  external_id text not null,
  refund_id uuid not null,
  filed_on date not null,
  primary key (tenant_id, connection_id, external_id)
);
call hub.protect('pos.refund_keys', 'select, insert, update');

create table pos.transactions (
  tenant_id uuid not null,
  id uuid not null,
  filed_on date not null,
  connection_id uuid not null,
  pos_system text not null,
  site_id uuid not null,
  external_id text not null,
  version integer not null,
  number text,
  register text,
  staff text,
  channel text,
  customer text,
  status text not null check (status in ('open', 'closed', 'voided')),
  currency text not null,
  opened_at timestamptz not null,
  closed_at timestamptz,
  -- What lists sort by: closed, or opened while it is open.
  sold_at timestamptz not null,
  time_precision text not null check (time_precision in ('instant', 'day')),
  business_date date not null,
  business_hour smallint not null check (business_hour between 0 and 23),
  gross bigint,
  discount bigint not null,
  tax_added bigint not null,
  tax_included bigint not null,
  service_charge bigint not null,
  tip bigint not null,
  rounding bigint not null,
  deferred bigint not null,
  total bigint,
  refunded bigint not null default 0,
  identity text not null check (identity in ('holds', 'differs', 'incomplete')),
  difference bigint,
  batch_id uuid,
  recorded_at timestamptz not null,
  primary key (tenant_id, id, filed_on),
  check (identity <> 'holds' or total = gross - discount + tax_added + service_charge + tip + rounding + deferred),
  check ((status = 'open') = (closed_at is null) or status = 'voided')
) partition by range (filed_on);
create index transactions_by_day on pos.transactions (tenant_id, business_date, sold_at, id);
call hub.protect('pos.transactions', 'select, insert, update, delete');

create table pos.transaction_items (
  tenant_id uuid not null,
  sale_id uuid not null,
  filed_on date not null,
  position smallint not null,
  kind text not null check (kind in ('article', 'gift_card')),
  external_id text,
  article_id uuid not null,
  sku text,
  name text,
  variant text,
  category text,
  quantity numeric not null,
  unit_price bigint,
  gross bigint,
  discount bigint not null,
  modifiers jsonb,
  taxes jsonb,
  primary key (tenant_id, sale_id, filed_on, position)
) partition by range (filed_on);
call hub.protect('pos.transaction_items', 'select, insert, delete');

create table pos.transaction_payments (
  tenant_id uuid not null,
  sale_id uuid not null,
  filed_on date not null,
  position smallint not null,
  external_id text,
  tender text not null,
  brand text,
  last4 text check (last4 ~ '^[0-9]{4}$'),
  amount bigint not null,
  tip bigint not null,
  -- What the provider of the payment keeps; no part of the sale.
  fee bigint,
  paid_at timestamptz,
  primary key (tenant_id, sale_id, filed_on, position)
) partition by range (filed_on);
call hub.protect('pos.transaction_payments', 'select, insert, delete');

-- Every version that ever arrived, with the source's own bytes. `snapshot` is our reading of a version that no longer
-- stands (the standing one is the rows above); a version that came late has one from the start.
-- A version is also a word: what one source said at one time. What stands is made of the words that were not taken back,
-- so each word can be had again: `said` where it is not the version itself (the version is made of several words), else
-- the snapshot, else what stands.
create table pos.sale_revisions (
  tenant_id uuid not null,
  sale_id uuid not null,
  filed_on date not null,
  version integer not null,
  recorded_at timestamptz not null,
  source_version bigint,
  source_updated_at timestamptz,
  late boolean not null default false,
  batch_id uuid,
  source_rows integer[],
  raw bytea,
  -- How much of the sale the word tells. Null: no word, but what stood after an import was taken back.
  part text check (part in ('whole', 'items', 'sale', 'payments')),
  -- Null while it is the only version: then its key has it.
  content_hash bytea,
  said jsonb,
  withdrawn_at timestamptz,
  snapshot jsonb,
  primary key (tenant_id, sale_id, filed_on, version)
) partition by range (filed_on);
-- What an import said lies together, since it was written together: a summary of each stretch of the table finds it, and
-- costs a bulk import nothing where a tree would cost an entry a row.
create index sale_revisions_of_batch on pos.sale_revisions using brin (tenant_id, batch_id) with (autosummarize = on);
call hub.protect('pos.sale_revisions', 'select, insert, update');

-- Who else said what a version says. Only the first to say something makes a version; whoever repeats it leaves a line
-- here, so that the sale stays when the first is taken back.
create table pos.sale_sightings (
  tenant_id uuid not null,
  sale_id uuid not null,
  filed_on date not null,
  version integer not null,
  batch_id uuid,
  source_version bigint,
  source_updated_at timestamptz,
  -- Its place among the words: after so many versions, and after so many other sightings then.
  after_versions integer not null,
  nth integer not null,
  primary key (tenant_id, sale_id, after_versions, nth)
);
create index sale_sightings_of_batch on pos.sale_sightings (tenant_id, batch_id);
call hub.protect('pos.sale_sightings', 'select, insert, delete');

-- Sales of an import that is being taken back, until they are. Found once, since finding them walks through history.
create table pos.withdrawals (
  tenant_id uuid not null,
  batch_id uuid not null,
  filed_on date not null,
  sale_id uuid not null,
  primary key (tenant_id, batch_id, filed_on, sale_id)
);
call hub.protect('pos.withdrawals', 'select, insert, delete');

-- Money given back, filed under its own day.
create table pos.refunds (
  tenant_id uuid not null,
  id uuid not null,
  filed_on date not null,
  connection_id uuid not null,
  pos_system text not null,
  site_id uuid not null,
  external_id text not null,
  -- Null while no such sale stands; it is linked when the sale comes.
  sale_id uuid,
  sale_external_id text,
  currency text not null,
  refunded_at timestamptz not null,
  business_date date not null,
  business_hour smallint not null check (business_hour between 0 and 23),
  amount bigint not null,
  tax bigint not null,
  tip bigint not null,
  tender text not null,
  reason text,
  -- Lines given back; what they do not explain of the amount stays unallocated.
  items jsonb not null,
  unallocated bigint not null,
  batch_id uuid,
  recorded_at timestamptz not null,
  primary key (tenant_id, id, filed_on)
) partition by range (filed_on);
create index refunds_by_sale on pos.refunds (tenant_id, sale_id);
create index refunds_by_day on pos.refunds (tenant_id, business_date, refunded_at, id);
create index refunds_unlinked on pos.refunds (tenant_id, connection_id, sale_external_id)
  where sale_id is null and sale_external_id is not null;
call hub.protect('pos.refunds', 'select, insert, update, delete');

-- Every word about a refund, in the order of arrival, with the source's own bytes. A repeat by another batch has no words
-- of its own: `said` is null, and the word with the same hash has them.
create table pos.refund_revisions (
  tenant_id uuid not null,
  refund_id uuid not null,
  version integer not null,
  recorded_at timestamptz not null,
  batch_id uuid,
  content_hash bytea not null,
  said jsonb,
  raw bytea,
  withdrawn_at timestamptz,
  primary key (tenant_id, refund_id, version)
);
create index refund_revisions_of_batch on pos.refund_revisions (tenant_id, batch_id, refund_id) where withdrawn_at is null;
call hub.protect('pos.refund_revisions', 'select, insert, update');

-- Articles as the sales of a connection mention them; the first mention names them. Who is who across connections is
-- decided elsewhere.
create table pos.articles (
  tenant_id uuid not null,
  id uuid not null,
  connection_id uuid not null,
  key text not null,
  external_id text,
  sku text,
  name text,
  variant text,
  category text,
  -- The batch whose mention it is. Not mentioned: that batch was taken back, and the next mention names it anew.
  batch_id uuid,
  mentioned boolean not null default true,
  primary key (tenant_id, id),
  unique (tenant_id, connection_id, key)
);
create index articles_of_batch on pos.articles (tenant_id, batch_id);
call hub.protect('pos.articles', 'select, insert, update');

-- What later batches call an article that an earlier one named: who names it when the earlier one is taken back.
create table pos.article_mentions (
  tenant_id uuid not null,
  article_id uuid not null,
  batch_id uuid,
  mentioned_at timestamptz not null,
  sku text,
  name text,
  variant text,
  category text,
  unique nulls not distinct (tenant_id, article_id, batch_id)
);
create index article_mentions_of_batch on pos.article_mentions (tenant_id, batch_id);
call hub.protect('pos.article_mentions', 'select, insert, delete');

-- What a connection's own catalogue says of its articles, as it stands now. Lines of sales point at it by the source's id;
-- what is no longer sold stays, marked, since sales of the past point at it.
create table pos.catalog_articles (
  tenant_id uuid not null,
  connection_id uuid not null,
  external_id text not null,
  -- modifier: added to an article, and never sold by itself.
  kind text not null check (kind in ('article', 'modifier')),
  parent_external_id text,
  name text not null,
  variant text,
  sku text,
  barcode text,
  category text,
  -- Null: priced at the till.
  price bigint,
  currency text check (currency ~ '^[A-Z]{3}$'),
  deleted boolean not null,
  updated_at timestamptz,
  recorded_at timestamptz not null,
  primary key (tenant_id, connection_id, external_id)
);
call hub.protect('pos.catalog_articles', 'select, insert, update');

-- Months are made when first needed, by whoever writes; a tenant's own role may not create tables, so it asks here.
create function pos.ensure_months(first_day date, last_day date) returns integer
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  parent text;
  month date := date_trunc('month', first_day)::date;
  partition text;
  made integer := 0;
begin
  if first_day < date '1989-12-01' or last_day > date '2100-01-01' or last_day < first_day then
    raise exception 'months from % to % are not to be made', first_day, last_day using errcode = '22023';
  end if;
  while month <= last_day loop
    foreach parent in array array['transactions', 'transaction_items', 'transaction_payments', 'sale_revisions', 'refunds'] loop
      partition := parent || to_char(month, '_YYYY_MM');
      if to_regclass('pos.' || partition) is null then
        -- Two writers may want the same month at once; the second one waits here and then finds it made.
        -- It looks into the catalogue itself: to_regclass would repeat what it remembers from before the wait.
        perform pg_advisory_xact_lock(7411002);
        if not exists (
          select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
          where n.nspname = 'pos' and c.relname = partition
        ) then
          execute format('create table pos.%I partition of pos.%I for values from (%L) to (%L)',
            partition, parent, month, (month + interval '1 month')::date);
          -- A month is filled by the thousand; a planner that has not looked since plans as if it were empty.
          execute format('alter table pos.%I set (autovacuum_analyze_threshold = 500, autovacuum_analyze_scale_factor = 0.05)', partition);
          call hub.protect(('pos.' || partition)::regclass, '', '');
          made := made + 1;
        end if;
      end if;
    end loop;
    month := (month + interval '1 month')::date;
  end loop;
  return made;
end $$;
revoke execute on function pos.ensure_months(date, date) from public;
grant execute on function pos.ensure_months(date, date) to tillwire_app, tillwire_system;

-- Roll-ups: sums over closed sales and refunds, kept in the transaction that writes them. Amounts of one currency and
-- one connection a row, so nothing that must not be added ever is. A row is there while a fact stands behind it.
create table pos.hourly_sales (
  tenant_id uuid not null,
  business_date date not null,
  hour smallint not null,
  site_id uuid not null,
  connection_id uuid not null,
  currency text not null,
  pos_system text not null,
  sales bigint not null,
  unpriced bigint not null,
  voided bigint not null,
  units numeric not null,
  gross bigint not null,
  discount bigint not null,
  tax_added bigint not null,
  tax_included bigint not null,
  service_charge bigint not null,
  tip bigint not null,
  rounding bigint not null,
  deferred bigint not null,
  total bigint not null,
  refunds bigint not null,
  refunded bigint not null,
  refunded_tax bigint not null,
  refunded_tip bigint not null,
  primary key (tenant_id, business_date, hour, site_id, connection_id, currency)
);
call hub.protect('pos.hourly_sales', 'select, insert, update, delete');

create table pos.daily_sales (
  like pos.hourly_sales including constraints,
  primary key (tenant_id, business_date, site_id, connection_id, currency)
);
alter table pos.daily_sales drop column hour;
call hub.protect('pos.daily_sales', 'select, insert, update, delete');

create table pos.daily_items (
  tenant_id uuid not null,
  business_date date not null,
  site_id uuid not null,
  connection_id uuid not null,
  currency text not null,
  article_id uuid not null,
  pos_system text not null,
  lines bigint not null,
  quantity numeric not null,
  gross bigint not null,
  discount bigint not null,
  tax_included bigint not null,
  refunded_quantity numeric not null,
  refunded bigint not null,
  refunded_tax bigint not null,
  primary key (tenant_id, business_date, site_id, connection_id, currency, article_id)
);
call hub.protect('pos.daily_items', 'select, insert, update, delete');
-- When an article last sold, and its days in a row, without walking through everything else that sold.
create index daily_items_of_article on pos.daily_items (tenant_id, article_id, business_date);

-- The same by calendar month: a year of an item is a dozen rows, and a report adds whole months and the odd days.
create table pos.monthly_items (
  like pos.daily_items including constraints,
  primary key (tenant_id, business_date, site_id, connection_id, currency, article_id)
);
alter table pos.monthly_items rename column business_date to month;
call hub.protect('pos.monthly_items', 'select, insert, update, delete');

create table pos.daily_tenders (
  tenant_id uuid not null,
  business_date date not null,
  site_id uuid not null,
  connection_id uuid not null,
  currency text not null,
  tender text not null,
  pos_system text not null,
  payments bigint not null,
  amount bigint not null,
  tip bigint not null,
  refunds bigint not null,
  refunded bigint not null,
  primary key (tenant_id, business_date, site_id, connection_id, currency, tender)
);
call hub.protect('pos.daily_tenders', 'select, insert, update, delete');

-- What reports read. A view is a door too: its columns are promised to other modules, the tables behind it are not.
create view pos.hourly_figures with (security_invoker = true) as select * from pos.hourly_sales;
create view pos.daily_figures with (security_invoker = true) as select * from pos.daily_sales;
create view pos.tender_figures with (security_invoker = true) as select * from pos.daily_tenders;
create view pos.item_figures with (security_invoker = true) as
  select i.*, a.name, a.variant, a.category, a.sku
  from pos.daily_items i join pos.articles a on a.tenant_id = i.tenant_id and a.id = i.article_id;
create view pos.item_month_figures with (security_invoker = true) as
  select m.*, a.name, a.variant, a.category, a.sku
  from pos.monthly_items m join pos.articles a on a.tenant_id = m.tenant_id and a.id = m.article_id;
create view pos.sold_sales with (security_invoker = true) as
  select tenant_id, id, filed_on, business_date, business_hour, site_id, connection_id, pos_system, currency, sold_at,
    status, customer, gross, total, recorded_at
  from pos.transactions;
-- Lines of sales that the reader names by their ids: without a join, so that a table which has just been filled, and
-- which the planner knows nothing of, cannot turn four thousand sales into four thousand walks through a month.
create view pos.sold_lines with (security_invoker = true) as
  select tenant_id, sale_id, filed_on, position, article_id, name, quantity
  from pos.transaction_items
  where kind = 'article';
grant select on pos.hourly_figures, pos.daily_figures, pos.tender_figures, pos.item_figures, pos.item_month_figures, pos.sold_sales, pos.sold_lines
  to tillwire_app;
