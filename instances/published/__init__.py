"""Published instances of team orienteering, read into problems of tasks."""
