"""Somebody signed in, as the console's tests have them."""

from tests.integration.contacts_pages.conftest import ada, grace, kenji

__all__ = ["ada", "grace", "kenji"]
