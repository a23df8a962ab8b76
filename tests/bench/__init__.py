"""`make bench`: the figures the README quotes, measured on a real server with its real settings."""
