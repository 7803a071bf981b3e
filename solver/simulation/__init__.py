"""What happens to a plan when calls come in: a discrete-event simulation in seconds.

It judges plans and knows no engine: nothing here is shared with what makes plans but numba's decorator.  The rules are
told in ``docs/simulation.md``.
"""
