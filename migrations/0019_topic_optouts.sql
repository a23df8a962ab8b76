-- Who has opted out of a topic is counted without a look at all the other opt-outs of the account.
SET lock_timeout = '5s';

CREATE INDEX optout_states_account_topic_idx ON optout_states (account_id, channel, address)
 WHERE channel LIKE 'topic:%';
