"""Attacks on signed links, counted; `make token-test` runs them at full size."""
