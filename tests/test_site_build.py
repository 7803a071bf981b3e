"""From a shift file to a siting problem: candidates, demand, standards, and what is a fault."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from instances.build import build
from instances.errors import InputError
from instances.shift_file import read_shift, read_sites
from instances.site_build import BuiltSites, build_sites
from tests.shift_samples import SHIFT, STATIONS, edited, write_shift

GOALS = "goals: {presence"
BARE = """\
patrolplan: 1
timezone: Europe/London
from: 2020-11-16 00:00
to: 2020-11-17 00:00
network: town.osm
demand: demand.csv
"""
"""What `patrol site` needs at least."""


def built(folder: Path, sites: str = "", *, shift: str = SHIFT, files: dict[str, str] | None = None) -> BuiltSites:
    """Return the siting problem of a shift file with `sites` put in."""
    text = f"{shift}sites: {{{sites}}}\n" if sites else shift
    return build_sites(read_sites(write_shift(folder, shift=text, files=files)), cache=None)


def names(made: BuiltSites) -> list[str]:
    return [place.name for place in made.candidates]


def test_a_shift_file_is_taken_as_it_is(tmp_path: Path) -> None:
    """The post of the file is a candidate, then crossings, one in each square; demand and standards are the file's."""
    made = built(tmp_path)
    assert names(made)[0] == "Gate"
    assert len(made.candidates) > 1
    squares = [name.split("post ")[1] for name in names(made)[1:]]
    assert len(set(squares)) == len(squares)
    assert made.demand.points.names == ("Yard", "Lane")
    assert made.standard.tolist() == [60, 300]
    assert made.problem.demand.shape == (8, 2)


def test_demand_and_travel_are_those_of_the_plan(tmp_path: Path) -> None:
    """From stations, seconds and demand are those of the problem that `patrol plan` builds of the same file."""
    made = built(tmp_path, "candidates: stations, mode: car")
    problem = build(read_shift(tmp_path / "night.yaml"), cache=None).problem
    stations = list(problem.stations)
    assert names(made)[1:] == [problem.places[i].name for i in stations]
    assert made.seconds[:, 1:].T.tolist() == problem.reach["car"][stations].tolist()
    minutes = np.diff(problem.slots)
    assert made.problem.demand.T.tolist() == (np.array([d.demand for d in problem.demand]) * minutes).tolist()


def test_covers_are_travel_times_within_the_standard(tmp_path: Path) -> None:
    """A candidate covers what it reaches within the standard, and backs what it reaches within that of the second."""
    made = built(tmp_path, "standard: 20 s")
    assert (made.problem.covers == ((made.seconds >= 0) & (made.seconds <= 20))).all()
    assert made.problem.covers.any()
    assert not made.problem.covers.all()
    assert (made.problem.backing == ((made.seconds >= 0) & (made.seconds <= 600))).all()


def test_neither_units_nor_stations_are_needed(tmp_path: Path) -> None:
    """A file with streets and demand alone will do, and hours are those of its horizon."""
    made = built(tmp_path, shift=BARE)
    assert made.problem.demand.shape == (24, 2)
    assert made.candidates


def test_the_grid_lies_on_streets(tmp_path: Path) -> None:
    """Places of the grid are on streets, near the middles of their squares, at most one for each."""
    made = built(tmp_path, "candidates: grid, spacing: 50 m")
    assert len(made.candidates) > len(built(tmp_path, "candidates: grid, spacing: 100 m").candidates)
    lat = np.array([place.lat for place in made.candidates[1:]])
    assert (lat > 51.4989).all()
    assert (lat < 51.5016).all()
    assert len(set(names(made))) == len(made.candidates)


def test_what_changes_nothing_is_told(tmp_path: Path) -> None:
    """Where the worst hour counts nobody goes first, and a file that says who should is told so."""
    said = "where the worst hour counts, 'preferred' changes nothing"
    assert said in built(tmp_path, "preferred: [posts], hours: worst").lines
    assert said not in built(tmp_path, "preferred: [posts]").lines
    assert said not in built(tmp_path, "hours: worst").lines


def test_listed_candidates_and_names(tmp_path: Path) -> None:
    """A list of candidates is taken in its order; those given, forbidden and preferred are found by name or kind."""
    made = built(
        tmp_path,
        "candidates: [{name: A, at: [51.5, -0.1]}, {name: B, at: [51.501, -0.1]}, {name: C, at: [51.5005, -0.1]}], "
        "given: [posts], forbidden: [B], preferred: [C, A], points: 2, hours: worst, backup: 0.3, cover_all: true",
    )
    assert names(made) == ["Gate", "A", "B", "C"]
    problem = made.problem
    assert (problem.given, problem.forbidden, problem.preferred) == ((0,), (2,), (1, 3))
    assert (problem.hours, problem.backup_parts, problem.cover_all) == ("worst", 30, True)


def test_a_table_of_candidates(tmp_path: Path) -> None:
    """Candidates may stand in a table, as stations do."""
    assert names(built(tmp_path, "candidates: spots.csv", files={"spots.csv": STATIONS})) == [
        "Gate",
        "Central",
        "North",
    ]


@pytest.mark.parametrize(
    ("sites", "said"),
    [
        ("given: [Gat]", "night.yaml:19:17: sites.given[0]: there is no candidate called 'Gat'; did you mean 'Gate'?"),
        (
            "given: [stations]",
            "night.yaml:19:17: sites.given[0]: no candidate is among the stations; name candidates, or delete it",
        ),
        (
            "given: [posts], forbidden: [Gate]",
            "night.yaml:19:37: sites.forbidden[0]: 'Gate' is both given and forbidden; leave it in one of the two",
        ),
        (
            "candidates: [{name: Far, at: [51.6, -0.1]}]",
            "night.yaml:19:22: sites.candidates[0]: 'Far' is more than 250 m from the nearest street (car); "
            "correct its position, or set 'snap' higher",
        ),
    ],
)
def test_faults_are_told_with_their_place(tmp_path: Path, sites: str, said: str) -> None:
    """What only the streets tell is wrong is told at its line and column, with what would be right."""
    with pytest.raises(InputError) as caught:
        built(tmp_path, sites)
    assert str(caught.value).replace(f"{tmp_path}/", "") == said


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    """Several wrong names are told together."""
    with pytest.raises(InputError) as caught:
        built(tmp_path, "given: [Nowhere], forbidden: [Nobody], preferred: [Nothing]")
    assert len(caught.value.faults) == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BARE.replace("demand: demand.csv\n", ""), "there is no demand to cover; give incidents, demand or hotspots"),
        (
            BARE + "sites: {candidates: stations}\n",
            "sites.candidates: there are no stations; give 'stations' as well, or other candidates",
        ),
    ],
)
def test_what_a_site_file_must_have(tmp_path: Path, text: str, said: str) -> None:
    """Without demand, or without the stations that are asked for, a file is refused."""
    with pytest.raises(InputError, match=said):
        read_sites(write_shift(tmp_path, shift=text))


def test_a_plan_does_without_the_sites_of_its_file(tmp_path: Path) -> None:
    """A shift file that says something of sites gives the same problem as one that does not."""
    with_sites = write_shift(tmp_path, shift=edited(GOALS, f"sites: {{points: 3}}\n{GOALS}"))
    fingerprint = build(read_shift(with_sites), cache=None).problem.fingerprint()
    assert build(read_shift(write_shift(tmp_path)), cache=None).problem.fingerprint() == fingerprint
