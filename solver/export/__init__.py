"""Exports: a plan as the bytes of the files that crews, planners and other programs open.

Every module makes one format and writes no file.  All of them read the plan through
`solver.export.itinerary`, which refuses a plan that cannot be shown and says why.
"""
