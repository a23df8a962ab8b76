"""Signalbook: a self-hosted contacts platform; one process, one database, four drop-in APIs."""

__version__ = "0.1.0"
