-- Imports: their files, their staged rows, what came of each row, and what can be undone.
SET lock_timeout = '5s';

-- One file. `source` says how it is read, `columns` and `options` what it means, `verdict` what a
-- dry run found. Counts of applied rows stand with the chunks, so that no row is hot.
CREATE TABLE imports (
    account_id   integer     NOT NULL,
    id           uuid        NOT NULL,
    name         text        NOT NULL,
    state        text        NOT NULL,
    paused_state text,
    bytes        bigint      NOT NULL DEFAULT 0,
    expected     bigint,
    source       jsonb,
    fingerprint  text        COLLATE "C",
    layout       text        NOT NULL DEFAULT '',
    columns      jsonb       NOT NULL DEFAULT '[]',
    options      jsonb       NOT NULL DEFAULT '{}',
    dry_run      boolean     NOT NULL DEFAULT false,
    tags         text[]      NOT NULL DEFAULT '{}',
    fields       jsonb       NOT NULL DEFAULT '{}',
    widened      text[]      NOT NULL DEFAULT '{}',
    notes        jsonb       NOT NULL DEFAULT '{}',
    staged       bigint      NOT NULL DEFAULT 0,
    rejected     bigint      NOT NULL DEFAULT 0,
    read_bytes   bigint      NOT NULL DEFAULT 0,
    last_row     bigint      NOT NULL DEFAULT 0,
    is_sorted    boolean     NOT NULL DEFAULT false,
    verdict      jsonb,
    failure      text        NOT NULL DEFAULT '',
    undo_done    bigint      NOT NULL DEFAULT 0,
    actor        text        NOT NULL,
    created_at   timestamptz NOT NULL,
    checking_at  timestamptz,
    checked_at   timestamptz,
    applying_at  timestamptz,
    finished_at  timestamptz,
    CONSTRAINT imports_pkey PRIMARY KEY (account_id, id),
    CONSTRAINT imports_state_check CHECK (state IN
         ('uploading', 'ready', 'checking', 'checked', 'applying', 'done', 'paused', 'cancelled',
          'failed', 'undoing', 'undone'))
);

-- Rows that will be applied to contacts as a batch: checked, normalised, and gone when the batch
-- ends. `tags` are numbers into the batch's own list. `superseded_by` is a later row that names the
-- same contact; an entangled row shares an identifier with a row of another contact, and waits until
-- all others are applied.
CREATE TABLE staged_contacts (
    account_id    integer NOT NULL,
    batch_id      uuid    NOT NULL,
    row_no        integer NOT NULL,
    contact_id    uuid    NOT NULL,
    key           text    COLLATE "C" NOT NULL,
    email         text,
    email_key     text    COLLATE "C",
    mobile        text    COLLATE "C",
    external_id   text    COLLATE "C",
    fields        jsonb   NOT NULL,
    cleared       text[],
    tags          integer[] NOT NULL,
    words         tsvector NOT NULL,
    name_key      text    COLLATE "C",
    last_key      text    COLLATE "C",
    optouts       text,
    lists         text[],
    metadata      jsonb,
    superseded_by integer,
    is_entangled  boolean NOT NULL DEFAULT false,
    CONSTRAINT staged_contacts_pkey PRIMARY KEY (account_id, batch_id, row_no)
) WITH (autovacuum_vacuum_insert_threshold = -1); -- its rows are read a few times and go

-- What contacts were before a batch changed them. `kept` is what an undo left alone, because
-- something newer had touched the contact.
CREATE TABLE contact_befores (
    account_id integer     NOT NULL,
    batch_id   uuid        NOT NULL,
    contact_id uuid        NOT NULL,
    row_no     integer     NOT NULL,
    at         timestamptz NOT NULL,
    before     jsonb       NOT NULL,
    undone     boolean     NOT NULL DEFAULT false,
    kept       boolean     NOT NULL DEFAULT false,
    CONSTRAINT contact_befores_pkey PRIMARY KEY (account_id, batch_id, row_no)
);

-- A chunk of rows that were applied, in one transaction with this line: what came of each row as
-- one letter, in the order of the rows, and the contact it meant.
CREATE TABLE import_chunks (
    account_id  integer     NOT NULL,
    import_id   uuid        NOT NULL,
    no          integer     NOT NULL,
    at          timestamptz NOT NULL,
    counts      jsonb       NOT NULL,
    rows        integer[]   NOT NULL,
    outcomes    text        NOT NULL,
    contact_ids uuid[]      NOT NULL,
    undone      boolean     NOT NULL DEFAULT false,
    CONSTRAINT import_chunks_pkey PRIMARY KEY (account_id, import_id, no)
);

CREATE TABLE import_rejects (
    account_id integer NOT NULL,
    import_id  uuid    NOT NULL,
    row_no     integer NOT NULL,
    field      text    NOT NULL,
    value      text    NOT NULL,
    code       text    COLLATE "C" NOT NULL,
    reason     text    NOT NULL,
    cells      text[],
    CONSTRAINT import_rejects_pkey PRIMARY KEY (account_id, import_id, row_no)
);
CREATE INDEX import_rejects_code_idx ON import_rejects (account_id, import_id, code, row_no);

-- What a person made of a header, for the next file that has it.
CREATE TABLE import_mappings (
    account_id  integer     NOT NULL,
    fingerprint text        COLLATE "C" NOT NULL,
    columns     jsonb       NOT NULL,
    options     jsonb       NOT NULL,
    actor       text        NOT NULL,
    used_at     timestamptz NOT NULL,
    CONSTRAINT import_mappings_pkey PRIMARY KEY (account_id, fingerprint)
);

-- As in 0002: without this the planner believes a batch to be a 200th of all staged rows.
INSERT INTO staged_contacts (account_id, batch_id, row_no, contact_id, key, email_key, mobile,
                             fields, tags, words)
SELECT 0, md5((n % 4)::text)::uuid, n, md5(n::text)::uuid, n::text, n::text, n::text, '{}', '{}', ''
  FROM generate_series(1, 2000) AS n
RETURNING NULL;
INSERT INTO contact_befores (account_id, batch_id, contact_id, row_no, at, before)
SELECT 0, md5((n % 4)::text)::uuid, md5(n::text)::uuid, n, timestamptz '2026-01-01', '{}'
  FROM generate_series(1, 2000) AS n
RETURNING NULL;
ANALYZE staged_contacts, contact_befores;
TRUNCATE staged_contacts, contact_befores;
