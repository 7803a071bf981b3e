"""Where to put points, side by side with spopt on published sets, and at the size of a city."""
