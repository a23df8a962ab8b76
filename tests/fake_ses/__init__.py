"""A strict stand-in for AWS SES contact lists, with S3, import jobs and faults on demand."""
