"""Tables of points are read as offices and this program write them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from instances.errors import InputError
from instances.field_kinds import number_of
from instances.point_tables import PointTable, read_points, tell_apart
from instances.risk import DemandRow, HotspotRow, demand_csv, demand_geojson, hotspots_csv, hotspots_geojson

SLOTS = ((4, 22), (4, 23), (5, 0))
HOTSPOTS = (
    HotspotRow("30N 702.0 5710.6", 51.512345, -0.098765, (1.5, 2.5, 0.0)),
    HotspotRow("市场", 51.5, -0.1, (0.25, 0, 1)),
)
DEMAND = (DemandRow("a, b", 51.5, -0.1, (1.0, 2.0, 3.0)),)


def read(folder: Path, text: str, name: str = "points.csv", **options: object) -> PointTable:
    """Read a table from text."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_points(path, **{"what": "point", **options})  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "write"), [("h.csv", hotspots_csv), ("h.geojson", hotspots_geojson)])
def test_hotspots_that_were_written_are_read(tmp_path: Path, name: str, write: object) -> None:
    """What the risk command writes, the shift file reads back: names, places, risk by hour."""
    table = read(tmp_path, write(HOTSPOTS, SLOTS), name, known=("risk",), hourly="risk")  # type: ignore[operator]
    assert not table.faults
    assert not table.notes
    rows = [(r.name, r.lat, r.lon, table.by_hour(r, "risk", [22, 23, 0], number_of)) for r in table.rows]
    assert rows == [(h.name, h.lat, h.lon, h.risk) for h in HOTSPOTS]


@pytest.mark.parametrize(("name", "write"), [("d.csv", demand_csv), ("d.geojson", demand_geojson)])
def test_demand_that_was_written_is_read(tmp_path: Path, name: str, write: object) -> None:
    """The same holds for demand points."""
    table = read(tmp_path, write(DEMAND, SLOTS), name, known=("demand",), hourly="demand")  # type: ignore[operator]
    assert [table.by_hour(r, "demand", [22, 23, 0], number_of) for r in table.rows] == [d.demand for d in DEMAND]


@pytest.mark.parametrize(
    "header", ["name,lat,lon", "NAME;LATITUDE;LONGITUDE", "Station Name\tLat\tLng", "名称,纬度,经度"]
)
def test_columns_are_found_by_name(tmp_path: Path, header: str) -> None:
    """Name, latitude and longitude go by several names, in any case, with any delimiter."""
    delimiter = next(d for d in ",;\t" if d in header)
    (row,) = read(tmp_path, f"{header}\n{delimiter.join(['x', '51.5', '-0.1'])}\n").rows
    assert (row.name, row.lat, row.lon) == ("x", 51.5, -0.1)


def test_lines_are_true_after_breaks_in_cells(tmp_path: Path) -> None:
    """A cell over several lines, as in Chicago's stations, shifts no line number."""
    table = read(tmp_path, 'name,lat,lon,note\na,51.5,-0.1,"one\ntwo\nthree"\nb,51.5,-0.1,\n')
    assert [r.line for r in table.rows] == [2, 5]


def test_nameless_points_are_called_after_their_identity_or_row(tmp_path: Path) -> None:
    """A blank name becomes the word and the identity, or the number of the row, and that is noted."""
    table = read(tmp_path, "osm_id,name,lat,lon\n77,,51.5,-0.1\n,,51.5,-0.1\n", what="station")
    assert [r.name for r in table.rows] == ["station 77", "station 2"]
    assert table.notes == [
        f"{tmp_path}/points.csv: 2 without a name, called 'station 77' (line 2), 'station 2' (line 3)"
    ]


def test_namesakes_are_told_apart(tmp_path: Path) -> None:
    """Points of one name get their identity in brackets; others keep their name."""
    table = read(
        tmp_path, "id,name,lat,lon\n1,Aduana,51.5,-0.1\n2,Aduana,51.6,-0.1\n3,Centre,51.7,-0.1\n", what="station"
    )
    tell_apart(table)
    assert [r.name for r in table.rows] == ["Aduana (1)", "Aduana (2)", "Centre"]
    assert len([n for n in table.notes if "Aduana" in n]) == 2


def test_decimal_commas(tmp_path: Path) -> None:
    """Where the delimiter is no comma, a comma may be the decimal point."""
    table = read(tmp_path, "name;lat;lon;risk\nx;51,5;-0,1;2,5\n", known=("risk",), hourly="risk")
    (row,) = table.rows
    assert (row.lat, row.lon, table.by_hour(row, "risk", [7], number_of)) == (51.5, -0.1, (2.5,))


def test_compressed_tables(tmp_path: Path) -> None:
    """A table may be compressed."""
    path = tmp_path / "points.csv.gz"
    path.write_bytes(gzip.compress(b"name,lat,lon\nx,51.5,-0.1\n"))
    assert len(read_points(path, what="point").rows) == 1


def test_unused_columns_are_named(tmp_path: Path) -> None:
    """Columns that nobody reads are noted, not dropped silently."""
    assert read(tmp_path, "name,lat,lon,phone,fax\nx,51.5,-0.1,1,2\n").notes == [
        f"{tmp_path}/points.csv: columns not used: phone, fax"
    ]


def test_every_bad_row_is_told_of(tmp_path: Path) -> None:
    """All bad rows of a table are told of, each with its line, and the good ones are kept."""
    table = read(tmp_path, "name,lat,lon\na,,\nb,51.5,-0.1\nc,x,-0.1\nd,91,-0.1\ne,nan,-0.1\n")
    assert [(f.line, f.field) for f in table.faults] == [
        (2, "lat"),
        (2, "lon"),
        (4, "lat"),
        (5, "lat, lon"),
        (6, "lat"),
    ]
    assert [r.name for r in table.rows] == ["b"]


def test_geojson_points_say_where_they_are_wrong(tmp_path: Path) -> None:
    """A feature has no line, so its number is told."""
    features = [
        {
            "type": "Feature",
            "properties": {"name": "x", "risk": "high"},
            "geometry": {"type": "Point", "coordinates": [0.1, 51]},
        },
        {"type": "Feature", "properties": None, "geometry": None},
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    table = read(tmp_path, text, "points.geojson", known=("risk",), hourly="risk")
    table.by_hour(table.rows[0], "risk", [7], number_of)
    assert [f.field for f in table.faults] == ["features[1].geometry", "features[0].properties.risk"]


@pytest.mark.parametrize("content", [b"\xff\xfe\xff", b"[1, 2]", b'{"features": 3}', b'{"features": [3]}', b"{"])
def test_files_that_are_no_geojson(tmp_path: Path, content: bytes) -> None:
    """A file that is no collection of features is refused in words."""
    path = tmp_path / "points.geojson"
    path.write_bytes(content)
    with pytest.raises(InputError, match="this is"):
        read_points(path, what="point")
