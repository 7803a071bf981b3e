"""Incidents: whose columns are found, which rows are used, and what is said about the others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from instances.errors import InputError
from instances.incidents import IncidentReport, Incidents, read_incidents


def read(tmp_path: Path, text: str | bytes, **options: Any) -> tuple[Incidents, IncidentReport]:
    path = tmp_path / "incidents.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_incidents(path, **options)


def faults(tmp_path: Path, text: str, **options: Any) -> list[str]:
    """Return the faults of a file, without its folder."""
    with pytest.raises(InputError) as caught:
        read(tmp_path, text, **options)
    return [str(fault).replace(str(tmp_path) + "/", "") for fault in caught.value.faults]


FORCES = {
    "data.police.uk": (
        "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,Context",
        "ab12,2020-03,City,City,-0.09,51.51,On or near Poultry,E01,City 001,Robbery,",
        (51.51, -0.09, "2020-03-01", -1, "Robbery"),
    ),
    "Chicago": (
        "ID,Case Number,Date,Block,IUCR,Primary Type,Description,Updated On,Latitude,Longitude,Location",
        '1,HZ1,03/25/2020 09:05:00 PM,1XX LAKE,0320,ROBBERY,X,04/02/2020 03:40:00 PM,41.88,-87.63,"(41.88, -87.63)"',
        (41.88, -87.63, "2020-03-25", 21, "ROBBERY"),
    ),
    "New York": (
        "CMPLNT_NUM,CMPLNT_FR_DT,CMPLNT_FR_TM,CMPLNT_TO_DT,RPT_DT,KY_CD,OFNS_DESC,X_COORD_CD,Y_COORD_CD,Latitude,Longitude",
        "7,03/25/2020,21:05:00,03/26/2020,03/26/2020,105,ROBBERY,987654,211111,40.75,-73.98",
        (40.75, -73.98, "2020-03-25", 21, "ROBBERY"),
    ),
    "Los Angeles": (
        "DR_NO,Date Rptd,DATE OCC,TIME OCC,AREA,Crm Cd,Crm Cd Desc,LOCATION,LAT,LON",
        "9,03/27/2020 12:00:00 AM,03/25/2020 12:00:00 AM,2105,01,210,ROBBERY,100 W 1ST ST,34.05,-118.24",
        (34.05, -118.24, "2020-03-25", 21, "ROBBERY"),
    ),
    "San Francisco": (
        "Incident Datetime,Incident Date,Incident Time,Report Datetime,Row ID,Incident Category,Latitude,Longitude",
        "2020/03/25 09:05:00 PM,2020/03/25,21:05,2020/03/26 01:00:00 AM,5,Robbery,37.77,-122.42",
        (37.77, -122.42, "2020-03-25", 21, "Robbery"),
    ),
    "Philadelphia": (
        "dc_dist,dispatch_date_time,dispatch_date,dispatch_time,hour,dc_key,text_general_code,point_x,point_y,lat,lng",
        "6,2020-03-25 21:05:00+00,2020-03-25,21:05:00,21,202006,Robbery Firearm,-75.16,39.95,39.95,-75.16",
        (39.95, -75.16, "2020-03-25", 21, "Robbery Firearm"),
    ),
    "Toronto": (
        "X,Y,OBJECTID,EVENT_UNIQUE_ID,REPORT_DATE,OCC_DATE,OCC_YEAR,OCC_HOUR,OFFENCE,MCI_CATEGORY,LONG_WGS84,LAT_WGS84",
        "-8837252,5413357,1,GO-1,2020/03/26 05:00:00+00,2020/03/25 05:00:00+00,2020,21,Mugging,Robbery,-79.38,43.65",
        (43.65, -79.38, "2020-03-25", 21, "Robbery"),
    ),
    "a Chinese office": (
        "编号,案发时间,案件类别,地址,经度,纬度",
        "A1,2020年3月25日21时05分,抢劫,人民路1号,120.61,31.30",
        (31.30, 120.61, "2020-03-25", 21, "抢劫"),
    ),
    "a spreadsheet in Europe": (
        "Nr;Datum;Uhrzeit;Delikt;Breitengrad;Längengrad",
        "1;25.03.2020;21:05;Raub;48,2;16,37",
        (48.2, 16.37, "2020-03-25", 21, "Raub"),
    ),
}


@pytest.mark.parametrize("force", FORCES)
def test_the_columns_that_forces_publish_are_found(tmp_path: Path, force: str) -> None:
    """Place, day, hour and type come out right from the export of each force, unasked."""
    header, row, (lat, lon, day, hour, kind) = FORCES[force]
    incidents, _ = read(tmp_path, f"{header}\n{row}\n")
    assert (incidents.lat.tolist(), incidents.lon.tolist()) == ([lat], [lon])
    assert incidents.day.astype("M8[D]").astype(str).tolist() == [day]
    assert incidents.hour.tolist() == [hour]
    assert [incidents.kinds[k] for k in incidents.kind] == [kind]


def test_columns_that_the_planner_names_are_taken(tmp_path: Path) -> None:
    """Names told go before names guessed, without regard to case; an empty name means none."""
    text = "lat,lon,date,when,id,what\n1,1,2020-01-01,2020-02-02,5,a\n1,1,2020-01-01,2020-02-02,5,a\n"
    incidents, report = read(tmp_path, text, columns={"date": "WHEN", "id": "", "type": "what"})
    assert len(incidents) == 2
    assert dict(report.columns) == {"lat": "lat", "lon": "lon", "date": "when", "type": "what"}


MESSY = """\ufefflat,lon,date,type,id
51.5,-0.1,25/03/2020 21:05,theft,1
,-0.1,25/03/2020 21:05,theft,2
51.5,,25/03/2020 21:05,theft,3
0,0,25/03/2020 21:05,theft,4
95,-0.1,25/03/2020 21:05,theft,5
51.5,-200,25/03/2020 21:05,theft,6
fifty,-0.1,25/03/2020 21:05,theft,7
51.5,-0.1,,theft,8
51.5,-0.1,soon,theft,9
51.5,-0.1,25/03/2020 21:05,theft,1
51.5,-0.1,25/03/2020 21:05,assault,1
51.5,-0.1,25/03/2020 21:05,theft,10,surplus
NaN,nan,25/03/2020 21:05,theft,11
"51.5","-0.1","26/03/2020","the
ft",12
inf,-0.1,25/03/2020 21:05,theft,13
"""


def test_what_is_not_used_is_counted_with_reason_and_line(tmp_path: Path) -> None:
    """Every row is either used or counted under one reason, whose first line is given."""
    incidents, report = read(tmp_path, MESSY)
    assert {(u.reason, u.count, u.line) for u in report.unused} == {
        ("more fields than the header has", 1, 13),
        ("blank coordinates", 3, 3),
        ("coordinates that are no numbers", 2, 8),
        ("coordinates (0, 0)", 1, 5),
        ("a latitude outside -90 to 90 or a longitude outside -180 to 180", 2, 6),
        ("a blank date", 1, 9),
        ("a date that cannot be read", 1, 10),
        ("the id and the type of a row above", 1, 11),
    }
    assert (report.rows, report.used, len(incidents)) == (15, 3, 3)
    assert report.rows == report.used + sum(u.count for u in report.unused)
    assert report.bom
    assert dict(report.kinds) == {"assault": 1, "theft": 1, "the\nft": 1}
    assert report.no_hour == 1


def test_the_report_reads_well_and_is_plain_json(tmp_path: Path) -> None:
    """Lines say what was used and why; the JSON carries the same numbers."""
    _, report = read(tmp_path, MESSY)
    assert report.lines()[:3] == (
        f"{tmp_path / 'incidents.csv'}: 15 rows, 3 incidents used, 2020-03-25 to 2020-03-26",
        "  not used: 1 with more fields than the header has (first on line 13)",
        "  not used: 3 with blank coordinates (first on line 3)",
    )
    plain = json.loads(json.dumps(report.to_json()))
    assert plain["used"] == 3
    assert plain["unused"][1] == {"reason": "blank coordinates", "count": 3, "line": 3}
    assert plain["formats"] == {"DD/MM/YYYY hh:mm": 12, "DD/MM/YYYY": 1}


def test_an_id_that_repeats_in_most_rows_is_no_id(tmp_path: Path) -> None:
    """The number of a district is not taken for the number of an incident."""
    rows = "".join(f"1,1,2020-01-0{d},7\n" for d in range(1, 8))
    incidents, report = read(tmp_path, "lat,lon,date,id\n" + rows)
    assert len(incidents) == 7
    assert report.notes[0] == "column 'id' repeats in most rows and was not taken for an id"
    assert "id" not in report.columns


def test_blank_ids_are_not_the_same_id(tmp_path: Path) -> None:
    """Rows without an id all stand."""
    incidents, _ = read(tmp_path, "lat,lon,date,id\n1,1,2020-01-01,\n1,1,2020-01-01,\n1,1,2020-01-01,x\n")
    assert len(incidents) == 3


def test_midnight_sharp_far_too_often_is_no_time(tmp_path: Path) -> None:
    """Offices write 00:00 for an unknown time; a believable number of midnights is believed."""
    hours = [*range(24)] * 4
    rows = [f"1,1,2020-01-01 {h:02d}:00" for h in hours]
    few, report = read(tmp_path, "\n".join(["lat,lon,date", *rows]))
    assert (int((few.hour == 0).sum()), report.midnight) == (4, 0)
    many, report = read(
        tmp_path, "\n".join(["lat,lon,date", *rows, *["1,1,2020-01-01 00:00"] * 9, "1,1,2020-01-01 00:05"])
    )
    assert (int((many.hour == 0).sum()), report.midnight, report.no_hour) == (1, 13, 13)


def test_a_blank_time_leaves_the_time_of_the_date(tmp_path: Path) -> None:
    """A column of times goes before the time within the date, where it says something."""
    incidents, _ = read(tmp_path, "lat,lon,date,time\n1,1,2020-01-01 05:00,21:00\n1,1,2020-01-01 05:00,\n")
    assert incidents.hour.tolist() == [21, 5]


def test_times_with_an_offset_become_local(tmp_path: Path) -> None:
    """An evening in New York is the next morning in London."""
    text = "lat,lon,date\n1,1,2020-01-01T22:00:00-05:00\n"
    incidents, _ = read(tmp_path, text, timezone="Europe/London")
    assert (incidents.first.isoformat(), incidents.hour.tolist()) == ("2020-01-02", [3])
    incidents, _ = read(tmp_path, "lat,lon,date\n1,1,2020-07-01 23:30\n", timezone="Europe/London", utc=True)
    assert (incidents.first.isoformat(), incidents.hour.tolist()) == ("2020-07-02", [0])


@pytest.mark.parametrize(
    ("text", "options", "messages"),
    [
        (
            "Longitud,Latitute,Month,Crime type\n1,1,2020-01,x\n",
            {},
            [
                "incidents.csv:1: columns.lat: no column is called like a latitude; "
                "the file has 'Longitud', 'Latitute', 'Month', 'Crime type'; "
                "name it, for instance columns: {lat: 'Latitute'}"
            ],
        ),
        (
            "a,b\n1,2\n",
            {},
            [
                f"incidents.csv:1: columns.{role}: no column is called like a {word}; the file has 'a', 'b'; "
                f"name it, for instance columns: {{{role}: '…'}}"
                for role, word in (("date", "date"), ("lat", "latitude"), ("lon", "longitude"))
            ],
        ),
        (
            "lat,lon,date\n1,2,2020-01-01\n",
            {"columns": {"date": "dat", "typ": "x"}},
            [
                "incidents.csv: columns.typ: there is no role 'typ'; did you mean 'type'?",
                "incidents.csv:1: columns.date: there is no column 'dat'; did you mean 'date'?",
            ],
        ),
        (
            "lat,lon,date\n1,2,2020-01-01\n",
            {"columns": {"date": ""}},
            [
                "incidents.csv:1: columns.date: no column is called like a date; the file has 'lat', 'lon', 'date'; "
                "name it, for instance columns: {date: 'date'}"
            ],
        ),
        ("lat,lon,date\n", {}, ["incidents.csv:1: there is a header but no row; export some incidents"]),
        (
            "\nlat,lon,date\n1,2,05/05/2020\n1,2,03/04/2020\n1,2,02/01/2020\n",
            {},
            [
                "incidents.csv:4: date: '03/04/2020' can be read with the month or with the day first, as can 2 dates "
                "in all, and no date of the file tells which; say dates: 'day first' or dates: 'month first'"
            ],
        ),
        (
            "lat,lon,date\n,2,2020-01-01\n1,2,soon\n",
            {},
            [
                "incidents.csv:2: none of 2 rows can be used: 1 with blank coordinates; 1 with a date that cannot be "
                "read; in the first row 'lat' is '', 'lon' is '2', 'date' is '2020-01-01'"
            ],
        ),
        (
            "lat,lon,date\n1,2,2020-01-01\n",
            {"timezone": "Europe/Londn"},
            ["incidents.csv: timezone: there is no time zone 'Europe/Londn'; use an IANA name such as 'Europe/London'"],
        ),
        (
            "lat,lon,date\n1,2,2020-01-01\n",
            {"utc": True},
            ["incidents.csv: timezone: times are said to be UTC but no local zone is given; name the zone"],
        ),
    ],
)
def test_every_fault_says_where_what_and_what_would_be_right(
    tmp_path: Path, text: str, options: dict[str, Any], messages: list[str]
) -> None:
    """All faults of a file come at once, each with its line."""
    assert faults(tmp_path, text, **options) == messages


def test_dates_told_settle_what_the_file_leaves_open(tmp_path: Path) -> None:
    """The cure that the error names works."""
    incidents, _ = read(tmp_path, "lat,lon,date\n1,2,03/04/2020\n", dates="day first")
    assert incidents.first.isoformat() == "2020-04-03"


@given(st.permutations(range(12)), st.lists(st.booleans(), min_size=12, max_size=12))
def test_every_row_is_used_or_counted(order: list[int], good: list[bool]) -> None:
    """Whatever the order and the mix of good and bad rows, rows used and rows counted add up."""
    import tempfile

    rows = [f"{51 + i / 10 if good[i] else ''},1,2020-01-{i + 1:02d} 10:00" for i in order]
    assume(any(good))
    with tempfile.TemporaryDirectory() as folder:
        incidents, report = read(Path(folder), "\n".join(["lat,lon,date", *rows]))
    assert report.used == len(incidents) == sum(good)
    assert sum(u.count for u in report.unused) == 12 - sum(good)
    assert sorted(incidents.lat.tolist()) == [51 + i / 10 for i in range(12) if good[i]]


def test_selecting_keeps_the_arrays_together(tmp_path: Path) -> None:
    """A box and a mask pick whole incidents, and the arrays cannot be written to."""
    incidents, _ = read(tmp_path, "lat,lon,date,type\n1,1,2020-01-01,a\n2,2,2020-01-02,b\n3,3,2020-01-03,a\n")
    boxed = incidents.within(1.5, 1.5, 9, 9)
    assert (boxed.lat.tolist(), [boxed.kinds[k] for k in boxed.kind]) == ([2, 3], ["b", "a"])
    assert len(incidents.select(np.array([2]))) == 1
    with pytest.raises(ValueError, match="read-only"):
        incidents.lat[0] = 0


def test_city_of_london(shared_data: Path) -> None:
    """The export of data.police.uk: 24,750 rows of months, 1,807 without a place."""
    path = shared_data / "incidents" / "city_of_london_police_2017-12_2020-11.csv.gz"
    incidents, report = read_incidents(path)
    assert (report.rows, report.used) == (24_750, 22_767)
    assert [(u.reason, u.count, u.line) for u in report.unused] == [
        ("blank coordinates", 1_807, 634),
        ("the id and the type of a row above", 176, 595),
    ]
    assert dict(report.formats) == {"YYYY-MM": 24_750}
    assert report.month_only == report.no_hour == 22_767
    assert (report.first, report.last) == ("2017-12-01", "2020-11-01")
    assert len(report.kinds) == 14
    assert len({*zip(incidents.lat.tolist(), incidents.lon.tolist(), strict=True)}) == 669


def test_chicago(shared_data: Path) -> None:
    """Two formats mixed in one column: all of it is September 2014, whatever a spreadsheet made of it."""
    incidents, report = read_incidents(shared_data / "incidents" / "chicago_2014-09.csv.gz")
    assert (report.rows, report.used) == (22_334, 21_559)
    assert [(u.reason, u.count, u.line) for u in report.unused] == [("blank coordinates", 775, 205)]
    assert dict(report.formats) == {
        "MM/DD/YYYY hh:mm:ss AM": 13_289,
        "YYYY/DD/MM hh:mm:ss": 8_960,
        "YYYY/DD/MM": 85,
    }
    assert (report.first, report.last) == ("2014-09-01", "2014-09-30")
    days = np.bincount(incidents.day - incidents.day.min())
    assert (len(days), days[29]) == (30, 2)
    assert days[:29].min() == 631
    assert report.no_hour == 79
