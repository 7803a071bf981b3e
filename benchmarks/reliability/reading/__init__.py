"""Hostile inputs: valid files of every kind that is read, changed at random, and a judge of what comes of it."""
