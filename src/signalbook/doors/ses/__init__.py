"""The AWS SES v2 door: `/v2/email/…`, as the clients of AWS speak it."""
