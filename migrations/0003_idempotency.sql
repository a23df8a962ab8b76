-- Answers to calls that carried an Idempotency-Key, kept for a day; and two indexes for lists.
SET lock_timeout = '5s';

-- The row commits together with what the call changed: both are there, or neither.
CREATE TABLE idempotency (
    account_id  integer     NOT NULL,
    key         text        COLLATE "C" NOT NULL,
    fingerprint bytea       NOT NULL,
    status      smallint    NOT NULL,
    body        bytea       NOT NULL,
    created_at  timestamptz NOT NULL,
    CONSTRAINT idempotency_pkey PRIMARY KEY (account_id, key)
);
CREATE INDEX idempotency_created_idx ON idempotency (account_id, created_at);

-- Contacts without an e-mail come last when a list is ordered by it; where all have one it is empty.
CREATE INDEX contacts_account_no_email_idx ON contacts (account_id, id) WHERE email_key IS NULL;
