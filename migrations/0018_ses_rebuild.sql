-- What SES holds, copied contact by contact while an account is rebuilt from it; then it goes.
SET lock_timeout = '5s';

-- `attributes` is AttributesData as it was when SES had last changed the contact at `read_at`;
-- `listing` is the last listing that showed the contact.
CREATE TABLE ses_copies (
    account_id   integer     NOT NULL,
    address      text        COLLATE "C" NOT NULL,
    updated_at   timestamptz NOT NULL,
    unsubscribed boolean     NOT NULL,
    topics       jsonb       NOT NULL DEFAULT '{}',
    listing      uuid        NOT NULL,
    attributes   text,
    read_at      timestamptz,
    CONSTRAINT ses_copies_pkey PRIMARY KEY (account_id, address)
) WITH (fillfactor = 80);

-- What the last comparison of an account with SES found.
CREATE TABLE ses_drifts (
    account_id integer     NOT NULL,
    at         timestamptz NOT NULL,
    report     jsonb       NOT NULL,
    CONSTRAINT ses_drifts_pkey PRIMARY KEY (account_id)
);
