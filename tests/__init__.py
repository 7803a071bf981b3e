"""The tests; `tests.problems` makes small problems for them."""
