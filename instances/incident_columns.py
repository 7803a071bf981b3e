"""Which column of an incident file means what: the names that police forces publish, and close relatives.

Names are compared without case, blanks and punctuation, in order of preference.  They were collected from
data.police.uk (Month, Latitude, Crime type), the open-data portals of Chicago (Date, Primary Type), New
York (CMPLNT_FR_DT, CMPLNT_FR_TM, OFNS_DESC), Los Angeles (DATE OCC, TIME OCC, Crm Cd Desc), San Francisco
(Incident Datetime, Incident Category), Philadelphia (dispatch_date_time, text_general_code) and Toronto
(OCC_DATE, OCC_HOUR, LAT_WGS84, MCI_CATEGORY), and from Chinese exports (经度, 纬度, 时间, 类别).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

from instances.errors import Fault, nearest

ROLES = ("lat", "lon", "date", "time", "hour", "type", "id")
"""What a column can be.  `lat`, `lon` and `date` are needed; `date` may hold the time as well."""

_NAMES: dict[str, tuple[str, ...]] = {
    "lat": (
        "latitude",
        "lat",
        "latwgs84",
        "wgs84lat",
        "latitud",
        "latitudine",
        "breitengrad",
        "geolat",
        "纬度",
        "緯度",
    ),
    "lon": (
        *("longitude", "lon", "lng", "long", "longwgs84", "lonwgs84", "lngwgs84", "wgs84lon", "longitud"),
        *("longitudine", "längengrad", "laengengrad", "geolon", "geolng", "经度", "經度"),
    ),
    "date": (
        *("datetime", "incidentdatetime", "occurreddatetime", "occurrencedatetime", "occurredon", "occurredat"),
        *("occurred", "dispatchdatetime", "cmplntfrdt", "dateocc", "occdate", "occurrencedate", "dateofoccurrence"),
        *("incidentdate", "dateofincident", "offensedate", "offencedate", "crimedate", "startdatetime", "startdate"),
        *("date", "timestamp", "month", "发案时间", "案发时间", "发生时间", "报警时间", "接警时间", "日期时间"),
        *("发案日期", "案发日期", "发生日期", "日期", "时间", "月份", "fecha", "datum", "tatzeit"),
        *("dispatchdate", "callreceived", "calldatetime", "reporteddatetime", "datereported", "reporteddate"),
    ),
    "time": (
        *("cmplntfrtm", "timeocc", "occtime", "occurrencetime", "timeofoccurrence", "incidenttime", "timeofincident"),
        *("dispatchtime", "starttime", "crimetime", "time", "案发时刻", "发生时刻", "时刻", "时间", "hora", "uhrzeit"),
    ),
    "hour": ("occhour", "occurrencehour", "hourofday", "hour", "小时", "时段"),
    "type": (
        *("crimetype", "primarytype", "ofnsdesc", "crmcddesc", "incidentcategory", "mcicategory"),
        *("textgeneralcode", "offensetype", "offencetype", "offensecategory", "incidenttype", "eventtype"),
        *("calltype", "category", "type", "kind", "offense", "offence", "crime"),
        *("案件类型", "案件类别", "警情类型", "警情类别", "类型", "类别", "案由", "tipo", "delikt"),
    ),
    "id": (
        *("crimeid", "incidentid", "incidentnumber", "casenumber", "cmplntnum", "drno", "eventuniqueid", "dckey"),
        *("reportnumber", "案件编号", "警情编号", "编号", "rowid", "objectid", "id"),
    ),
}


def find_columns(
    header: Sequence[str], *, told: Mapping[str, str] | None, file: str, line: int
) -> tuple[dict[str, int], list[Fault]]:
    """Return the column of each role found, and what is wrong with the header.

    Parameters
    ----------
    header : sequence of str
        Names of the columns.
    told : mapping of role to column name, optional
        Columns the planner named; the empty name means that no column has this role.
    file, line
        Where the header stands, for the messages.
    """
    columns: dict[str, int] = {}
    folded = [_folded(name) for name in header]
    told = told or {}
    faults = [
        Fault(file, 0, 0, f"columns.{role}", f"there is no role {role!r}", nearest(role, ROLES))
        for role in told
        if role not in ROLES
    ]
    for role in ROLES:
        if role in told:
            if not told[role]:
                continue
            if _folded(told[role]) in folded:
                columns[role] = folded.index(_folded(told[role]))
            else:
                wrong = f"there is no column {told[role]!r}"
                faults.append(Fault(file, line, 0, f"columns.{role}", wrong, nearest(told[role], header)))
            continue
        for name in _NAMES[role]:
            if name in folded and folded.index(name) not in columns.values():
                columns[role] = folded.index(name)
                break
    broken = {f.field for f in faults}
    for role, words in (("lat", "latitude"), ("lon", "longitude"), ("date", "date")):
        if role not in columns and f"columns.{role}" not in broken:
            faults.append(_missing(role, words, header, file, line))
    return columns, faults


def _missing(role: str, words: str, header: Sequence[str], file: str, line: int) -> Fault:
    """Return the fault for a needed column that no name gives away."""
    there = ", ".join(repr(name) for name in header)
    example = next((n for n in header if _folded(n)[:3] == role[:3] and n), "…")
    return Fault(
        *(file, line, 0, f"columns.{role}", f"no column is called like a {words}; the file has {there}"),
        f"name it, for instance columns: {{{role}: {example!r}}}",
    )


def _folded(name: str) -> str:
    """Return `name` in lower case without blanks and punctuation."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(c for c in plain if c.isalnum())
