-- Lists that are deactivated, or that people may choose themselves; and the work that follows.
SET lock_timeout = '5s';

-- `is_settled` is false from the moment a list is deactivated or activated until every member's
-- `contacts.list_active` says so too. A topic is a list that a person may choose, and leave.
ALTER TABLE lists
    ADD COLUMN is_settled boolean NOT NULL DEFAULT true,
    DROP CONSTRAINT lists_kind_check,
    ADD CONSTRAINT lists_kind_check CHECK (kind IN ('static', 'topic'));
ALTER TABLE list_jobs
    DROP CONSTRAINT list_jobs_action_check,
    ADD CONSTRAINT list_jobs_action_check
          CHECK (action IN ('add', 'remove', 'deactivate', 'activate'));
