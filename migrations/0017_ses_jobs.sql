-- The suppression list in the manner of AWS SES, what an account suppresses, and import jobs.
SET lock_timeout = '5s';

-- One page of the suppression list: bounces and complaints by address, the later first.
CREATE INDEX optout_states_account_suppressed_idx
    ON optout_states (account_id, address, since DESC)
 WHERE channel = 'email' AND reason IN ('hardbounced', 'spam');

-- For what reasons an account has addresses suppressed in a region; without a row for both.
CREATE TABLE ses_accounts (
    account_id integer     NOT NULL,
    region     text        COLLATE "C" NOT NULL,
    reasons    text[]      NOT NULL,
    validation jsonb,
    updated_at timestamptz NOT NULL,
    CONSTRAINT ses_accounts_pkey PRIMARY KEY (account_id, region)
);

-- An import job. One of a contact list is an import of the same id, once its source is here; one of
-- the suppression list counts for itself: `done` records, the last of them `last_row`.
CREATE TABLE ses_jobs (
    account_id  integer     NOT NULL,
    id          uuid        NOT NULL,
    region      text        COLLATE "C" NOT NULL,
    destination text        NOT NULL,
    action      text        NOT NULL,
    list_name   text,
    list_id     uuid,
    url         text        NOT NULL,
    format      text        NOT NULL,
    status      text        NOT NULL,
    done        integer     NOT NULL DEFAULT 0,
    failed      integer     NOT NULL DEFAULT 0,
    last_row    integer     NOT NULL DEFAULT 0,
    failed_url  text,
    failure     text        NOT NULL DEFAULT '',
    actor       text        NOT NULL,
    created_at  timestamptz NOT NULL,
    finished_at timestamptz,
    CONSTRAINT ses_jobs_pkey PRIMARY KEY (account_id, id),
    CONSTRAINT ses_jobs_destination_check CHECK (destination IN ('CONTACT_LIST', 'SUPPRESSION_LIST')),
    CONSTRAINT ses_jobs_action_check CHECK (action IN ('PUT', 'DELETE')),
    CONSTRAINT ses_jobs_format_check CHECK (format IN ('CSV', 'JSON')),
    CONSTRAINT ses_jobs_status_check CHECK (
        status IN ('CREATED', 'PROCESSING', 'COMPLETED', 'FAILED', 'CANCELLED'))
);
CREATE INDEX ses_jobs_account_region_idx ON ses_jobs (account_id, region, id);

-- A record that a job of the suppression list refused, as it was in the source.
CREATE TABLE ses_job_rejects (
    account_id integer NOT NULL,
    job_id     uuid    NOT NULL,
    row_no     integer NOT NULL,
    record     text    NOT NULL,
    reason     text    NOT NULL,
    CONSTRAINT ses_job_rejects_pkey PRIMARY KEY (account_id, job_id, row_no)
);

-- What a staged row says of a contact list: {"attributes": AttributesData as it was sent,
-- "joins": the lists of the topics it opts in to}.
ALTER TABLE staged_contacts ADD COLUMN listed jsonb;
