"""How the content of a file is made from the samples, and files that swell when they are unpacked."""

from __future__ import annotations

import bz2
import zlib
from collections.abc import Callable

from benchmarks.reliability.reading.samples import Samples

Make = Callable[[Samples], bytes]
"""What makes the content of a file."""

MEGABYTE = 2**20


def fixed(content: bytes) -> Make:
    """Return what makes content that needs no sample."""
    return lambda _: content


def swelling_gzip(head: bytes) -> bytes:
    """Return a gzip file of a megabyte that unpacks to a gigabyte."""
    packer = zlib.compressobj(9, wbits=31)
    parts = [packer.compress(head)]
    spaces = b" " * MEGABYTE
    parts += [packer.compress(spaces) for _ in range(1024)]
    return b"".join([*parts, packer.flush()])


def swelling_bzip2() -> bytes:
    """Return a bzip2 file of a kilobyte that unpacks to a gigabyte."""
    packer = bz2.BZ2Compressor()
    spaces = b" " * MEGABYTE
    parts = [packer.compress(spaces) for _ in range(1024)]
    return b"".join([*parts, packer.flush()])
