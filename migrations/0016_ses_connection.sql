-- The connection to a real SES list: how it stands, what SES was last seen to hold, and its pace.
SET lock_timeout = '5s';

-- What went wrong last is `error`, since when `failing_since`; until `rests_until` nothing is tried.
-- `filled_to` is how far everybody was put into the outbox at first, by address; `listing_*` how far
-- a listing of SES got. Whoever holds `lease` until `leased_until` works on the account.
ALTER TABLE ses_connections
    ADD COLUMN id                  uuid        NOT NULL,
    ADD COLUMN role                text,
    ADD COLUMN bucket              text,
    ADD COLUMN requests_per_second real        NOT NULL DEFAULT 1,
    ADD COLUMN lease               uuid,
    ADD COLUMN leased_until        timestamptz,
    ADD COLUMN error               text,
    ADD COLUMN failing_since       timestamptz,
    ADD COLUMN rests_until         timestamptz,
    ADD COLUMN succeeded_at        timestamptz,
    ADD COLUMN filled_to           text        COLLATE "C",
    ADD COLUMN filled_at           timestamptz,
    ADD COLUMN listing             uuid,
    ADD COLUMN listing_token       text,
    ADD COLUMN listing_started_at  timestamptz,
    ADD COLUMN listing_count       bigint      NOT NULL DEFAULT 0,
    ADD COLUMN listed_at           timestamptz,
    ADD COLUMN listed_count        bigint      NOT NULL DEFAULT 0,
    ADD COLUMN import_job          jsonb,
    ADD CONSTRAINT ses_connections_pace_check
         CHECK (requests_per_second > 0 AND requests_per_second <= 1000);

-- What a listing said SES holds of an address. `attributes` is AttributesData as it was when SES had
-- last changed the contact at `read_at`; `wanted` says that it is to be read again. An address is in
-- lower case; `spelling` is that of SES where it is another.
CREATE TABLE ses_seen (
    account_id  integer     NOT NULL,
    address     text        COLLATE "C" NOT NULL,
    spelling    text,
    updated_at  timestamptz,
    unsubscribed boolean    NOT NULL,
    topics      jsonb       NOT NULL DEFAULT '{}',
    listing     uuid,
    attributes  text,
    read_at     timestamptz,
    wanted      boolean     NOT NULL DEFAULT false,
    CONSTRAINT ses_seen_pkey PRIMARY KEY (account_id, address)
) WITH (fillfactor = 80);
CREATE INDEX ses_seen_wanted_idx ON ses_seen (account_id, address) WHERE wanted;

-- Contacts that SES would not take, with what it said.
CREATE TABLE ses_refusals (
    account_id integer     NOT NULL,
    address    text        COLLATE "C" NOT NULL,
    said       text        NOT NULL,
    at         timestamptz NOT NULL,
    times      integer     NOT NULL DEFAULT 1,
    CONSTRAINT ses_refusals_pkey PRIMARY KEY (account_id, address)
);

-- When the next request may go out, for each AWS identity and region, whoever shares it.
CREATE TABLE ses_pace (
    account_id integer     NOT NULL DEFAULT 0,
    bucket     text        COLLATE "C" NOT NULL,
    free_at    timestamptz NOT NULL,
    CONSTRAINT ses_pace_pkey PRIMARY KEY (account_id, bucket)
) WITH (fillfactor = 50);
