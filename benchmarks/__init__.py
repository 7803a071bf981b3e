"""Side-by-side runs against other programs and published tables; figures and commands are in ``docs/benchmarks.md``."""
