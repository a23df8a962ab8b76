-- Opt-outs on more channels, by landline, by domain, from a blocklist; and those of erased people.
SET lock_timeout = '5s';

-- Who put a restriction in force: a blocklist manages its own and nobody else's.
ALTER TABLE optout_states ADD COLUMN source text NOT NULL DEFAULT '';
UPDATE optout_states AS s
   SET source = coalesce((
       SELECT o.source
         FROM optouts AS o
        WHERE o.account_id = s.account_id AND o.address = s.address AND o.channel = s.channel
          AND o.reason = s.reason AND o.kind = 'out'
        ORDER BY o.id DESC
        LIMIT 1), '');
CREATE INDEX optout_states_account_since_idx
    ON optout_states (account_id, since, address, channel, reason);
CREATE INDEX optout_states_account_source_idx ON optout_states (account_id, channel, address)
 WHERE source = 'blocklist';

-- Whoever left every channel there was has left those that are new as well. The ids sort before all
-- others: the last word on an address is the one with the greatest.
INSERT INTO optouts (account_id, address, channel, at, id, kind, reason, source, actor)
SELECT v.account_id, v.address, n.channel, v.since,
       overlay(md5(v.address || n.channel || v.reason) PLACING '00000000' FROM 1)::uuid, 'out',
       v.reason, 'carried over', NULL
  FROM optout_states AS v
  JOIN optout_states AS s
    ON s.account_id = v.account_id AND s.address = v.address AND s.channel = 'sms'
   AND s.reason = v.reason
 CROSS JOIN (VALUES ('voicemail'), ('whatsapp')) AS n(channel)
 WHERE v.channel = 'voice' AND v.reason IN ('contact', 'user');
INSERT INTO optout_states (account_id, address, channel, reason, since, source)
SELECT v.account_id, v.address, n.channel, v.reason, v.since, 'carried over'
  FROM optout_states AS v
  JOIN optout_states AS s
    ON s.account_id = v.account_id AND s.address = v.address AND s.channel = 'sms'
   AND s.reason = v.reason
 CROSS JOIN (VALUES ('voicemail'), ('whatsapp')) AS n(channel)
 WHERE v.channel = 'voice' AND v.reason IN ('contact', 'user');

-- A landline by which somebody can be called, as the ledger knows it. A column of its own and not
-- an index over `fields`: with that, no change of any field could stay on its page (HOT).
ALTER TABLE contacts ADD COLUMN landline text COLLATE "C" GENERATED ALWAYS AS (
      CASE WHEN fields ->> 'phone' ~ '^\+[1-9][0-9]{6,14}$' THEN fields ->> 'phone' END) STORED;
CREATE INDEX contacts_account_landline_idx ON contacts (account_id, landline)
 WHERE landline IS NOT NULL;
