-- Exports: what was asked for, how far the file is, and until when it can be fetched.
SET lock_timeout = '5s';

-- One file. `cursor` is the last contact that is written and `bytes` how long the file was then, in
-- its part `part`; all three are committed together, so work that was interrupted cuts the file to
-- that length and goes on. Every try writes a part of its own: one that only seemed dead writes into
-- a file that nobody reads any more. `last_id` is the newest contact when it began, `stride` how many
-- contacts are looked at in one step.
CREATE TABLE exports (
    account_id  integer     NOT NULL,
    id          uuid        NOT NULL,
    format      text        NOT NULL,
    compression text        NOT NULL DEFAULT '',
    columns     text[]      NOT NULL,
    is_raw      boolean     NOT NULL DEFAULT false,
    filter      jsonb       NOT NULL DEFAULT '{}',
    query       text        NOT NULL DEFAULT '',
    state       text        NOT NULL,
    last_id     uuid,
    cursor      uuid,
    part        integer     NOT NULL DEFAULT 0,
    stride      integer     NOT NULL DEFAULT 0,
    bytes       bigint      NOT NULL DEFAULT 0,
    total       bigint,
    done        bigint      NOT NULL DEFAULT 0,
    actor       text        NOT NULL,
    created_at  timestamptz NOT NULL,
    started_at  timestamptz,
    finished_at timestamptz,
    expires_at  timestamptz,
    CONSTRAINT exports_pkey PRIMARY KEY (account_id, id),
    CONSTRAINT exports_format_check CHECK (format IN ('csv', 'jsonl', 'xlsx', 'ses')),
    CONSTRAINT exports_compression_check CHECK (compression IN ('', 'gzip')),
    CONSTRAINT exports_state_check CHECK (state IN
         ('queued', 'running', 'done', 'cancelled', 'failed', 'expired'))
);
