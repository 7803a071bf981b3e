"""Synthetic towns: streets, stations, incidents and a roster, drawn from a seed and written as a planner's files."""

from instances.towns.town import Town, make_town, write_town

__all__ = ["Town", "make_town", "write_town"]
