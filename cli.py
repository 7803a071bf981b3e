"""The command `patrol`."""
