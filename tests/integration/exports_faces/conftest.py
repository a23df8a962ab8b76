"""The faces of exports, with the application's own worker beside."""

from tests.integration.contacts_pages.conftest import ada, grace, kenji

__all__ = ["ada", "grace", "kenji"]
