"""Somebody signed in, and the application beside, which works on jobs."""

from tests.integration.contacts_pages.conftest import ada, grace, kenji

__all__ = ["ada", "grace", "kenji"]
