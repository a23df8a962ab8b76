-- Fields: what else they are called, whether they are shown, their values counted for somebody who
-- asks, and the jobs that rewrite them in every contact.
SET lock_timeout = '5s';

-- Nothing ever set `alias`; a field has several now. While a job gives the values of one field to
-- another, `moving_to` names the other and its `takes_from` this one, so that a batch that reads
-- either knows; `moving_to` is '' while a field's values are taken away.
ALTER TABLE fields
 DROP COLUMN alias,
  ADD COLUMN is_hidden  boolean NOT NULL DEFAULT false,
  ADD COLUMN moving_to  text    COLLATE "C",
  ADD COLUMN takes_from text[]  NOT NULL DEFAULT '{}';

-- `key` is the alias as names are compared: without case, accents, blanks and punctuation.
CREATE TABLE field_aliases (
    account_id integer NOT NULL,
    key        text    COLLATE "C" NOT NULL,
    name       text    COLLATE "C" NOT NULL,
    alias      text    NOT NULL,
    CONSTRAINT field_aliases_pkey PRIMARY KEY (account_id, key)
);
CREATE INDEX field_aliases_account_name_idx ON field_aliases (account_id, name);

-- The most frequent values of a field as they were when somebody last asked.
CREATE TABLE field_values (
    account_id integer     NOT NULL,
    name       text        COLLATE "C" NOT NULL,
    asked_at   timestamptz NOT NULL,
    counted_at timestamptz,
    different  bigint      NOT NULL DEFAULT 0,
    most       jsonb       NOT NULL DEFAULT '[]',
    CONSTRAINT field_values_pkey PRIMARY KEY (account_id, name)
);

-- One rewriting of a field. `target` is the new name, the field merged into, or the new type;
-- `cursor` the last contact that is done, committed with each chunk. `round` counts how often all
-- contacts were walked: a last look finds what came meanwhile.
CREATE TABLE field_jobs (
    account_id  integer     NOT NULL,
    id          uuid        NOT NULL,
    action      text        NOT NULL,
    name        text        COLLATE "C" NOT NULL,
    target      text        COLLATE "C" NOT NULL DEFAULT '',
    winner      text        NOT NULL DEFAULT 'target',
    unfit       text        NOT NULL DEFAULT 'refuse',
    state       text        NOT NULL,
    round       integer     NOT NULL DEFAULT 1,
    cursor      uuid,
    total       bigint      NOT NULL,
    done        bigint      NOT NULL DEFAULT 0,
    changed     bigint      NOT NULL DEFAULT 0,
    cleared     bigint      NOT NULL DEFAULT 0,
    refused     bigint      NOT NULL DEFAULT 0,
    actor       text        NOT NULL,
    created_at  timestamptz NOT NULL,
    started_at  timestamptz,
    finished_at timestamptz,
    CONSTRAINT field_jobs_pkey PRIMARY KEY (account_id, id),
    CONSTRAINT field_jobs_action_check
         CHECK (action IN ('rename', 'merge', 'type', 'delete', 'empty')),
    CONSTRAINT field_jobs_winner_check CHECK (winner IN ('target', 'source')),
    CONSTRAINT field_jobs_unfit_check CHECK (unfit IN ('refuse', 'clear')),
    CONSTRAINT field_jobs_state_check CHECK (state IN
         ('queued', 'running', 'ending', 'done', 'cancelled', 'failed'))
);
CREATE INDEX field_jobs_account_active_idx ON field_jobs (account_id)
 WHERE state IN ('queued', 'running', 'ending');

-- Contacts that were given a value in a field while its values are taken away: these keep it.
CREATE TABLE field_fresh (
    account_id integer NOT NULL,
    name       text    COLLATE "C" NOT NULL,
    contact_id uuid    NOT NULL,
    CONSTRAINT field_fresh_pkey PRIMARY KEY (account_id, name, contact_id)
);
