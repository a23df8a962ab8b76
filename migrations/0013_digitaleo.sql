-- Keys of the kind oauth, and the numbers by which the Digitaleo door calls what it shows.
SET lock_timeout = '5s';

-- Of an oauth key the hash is that of its client_secret; its id is the client_id.
ALTER TABLE api_keys DROP CONSTRAINT api_keys_kind_check;
ALTER TABLE api_keys
  ADD CONSTRAINT api_keys_kind_check CHECK (kind IN ('api', 'upload', 'oauth'));

-- Digitaleo's ids are digits. A number is given at the first look through that door and never
-- again to anything else, so that accounts that do not use the door pay nothing
-- (docs/decisions/0021-numbers-for-digitaleo.md). `id` is that of a contact, list or import.
CREATE TABLE digitaleo_numbers (
    account_id integer NOT NULL,
    id         uuid    NOT NULL,
    number     bigint  NOT NULL,
    CONSTRAINT digitaleo_numbers_pkey PRIMARY KEY (account_id, id),
    CONSTRAINT digitaleo_numbers_account_number_key UNIQUE (account_id, number)
);

-- The last number that was given, and the contact up to which all have theirs.
CREATE TABLE digitaleo_counts (
    account_id integer NOT NULL,
    last       bigint  NOT NULL,
    up_to      uuid    NOT NULL,
    CONSTRAINT digitaleo_counts_pkey PRIMARY KEY (account_id)
) WITH (fillfactor = 50);

-- As in 0002: what the table will look like, for plans that are made before there are rows.
INSERT INTO digitaleo_numbers (account_id, id, number)
SELECT 0, md5(n::text)::uuid, n FROM generate_series(1, 2000) AS n
RETURNING NULL;
ANALYZE digitaleo_numbers;
TRUNCATE digitaleo_numbers;
