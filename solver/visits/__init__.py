"""Visits only: tasks with windows, lengths and profits, in continuous time (team orienteering with time windows)."""
