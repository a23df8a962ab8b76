"""The shared toolbox: configuration, database, errors, clock, ids. It knows nothing of contacts."""
