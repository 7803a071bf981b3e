"""How near the engine's plans come to the proven best, and what simpler methods reach on the same problems."""
