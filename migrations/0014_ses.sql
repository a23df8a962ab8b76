-- Contact lists in the manner of AWS SES, their topics, what they hold of a contact; and the
-- addresses that a real SES list has yet to hear of.
SET lock_timeout = '5s';


CREATE TABLE ses_lists (
    account_id  integer     NOT NULL,
    id          uuid        NOT NULL,
    region      text        COLLATE "C" NOT NULL,
    name        text        COLLATE "C" NOT NULL,
    description text,
    tags        jsonb       NOT NULL DEFAULT '{}',
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    CONSTRAINT ses_lists_pkey PRIMARY KEY (account_id, id),
    CONSTRAINT ses_lists_account_name_key UNIQUE (account_id, region, name)
);

-- A topic is a list of kind `topic`: who opted in is on it; who opted out is in the ledger, on the
-- channel `topic:<list id>`; of anybody else the default is true.
CREATE TABLE ses_topics (
    account_id     integer  NOT NULL,
    ses_list_id    uuid     NOT NULL,
    name           text     COLLATE "C" NOT NULL,
    list_id        uuid     NOT NULL,
    display_name   text     NOT NULL,
    description    text,
    default_status text     NOT NULL,
    position       smallint NOT NULL,
    CONSTRAINT ses_topics_pkey PRIMARY KEY (account_id, ses_list_id, name),
    CONSTRAINT ses_topics_account_list_key UNIQUE (account_id, list_id),
    CONSTRAINT ses_topics_default_check CHECK (default_status IN ('OPT_IN', 'OPT_OUT'))
);

-- `attributes` is AttributesData as it was sent; `made` says that this list made the contact.
CREATE TABLE ses_contacts (
    account_id integer     NOT NULL,
    contact_id uuid        NOT NULL,
    list_id    uuid        NOT NULL,
    attributes text,
    made       boolean     NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT ses_contacts_pkey PRIMARY KEY (account_id, contact_id, list_id)
);
CREATE INDEX ses_contacts_account_list_idx ON ses_contacts (account_id, list_id, contact_id);

-- The real SES list of an account, and who leads: SES (store, follow) or Signalbook (mirror).
CREATE TABLE ses_connections (
    account_id  integer     NOT NULL,
    mode        text        NOT NULL,
    region      text        NOT NULL,
    list_name   text        NOT NULL,
    endpoint    text,
    credentials bytea,
    created_at  timestamptz NOT NULL,
    created_by  text        NOT NULL,
    CONSTRAINT ses_connections_pkey PRIMARY KEY (account_id),
    CONSTRAINT ses_connections_mode_check CHECK (mode IN ('store', 'mirror', 'follow'))
);

-- An address whose contact is not yet in SES as it is here; a further change is another version.
CREATE TABLE outbox (
    account_id integer     NOT NULL,
    address    text        COLLATE "C" NOT NULL,
    contact_id uuid,
    version    uuid        NOT NULL,
    since      timestamptz NOT NULL,
    CONSTRAINT outbox_pkey PRIMARY KEY (account_id, address)
) WITH (fillfactor = 50);
CREATE INDEX outbox_account_since_idx ON outbox (account_id, since, address);
