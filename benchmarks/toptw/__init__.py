"""Team orienteering with time windows: patrolplan beside PyVRP, VROOM and OR-Tools' routing library."""
