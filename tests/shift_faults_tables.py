"""Faults of a shift that lie in its tables and zones, or come to light on its streets."""

from __future__ import annotations

from tests.shift_faults import Sample, table

CAR = '{callsign: A1, station: Central, mode: car, shift: "18:00-02:00", break: {minutes: 30, between: "21:00-23:30"}}'
PAUSE = 'break: {minutes: 30, between: "21:00-23:30"}'

ZONES = ("backup: 10 min}", "backup: 10 min, zones: zones.geojson}")
POLYGON = '{"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}'


def area(feature: str, said: str) -> Sample:
    """Return a sample whose fault lies in a file of zones."""
    text = f'{{"type": "FeatureCollection", "features": [{feature}]}}'
    return table("zones.geojson", text, said, old=ZONES[0], new=ZONES[1])


MADE = ("hotspots: hotspots.csv\ndemand: demand.csv", "incidents: incidents.csv")

TABLES = (
    table(
        "stations.csv",
        "name,y,x\nCentral,51.5,-0.1\n",
        "stations.csv:1: lat: no column of latitude; there are 'name', 'y', 'x'; call it 'lat'\n"
        "stations.csv:1: lon: no column of longitude; there are 'name', 'y', 'x'; call it 'lon'",
    ),
    table(
        "stations.csv",
        "name,lat,lon\nCentral,51.5,\nNorth,51.5,-0.1\n",
        "stations.csv:2: lon: is blank; give degrees such as 51.5134, or delete the row",
    ),
    table(
        "stations.csv",
        "name,lat,lon\nCentral,51.5,west\nNorth,51.5,-0.1\n",
        "stations.csv:2: lon: 'west' is not a number of degrees; give degrees such as 51.5134, or delete the row",
    ),
    table(
        "stations.csv",
        "name,lat,lon\nCentral,0,0\nNorth,51.5,-0.1\n",
        "stations.csv:2: lat, lon: 0, 0 is no place on land; write latitude and longitude in degrees",
    ),
    table(
        "stations.csv",
        "name,lat,lon\nCentral,-0.1,151.5\nNorth,95,-0.1\n",
        "stations.csv:3: lat, lon: latitude 95 is outside -90 to 90; are latitude and longitude exchanged?",
    ),
    table(
        "stations.csv",
        "name,lat,lon\nCentral,51.5,-0.1,x\nNorth,51.5,-0.1\n",
        "stations.csv:2: the row has more than the 3 values that the header names; put text that "
        "holds the delimiter in quotes",
    ),
    table(
        "stations.csv",
        "name,lat,lat,lon\nCentral,51.5,51.6,-0.1\nNorth,51.5,51.6,-0.1\n",
        "stations.csv:1: lat: there are two columns 'lat'; keep one of the two",
    ),
    table("stations.csv", "name,lat,lon\n", "stations.csv: there is no station in it; add a row"),
    table("stations.csv", "", "stations.csv: the file is empty; it needs a line of column names and a row"),
    table(
        "stations.csv",
        'name,lat,lon\n"Central,51.5,-0.1\nNorth,51.5,-0.1\n',
        "stations.csv:2: a quote opened in this row is never closed; close it, or double it if it is text",
    ),
    table(
        "stations.csv",
        "name,lat,lon\nCentral,51.5,-0.1\nNorth,51.5,-0.1\nNorth,51.6,-0.1\n",
        "stations.csv:4: 'North' is already used on line 3; give each its own name",
    ),
    table(
        "stations.csv",
        "name,lat,lon\nCentral,51.5,-0.1\nNo\x07rth,51.5,-0.1\n",
        "stations.csv:3: name: holds the invisible character U+0007; delete it, or write it on one line",
    ),
    table(
        "hotspots.csv",
        "name,lat,lon,rsik\nMarket,51.5,-0.1,2\n",
        "hotspots.csv:1: rsik: there is no column 'rsik' here; did you mean 'risk'?",
    ),
    table(
        "hotspots.csv",
        "name,lat,lon,risk\nMarket,51.5,-0.1,high\n",
        "hotspots.csv:2: risk: 'high' is not a number; write a number of 0 or more, such as 0.5",
    ),
    table(
        "hotspots.csv",
        "name,lat,lon,risk\nMarket,51.5,-0.1,-2\n",
        "hotspots.csv:2: risk: -2 is negative; write a number of 0 or more, such as 0.5",
    ),
    table(
        "hotspots.csv",
        "name,lat,lon,risk_18,risk_19\nMarket,51.5,-0.1,2,3\n",
        "hotspots.csv:1: risk: there is no risk for every hour: no risk_20, risk_21, risk_22, "
        "risk_23, risk_00, risk_01; give these, or 'risk' for all other hours",
    ),
    table(
        "hotspots.csv",
        "name,lat,lon,dwell\nMarket,51.5,-0.1,0\n",
        "hotspots.csv:2: dwell: '0' is nothing; write more than 0",
    ),
    table(
        "hotspots.csv",
        "name,lat,lon,linger\nMarket,51.5,-0.1,an hour\n",
        "hotspots.csv:2: linger: 'an hour' is not a duration; write it like '12 min' or '90 days'",
    ),
    table(
        "hotspots.csv",
        "name,lat,lon,rho\nMarket,51.5,-0.1,70\n",
        "hotspots.csv:2: rho: '70' is more than the whole; write a number from 0 to 1, such as 0.3, or '30 %'",
    ),
    table(
        "demand.csv",
        "name,lat,lon,zone\nYard,51.5,-0.1,cor\n",
        "demand.csv:2: zone: there is no zone called 'cor'; did you mean 'core'?",
    ),
    table(
        "demand.csv",
        "name,lat,lon\nYard,51.5,-0.1\nYard,51.6,-0.1\n",
        "demand.csv:3: 'Yard' is already used on line 2; give each its own name",
    ),
)

AREAS = (
    table(
        "zones.geojson",
        '{"type": \n',
        "zones.geojson:2:1: this is not JSON (Expecting value); export it again",
        old=ZONES[0],
        new=ZONES[1],
    ),
    table(
        "zones.geojson",
        '{"type": "Feature"}',
        'zones.geojson: features: this is no GeoJSON collection of features; it should hold {"type": '
        '"FeatureCollection", …}',
        old=ZONES[0],
        new=ZONES[1],
    ),
    area("", "zones.geojson: features: there is no polygon in it; draw one for each zone"),
    area('{"geometry": ' + POLYGON + "}", "zones.geojson: features[0].properties: there is no property 'zone'; add it"),
    area(
        '{"properties": {"zone": "cor"}, "geometry": ' + POLYGON + "}",
        "zones.geojson: features[0].properties.zone: there is no zone called 'cor'; did you mean 'core'?",
    ),
    area(
        '{"properties": {"zone": "core"}, "geometry": {"type": "Point", "coordinates": [0, 0]}}',
        "zones.geojson: features[0].geometry: is not a polygon; draw zones as polygons",
    ),
    area(
        '{"properties": {"zone": "core"}, "geometry": ' + POLYGON.replace("[1, 0]", f"[{'9' * 400}, 0]") + "}",
        "zones.geojson: features[0].geometry: is not a polygon; draw zones as polygons",
    ),
    area(
        '{"properties": {"zone": "core"}}',
        "zones.geojson: features[0].geometry: is not a polygon; draw zones as polygons",
    ),
    area(
        '{"properties": {"zone": "core"}, "geometry": ' + POLYGON.replace("[1, 1]", "[400, 5000]") + "}",
        "zones.geojson: features[0].geometry: is not in degrees; export it in WGS-84 (EPSG:4326)",
    ),
    area(
        '{"properties": {"zone": "core"}, "geometry": ' + POLYGON.replace("[1, 1]", "[0, 1], [1, 1]") + "}",
        "zones.geojson: features[0].geometry: the polygon is not valid (Self-intersection[0.5 0.5]); "
        "let its border not cross itself",
    ),
    area(
        '{"properties": ["core"], "geometry": "here"}',
        "zones.geojson: features[0].geometry: is not an object in braces; export it again\n"
        "zones.geojson: features[0].properties: is not an object in braces; export it again",
    ),
    table(
        "zones.geojson",
        '{"features": ' + "9" * 5000 + "}",
        "zones.geojson: this is not JSON in UTF-8; export it again",
        old=ZONES[0],
        new=ZONES[1],
    ),
    table(
        "spots.geojson",
        '{"features": [{"geometry": {"type": "Polygon"}}]}',
        "spots.geojson: features[0].geometry: is not a point or a line; use points or lines, [longitude, latitude]",
        old="hotspots: hotspots.csv",
        new="hotspots: spots.geojson",
    ),
    table(
        "spots.geojson",
        '{"features": [{"geometry": {"type": "Point", "coordinates": [-0.1, 51.5]}, "properties": {"risk": "high"}}]}',
        "spots.geojson: features[0].properties.risk: 'high' is not a number; write a number of 0 or more, such as 0.5",
        old="hotspots: hotspots.csv",
        new="hotspots: spots.geojson",
    ),
)

BUILD = (
    Sample(
        "at: [51.5002, -0.1002]",
        "at: [51.6002, -0.1002]",
        "night.yaml:16:5: posts[0]: post 'Gate' is more than 250 m from the nearest connected street: "
        "car 11 km, foot 11 km; it lies outside the road network, which reaches from 51.4990, -0.1010 "
        "to 51.5015, -0.0990: correct it, or get road data for it",
    ),
    Sample(
        "at: [51.5002, -0.1002]",
        "at: [-0.1002, 51.5002]",
        "night.yaml:16:5: posts[0]: post 'Gate' is more than 250 m from the nearest connected street: "
        "car 7,487 km, foot 7,487 km; latitude and longitude seem exchanged: [51.5002, -0.1002]?",
    ),
    Sample(
        "stations: stations.csv",
        "snap: 5 m\nstations: stations.csv",
        "night.yaml:17:5: posts[0]: post 'Gate' is more than 5 m from the nearest connected street: "
        "car 14 m, foot 14 m; correct its position, or set 'snap' higher",
    ),
    table(
        "stations.csv",
        "name,lat,lon\nCentral,51.5200,-0.1000\nNorth,51.5010,-0.1000\n",
        "stations.csv:2: station 'Central' is more than 250 m from the nearest connected street: car "
        "2,057 m; it lies outside the road network, which reaches from 51.4990, -0.1010 to 51.5015, "
        "-0.0990: correct it, or get road data for it",
    ),
    Sample(
        CAR,
        "{callsign: A1, station: Central, end_station: North, mode: foot, shift: 18:00-18:01}",
        "night.yaml:13:5: units[0]: unit 'A1': the way on foot from 'Central' to 'North' takes 2 min, "
        "longer than its shift 18:00-18:01; make the shift longer, or choose another end_station",
    ),
    Sample(
        PAUSE,
        "end_station: North, break: {minutes: 479, at: [Market]}",
        "night.yaml:13:98: units[0].break: unit 'A1': a break of 7 h 59 min between 18:00-02:00 does "
        "not fit in its shift 18:00-02:00, with the way from 'Central' to it and on to 'North'; make "
        "the break shorter, its time longer, or allow more places ('at')",
    ),
    Sample(
        MADE[0],
        MADE[1] + "\nrisk: {weights: {tehft: 2}}",
        "night.yaml:10:25: risk.weights.tehft: no incident is of the type 'tehft'; did you mean 'theft'?",
    ),
    Sample(
        MADE[0],
        MADE[1] + "\nrisk: {half_life: 1 s}",
        "night.yaml:10:19: risk.half_life: it leaves nothing of any incident; make it longer",
    ),
    Sample(
        MADE[0],
        "incidents: {file: incidents.csv, since: 3 days}",
        "night.yaml:9:41: incidents.since: no incident with weight lies in the 3 days before "
        "2020-11-20; the file has 2020-11-01 to 2020-11-13; look further back, or export newer "
        "incidents",
    ),
    table(
        "incidents.csv",
        "date,latitude,longitude\n2020-11-01,35.9,14.5\n",
        "night.yaml:9:12: incidents: none of its 1 incidents lies within 250 m of a street; give "
        "incidents and streets of the same town",
        old=MADE[0],
        new=MADE[1],
    ),
    table(
        "incidents.csv",
        "date,lat\n2020-11-01,35.9\n",
        "incidents.csv:1: columns.lon: no column is called like a longitude; the file has 'date', "
        "'lat'; name it, for instance columns: {lon: '…'}",
        old=MADE[0],
        new=MADE[1],
    ),
    table(
        "town.osm",
        "<osm></osm>",
        "town.osm: cannot be read as OpenStreetMap data (Can not read file without version (missing "
        "version attribute on osm element).); it may have broken off while it was copied: fetch it "
        "again, and check that its name ends as its content is",
    ),
    table("town.osm", "", "town.osm: is empty; fetch it again"),
)
