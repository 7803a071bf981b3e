"""Tables made to hurt: without measure in rows, columns, cells and figures, or once they are unpacked."""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator

from benchmarks.reliability.reading.made import MEGABYTE, Make, swelling_gzip


def table_files() -> Iterator[tuple[str, str, Make]]:
    """Yield tables of incidents, likewise."""
    head = b"date,latitude,longitude,type\n"
    row = b"2020-11-01 21:30,51.5002,-0.1000,theft\n"
    yield "200,000 rows", "incidents.csv", lambda _: head + row * 200_000
    yield "no rows", "incidents.csv", lambda _: head
    yield "200,000 columns", "incidents.csv", lambda _: b",".join(b"c%d" % i for i in range(200_000)) + b"\n"
    yield "rows of 200,000 fields", "incidents.csv", lambda _: head + (row[:-1] + b"," * 200_000 + b"\n") * 20
    yield "a cell of 20 MB", "incidents.csv", lambda _: head + b"x" * 20 * MEGABYTE + b"\n"
    yield "a quote that is never closed", "incidents.csv", lambda _: head + b'"' + row * 200_000
    yield "line ends alone", "incidents.csv", lambda _: b"\n" * 10 * MEGABYTE
    yield "delimiters alone", "incidents.csv", lambda _: b"," * MEGABYTE
    yield "a packed gigabyte", "incidents.csv", lambda _: swelling_gzip(head)
    yield "packed twice", "incidents.csv", lambda _: gzip.compress(gzip.compress(head + row))
    yield "a packed file that is cut", "incidents.csv", lambda _: gzip.compress(head + row * 1000)[:200]
    yield (
        "as many types as rows",
        "incidents.csv",
        lambda _: head + b"".join(b"2020-11-01 21:30,51.5002,-0.1000,t%d\n" % i for i in range(50_000)),
    )
    yield "all over the globe", "incidents.csv", lambda _: head + b"".join(_anywhere(3000))
    yield (
        "dates of all times",
        "incidents.csv",
        lambda _: (
            head
            + b"".join(b"%04d-%02d-01 21:30,51.5002,-0.1,theft\n" % (1 + i % 9999, 1 + i % 12) for i in range(5000))
        ),
    )
    yield (
        "figures of thousands of digits",
        "incidents.csv",
        lambda _: head + b"2020-11-01," + b"9" * 100_000 + b",1,x\n",
    )


def _anywhere(count: int) -> Iterator[bytes]:
    """Yield incidents all over the globe."""
    rng = random.Random(0)
    for _ in range(count):
        yield b"2020-11-01 21:30,%.5f,%.5f,theft\n" % (rng.uniform(-89, 89), rng.uniform(-180, 180))
