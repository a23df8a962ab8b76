-- Public pages: the keys that sign their links, and how they look.
SET lock_timeout = '5s';

-- A link names its key, and an old key is kept for as long as links of it may be in somebody's
-- mailbox. Here are random bytes only: the key is made of them and the installation's secret.
CREATE TABLE link_keys (
    account_id integer     NOT NULL,
    number     integer     NOT NULL,
    salt       bytea       NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text        NOT NULL,
    CONSTRAINT link_keys_pkey PRIMARY KEY (account_id, number)
);

-- What is empty is as we make it. `channels` are those that a person can choose on the page.
CREATE TABLE public_looks (
    account_id  integer     NOT NULL,
    name        text        NOT NULL DEFAULT '',
    accent      text        NOT NULL DEFAULT '',
    background  text        NOT NULL DEFAULT '',
    channels    text[]      NOT NULL,
    logo        bytea,
    logo_type   text        NOT NULL DEFAULT '',
    logo_width  integer     NOT NULL DEFAULT 0,
    logo_height integer     NOT NULL DEFAULT 0,
    logo_digest text        NOT NULL DEFAULT '',
    changed_at  timestamptz NOT NULL,
    changed_by  text        NOT NULL,
    CONSTRAINT public_looks_pkey PRIMARY KEY (account_id),
    CONSTRAINT public_looks_logo_check CHECK (octet_length(logo) <= 200000)
);
