-- Accounts, people, their sessions, API keys, and what the keys were used for.
--
-- accounts, people, memberships, invitations and api_keys are small and rarely written: nothing is
-- updated in them per request or per sign-in. What changes all the time has tables of its own.
SET lock_timeout = '5s';

CREATE TABLE accounts (
    id                integer     GENERATED ALWAYS AS IDENTITY,
    name              text        COLLATE "C" NOT NULL,
    plan              text        NOT NULL,
    upload_per_minute integer,
    api_per_hour      integer,
    settings          jsonb       NOT NULL DEFAULT '{}',
    created_at        timestamptz NOT NULL,
    created_by        text        NOT NULL,
    CONSTRAINT accounts_pkey PRIMARY KEY (id),
    CONSTRAINT accounts_name_key UNIQUE (name),
    CONSTRAINT accounts_plan_check CHECK (plan IN ('free', 'paid', 'enterprise', 'unlimited')),
    CONSTRAINT accounts_upload_per_minute_check CHECK (upload_per_minute BETWEEN 1 AND 60000),
    CONSTRAINT accounts_api_per_hour_check CHECK (api_per_hour BETWEEN 1 AND 1000000000)
);

-- A person may belong to several accounts; the e-mail is stored in lower case.
CREATE TABLE people (
    id            uuid        NOT NULL,
    email         text        COLLATE "C" NOT NULL,
    name          text        NOT NULL DEFAULT '',
    password_hash text        NOT NULL,
    time_zone     text        NOT NULL DEFAULT 'UTC',
    created_at    timestamptz NOT NULL,
    created_by    text        NOT NULL,
    disabled_at   timestamptz,
    CONSTRAINT people_pkey PRIMARY KEY (id),
    CONSTRAINT people_email_key UNIQUE (email)
);

CREATE TABLE memberships (
    account_id integer     NOT NULL,
    person_id  uuid        NOT NULL,
    role       text        NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text        NOT NULL,
    CONSTRAINT memberships_pkey PRIMARY KEY (account_id, person_id),
    CONSTRAINT memberships_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id),
    CONSTRAINT memberships_person_id_fkey FOREIGN KEY (person_id) REFERENCES people (id),
    CONSTRAINT memberships_role_check CHECK (role IN ('owner', 'admin', 'editor', 'viewer'))
);
CREATE INDEX memberships_person_id_idx ON memberships (person_id, account_id);

-- A link that lets one person in once; only the hash of its token is kept.
CREATE TABLE invitations (
    account_id  integer     NOT NULL,
    id          uuid        NOT NULL,
    token_hash  bytea       NOT NULL,
    email       text        COLLATE "C" NOT NULL,
    role        text        NOT NULL,
    created_at  timestamptz NOT NULL,
    created_by  text        NOT NULL,
    expires_at  timestamptz NOT NULL,
    accepted_at timestamptz,
    revoked_at  timestamptz,
    revoked_by  text,
    CONSTRAINT invitations_pkey PRIMARY KEY (account_id, id),
    CONSTRAINT invitations_token_hash_key UNIQUE (token_hash),
    CONSTRAINT invitations_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id),
    CONSTRAINT invitations_role_check CHECK (role IN ('owner', 'admin', 'editor', 'viewer'))
);

-- API keys are shown once; only their SHA-256 and their first characters are kept.
CREATE TABLE api_keys (
    account_id integer     NOT NULL,
    id         uuid        NOT NULL,
    kind       text        NOT NULL,
    name       text        NOT NULL,
    prefix     text        NOT NULL,
    hash       bytea       NOT NULL,
    scopes     text[]      NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text        NOT NULL,
    revoked_at timestamptz,
    revoked_by text,
    CONSTRAINT api_keys_pkey PRIMARY KEY (account_id, id),
    CONSTRAINT api_keys_hash_key UNIQUE (hash),
    CONSTRAINT api_keys_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id),
    CONSTRAINT api_keys_kind_check CHECK (kind IN ('api', 'upload')),
    CONSTRAINT api_keys_scopes_check
         CHECK (scopes <@ ARRAY['read', 'write', 'upload'] AND scopes <> '{}')
);

-- When a key was last used: written in batches every few seconds, never per request.
CREATE TABLE key_uses (
    account_id   integer     NOT NULL,
    key_id       uuid        NOT NULL,
    last_used_at timestamptz NOT NULL,
    CONSTRAINT key_uses_pkey PRIMARY KEY (account_id, key_id)
) WITH (fillfactor = 50);

-- Calls per door and minute; older rows are folded into hours, then into days. `refused` are the
-- calls over the limit, `over` those that a soft limit let pass.
CREATE TABLE usage (
    account_id integer     NOT NULL,
    door       text        COLLATE "C" NOT NULL,
    minute     timestamptz NOT NULL,
    calls      bigint      NOT NULL DEFAULT 0,
    refused    bigint      NOT NULL DEFAULT 0,
    over       bigint      NOT NULL DEFAULT 0,
    CONSTRAINT usage_pkey PRIMARY KEY (account_id, door, minute)
) WITH (fillfactor = 70);

-- Who is signed in where. The cookie's token is kept as a hash; `id` is its public name.
CREATE TABLE sessions (
    id           uuid        NOT NULL,
    token_hash   bytea       NOT NULL,
    person_id    uuid        NOT NULL,
    account_id   integer     NOT NULL,
    created_at   timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    user_agent   text        NOT NULL DEFAULT '',
    ip           text        NOT NULL DEFAULT '',
    revoked_at   timestamptz,
    revoked_by   text,
    CONSTRAINT sessions_pkey PRIMARY KEY (id),
    CONSTRAINT sessions_token_hash_key UNIQUE (token_hash),
    CONSTRAINT sessions_person_id_fkey FOREIGN KEY (person_id) REFERENCES people (id)
) WITH (fillfactor = 80);
CREATE INDEX sessions_person_id_idx ON sessions (person_id, created_at);
CREATE INDEX sessions_expires_at_idx ON sessions (expires_at);

-- Tries to sign in, to slow down guessing. The e-mail is kept as a hash: people type passwords
-- into the wrong field.
CREATE TABLE login_attempts (
    id         uuid        NOT NULL,
    email_hash bytea       NOT NULL,
    network    text        COLLATE "C" NOT NULL,
    at         timestamptz NOT NULL,
    outcome    text        NOT NULL,
    CONSTRAINT login_attempts_pkey PRIMARY KEY (id),
    CONSTRAINT login_attempts_outcome_check CHECK (outcome IN ('tried', 'passed', 'refused'))
);
CREATE INDEX login_attempts_email_hash_idx ON login_attempts (email_hash, at);
CREATE INDEX login_attempts_at_idx ON login_attempts (at);
