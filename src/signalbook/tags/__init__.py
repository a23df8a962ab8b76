"""Tags: the names of signals, a registry that counts who carries them and how often they came."""
