"""The routing engine: the same problem as visits, stints, tasks and breaks for a vehicle routing solver."""
