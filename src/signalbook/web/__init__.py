"""Shared HTTP: errors, access, limits, templates. It knows the toolbox and no feature."""
