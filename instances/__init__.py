"""From a planner's files to a `Problem`: shift files, road networks, incidents, towns, and the bundled instances."""
