-- Keys of the kind ses: an access key id and a secret access key, by which AWS's clients sign.
SET lock_timeout = '5s';

-- Of a ses key the hash is that of its access key id, which is no secret. The secret must be read
-- back to check a signature: it is encrypted with the installation's secret key. A temporary key
-- expires, and comes with a session token, of which only the hash is kept.
ALTER TABLE api_keys
  ADD COLUMN secret     bytea,
  ADD COLUMN session    bytea,
  ADD COLUMN expires_at timestamptz;

ALTER TABLE api_keys DROP CONSTRAINT api_keys_kind_check;
ALTER TABLE api_keys
  ADD CONSTRAINT api_keys_kind_check CHECK (kind IN ('api', 'upload', 'oauth', 'ses')),
  ADD CONSTRAINT api_keys_secret_check CHECK ((kind = 'ses') = (secret IS NOT NULL)),
  ADD CONSTRAINT api_keys_session_check
      CHECK ((session IS NULL) = (expires_at IS NULL) AND (session IS NULL OR kind = 'ses'));
