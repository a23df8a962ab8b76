"""`make kill-test`: kill -9 of server and database under load; nothing acknowledged may be lost."""
