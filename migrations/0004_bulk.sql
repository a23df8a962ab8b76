-- Long work on contacts with its progress and its undo, and what each person wants to see of them.
SET lock_timeout = '5s';

-- One action on many contacts. `cursor` is the last contact that is done; it is committed with each
-- chunk, so work that was interrupted goes on exactly where it was.
CREATE TABLE bulk_jobs (
    account_id   integer     NOT NULL,
    id           uuid        NOT NULL,
    action       text        NOT NULL,
    argument     text        NOT NULL DEFAULT '',
    filter       jsonb       NOT NULL DEFAULT '{}',
    ids          uuid[],
    state        text        NOT NULL,
    last_id      uuid        NOT NULL,
    cursor       uuid,
    total        bigint,
    done         bigint      NOT NULL DEFAULT 0,
    changed      bigint      NOT NULL DEFAULT 0,
    skipped      bigint      NOT NULL DEFAULT 0,
    undo_done    bigint      NOT NULL DEFAULT 0,
    undo_changed bigint      NOT NULL DEFAULT 0,
    actor        text        NOT NULL,
    created_at   timestamptz NOT NULL,
    started_at   timestamptz,
    finished_at  timestamptz,
    CONSTRAINT bulk_jobs_pkey PRIMARY KEY (account_id, id),
    CONSTRAINT bulk_jobs_state_check CHECK (state IN
         ('queued', 'running', 'done', 'cancelled', 'failed', 'undoing', 'undone')),
    CONSTRAINT bulk_jobs_action_check CHECK (action IN
         ('tag', 'untag', 'deactivate', 'reactivate', 'delete'))
);

-- What a job changed: exactly this can be undone. `at` is when, to see what changed since.
CREATE TABLE bulk_changes (
    account_id integer     NOT NULL,
    job_id     uuid        NOT NULL,
    contact_id uuid        NOT NULL,
    at         timestamptz NOT NULL,
    before     jsonb       NOT NULL,
    CONSTRAINT bulk_changes_pkey PRIMARY KEY (account_id, job_id, contact_id)
);

-- The columns a person has chosen for the table of contacts.
CREATE TABLE contact_columns (
    account_id integer NOT NULL,
    person_id  uuid    NOT NULL,
    columns    text[]  NOT NULL,
    CONSTRAINT contact_columns_pkey PRIMARY KEY (account_id, person_id)
);

-- Few have bounced or complained, and one wants to see exactly those.
CREATE INDEX contacts_account_bounced_idx ON contacts (account_id, id)
 WHERE email_optout IN ('hardbounced', 'spam');
