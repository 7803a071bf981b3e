"""Where to put points so that demand lies within its standard: set covering, maximal and backup covering.

`SiteProblem` goes in, a `Siting` comes out, always with a bound and what is proved.  Formulations and sources are in
``docs/sites.md``.
"""

from __future__ import annotations

from solver.sites.problem import SiteProblem, SiteProblemError
from solver.sites.siting import Siting
from solver.sites.solve import covered_curve, fewest_points, most_covered

__all__ = ["SiteProblem", "SiteProblemError", "Siting", "covered_curve", "fewest_points", "most_covered"]
