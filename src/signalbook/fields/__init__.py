"""Fields: what an account knows of its contacts besides who they are, as a registry.

Standard fields have a type from the start; any other name becomes a custom field at first use,
with the type of its first value until somebody sets one. Adding a field is data, never DDL.
"""
