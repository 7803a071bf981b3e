"""`patrol site` from a shift file to points, files, and posts that a shift file takes."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli import main
from instances.build import build
from instances.shift_file import read_shift
from instances.site_files import CURVE_COLUMNS, NAMES, POINT_COLUMNS
from solver import check, solve
from tests.shift_samples import edited, write_shift

ROOT = Path(__file__).parents[1]
POSTS = (
    'posts:\n  - {name: Gate, at: [51.5002, -0.1002], staff: [{from: "19:00", to: "23:00", units: 1}], stint: 30 min}\n'
)


def patrol(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the bundled demo town, with a cache beside it."""
    town = tmp_path_factory.mktemp("demo") / "town"
    shutil.copytree(ROOT / "instances" / "demo_town", town)
    return town


def site(demo: Path, *arguments: object) -> Result:
    return patrol("site", demo / "night.yaml", "--cache-dir", demo / "cache", "-q", *arguments)


def test_the_fewest_points(demo: Path) -> None:
    """Without a number of points, as few as possible cover all, and it is proved."""
    result = site(demo, "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["goal"] == "fewest"
    assert found["value"] == found["bound"] == found["chosen"] == len(found["points"])
    assert found["covered"] == 1
    text = site(demo).stdout
    assert f"{found['value']} points cover all demand that can be covered; no fewer do (optimal)" in text
    assert all(point["name"] in text for point in found["points"])


def test_a_number_of_points(demo: Path) -> None:
    """With two points, what they cover is proved to be the most; shares are in order and of the whole."""
    found = json.loads(site(demo, "--points", 2, "--json").stdout)
    assert (found["goal"], found["status"], len(found["points"])) == ("most", "optimal", 2)
    assert found["covered"] == pytest.approx(found["value"] / found["full"])
    assert found["worst_hour"] == min(hour["share"] for hour in found["hours"]) <= found["covered"] < 1
    alone = sum(point["alone"] for point in found["points"])
    assert alone <= found["covered"] <= sum(point["covers"] for point in found["points"])
    assert len(found["hours"]) == 8


def test_a_curve(demo: Path, tmp_path: Path) -> None:
    """A range gives a row for each number, rising to everything, as a table, as JSON and as CSV."""
    result = site(demo, "--points", "1..5", "-o", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[0].split() == [
        *("points", "covered", "value", "at", "most", "doubly", "worst", "hour", "status")
    ]
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out" / "curve.csv").read_text(encoding="utf-8-sig"))))
    assert tuple(rows[0]) == CURVE_COLUMNS
    shares = [float(row["covered"]) for row in rows]
    assert [row["points"] for row in rows] == list("12345")
    assert shares == sorted(shares)
    assert shares[-1] == 1
    document = json.loads((tmp_path / "out" / "sites.json").read_text(encoding="utf-8"))
    assert [one["covered"] for one in document["curve"]] == shares


def test_files_are_whole(demo: Path, tmp_path: Path) -> None:
    """All files are written, agree with each other, and are not replaced unless that is asked for."""
    out = tmp_path / "out"
    found = json.loads(site(demo, "--points", 3, "-o", out, "--json").stdout)
    assert {path.name for path in out.iterdir()} == set(NAMES) - {"curve.csv"}
    features = json.loads((out / "sites.geojson").read_text(encoding="utf-8"))["features"]
    points = [f for f in features if f["properties"]["feature"] == "point"]
    demand = [f["properties"] for f in features if f["properties"]["feature"] == "demand"]
    assert [f["geometry"]["coordinates"] for f in points] == [[p["lon"], p["lat"]] for p in found["points"]]
    assert len(demand) == found["demand_points"]
    assert sum(d["share"] for d in demand if d["covered"]) == pytest.approx(found["covered"])
    rows = list(csv.DictReader(io.StringIO((out / "sites.csv").read_text(encoding="utf-8-sig"))))
    assert tuple(rows[0]) == POINT_COLUMNS
    assert [row["name"] for row in rows] == [point["name"] for point in found["points"]]
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    assert site(demo, "--points", 1, "-o", out).exit_code == 2
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert site(demo, "--points", 1, "-o", out, "--force").exit_code == 0


def test_the_same_run_writes_the_same_bytes(demo: Path, tmp_path: Path) -> None:
    """Two runs write the same files."""
    for name in ("one", "two"):
        site(demo, "--points", 3, "-o", tmp_path / name)
    one, two = ({p.name: p.read_bytes() for p in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert one == two


def test_posts_go_into_the_shift_file(tmp_path: Path, kernels: None) -> None:
    """The posts of a run, put into the shift file in place of its own, are read, built, planned and kept."""
    path = write_shift(tmp_path, shift=edited(POSTS, "sites: {standard: 25 s, candidates: stations}\n"))
    result = patrol("site", path, "-o", tmp_path / "out", "--no-cache", "--points", 2)
    assert result.exit_code == 0, result.output
    block = (tmp_path / "out" / "posts.yaml").read_text(encoding="utf-8")
    planned = write_shift(tmp_path, shift=edited(POSTS, block))
    problem = build(read_shift(planned), cache=None).problem
    chosen = json.loads((tmp_path / "out" / "sites.json").read_text(encoding="utf-8"))["points"]
    assert len(problem.posts) == len(chosen) > 0
    for post, point in zip(problem.posts, chosen, strict=True):
        place = problem.places[post.place]
        # A station has that name already.
        assert place.name == f"{point['name']} post"
        assert (place.lat, place.lon) == pytest.approx((point["lat"], point["lon"]))
    assert not check(problem, solve(problem, work_limit=20))


def test_points_and_more_in_the_file(tmp_path: Path) -> None:
    """Where the file says how many points, no option is needed, and the option counts where both say it."""
    text = edited("goals: {presence", "sites: {points: 1, given: [posts], candidates: stations}\ngoals: {presence")
    path = write_shift(tmp_path, shift=text)
    found = json.loads(patrol("site", path, "--no-cache", "--json").stdout)
    assert [(p["name"], p["given"]) for p in found["points"]] == [("Gate", True)]
    assert found["goal"] == "most"
    more = json.loads(patrol("site", path, "--no-cache", "--json", "--points", 3).stdout)
    assert more["points"][0]["name"] == "Gate"
    block = patrol("site", path, "--no-cache", "-o", tmp_path / "out", "-q")
    assert block.exit_code == 0
    assert (tmp_path / "out" / "posts.yaml").read_text(encoding="utf-8") == "posts: []\n"


def test_what_cannot_be_covered_comes_first(tmp_path: Path) -> None:
    """Demand that no candidate reaches in time is named first, and the exit code says so where all must be covered."""
    text = edited("goals: {presence", "sites: {standard: 1 s, candidates: stations}\ngoals: {presence")
    path = write_shift(tmp_path, shift=text)
    result = patrol("site", path, "--no-cache")
    assert result.exit_code == 4
    assert result.stdout.splitlines()[2] == "No candidate is near enough to Yard, Lane."
    assert "2 demand points with 100.0 % of the demand: Yard, Lane" in result.stderr
    assert patrol("site", path, "--no-cache", "--points", 1).exit_code == 0


def test_too_few_points_to_cover_all(tmp_path: Path) -> None:
    """Where so many cannot cover all that must be, it is said how many can, and what so many cover is told."""
    sites = "sites: {cover_all: true, standard: 4 s, spacing: 50 m}"
    path = write_shift(tmp_path, shift=edited("goals: {presence", f"{sites}\ngoals: {{presence"))
    result = patrol("site", path, "--no-cache", "--points", 1)
    assert result.exit_code == 4, result.output
    first = result.stdout.splitlines()[0]
    assert first.startswith("no choice of 1 points covers everything that can be covered: at least 2 are needed.")


def test_backup_picks_among_the_fewest(demo: Path) -> None:
    """Where double cover counts, the fewest points are those that cover most doubly."""
    night = demo / "doubly.yaml"
    text = (demo / "night.yaml").read_text(encoding="utf-8")
    shares = []
    for sites in ("{standard: 3 min}", "{standard: 3 min, backup: 30 %}"):
        more = f"{text}sites: {sites}\n"
        night.write_text(more.replace("backup: 10 min", "backup: 3 min"), encoding="utf-8")
        found = json.loads(patrol("site", night, "--cache-dir", demo / "cache", "--json", "-q").stdout)
        shares.append((found["chosen"], found["covered"], found["doubly"]))
    assert shares[0][:2] == shares[1][:2]
    assert shares[0][2] <= shares[1][2]


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ("none", "'none' is not a number of points; write a number such as 6, or a range such as 1..12"),
        ("0", "'0' holds no number of 1 or more in rising order"),
        ("5..2", "'5..2' holds no number of 1 or more in rising order"),
    ],
)
def test_numbers_of_points_are_checked(demo: Path, points: str, said: str) -> None:
    """What is no number of points is a usage error that says what is one."""
    result = site(demo, "--points", points)
    assert result.exit_code == 2
    assert said in result.stderr


def test_more_given_than_asked_for(tmp_path: Path) -> None:
    """Fewer points than are given is a usage error."""
    text = edited("goals: {presence", "sites: {candidates: stations, given: [posts, stations]}\ngoals: {presence")
    result = patrol("site", write_shift(tmp_path, shift=text), "--no-cache", "--points", 2)
    assert result.exit_code == 2
    assert "3 points are given; ask for that many at least" in result.stderr


def test_faults_of_the_file(tmp_path: Path) -> None:
    """A faulty file has exit code 3, all faults with their places, and nothing is written."""
    path = write_shift(tmp_path, shift=edited("goals: {presence", "sites: {points: few}\ngoals: {presense"))
    result = patrol("site", path, "-o", tmp_path / "out")
    assert result.exit_code == 3
    assert "sites.points: 'few' is not a whole number" in result.stderr
    assert "presense" in result.stderr
    assert not (tmp_path / "out").exists()
