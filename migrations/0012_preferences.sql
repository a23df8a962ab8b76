-- Public pages: this number is theirs (issue 4), and what they need comes with them.
SET lock_timeout = '5s';
