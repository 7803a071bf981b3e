"""Changes of a file that know nothing of what is in it: bytes, lines, words, encodings, compression."""

from __future__ import annotations

import bz2
import gzip
import random
import re
import zlib

from benchmarks.reliability.reading.hostile import TEXTS

_TOKEN = re.compile(rb"[0-9]+(?:\.[0-9]+)?|[A-Za-z_]+|\"[^\"\n]*\"|[^\sA-Za-z0-9]")


def change_bytes(data: bytes, rng: random.Random) -> tuple[bytes, str]:
    """Return `data` changed in one to three ways, and in which."""
    said = []
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        change = rng.choice(_CHANGES)
        data = change(data, rng)
        said.append(change.__name__.strip("_").replace("_", " "))
    return data, ", ".join(said)


def _flip_bits(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8, 64))):
        if changed:
            changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _other_bytes(data: bytes, rng: random.Random) -> bytes:
    at = rng.randint(0, len(data))
    some = rng.choice((b"\0", b"\xff", b"\x80\x81", b"\x1a", b"\x7f", rng.randbytes(rng.choice((1, 4, 64)))))
    return data[:at] + some * rng.choice((1, 1, 3)) + data[at + rng.choice((0, len(some))) :]


def _cut_end(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randint(0, len(data))]


def _cut_start(data: bytes, rng: random.Random) -> bytes:
    return data[rng.randint(0, len(data)) :]


def _cut_piece(data: bytes, rng: random.Random) -> bytes:
    at = rng.randint(0, len(data))
    return data[:at] + data[at + rng.choice((1, 2, 16, 256)) :]


def _double_piece(data: bytes, rng: random.Random) -> bytes:
    at, length = rng.randint(0, len(data)), rng.choice((1, 8, 64, 1024))
    return data[: at + length] + data[at : at + length] * rng.choice((1, 1, 20)) + data[at + length :]


def _twice(data: bytes, _: random.Random) -> bytes:
    return data + data


def _lines_changed(data: bytes, rng: random.Random) -> bytes:
    lines = data.split(b"\n")
    i, j = rng.randrange(len(lines)), rng.randrange(len(lines))
    way = rng.randrange(5)
    if way == 0:
        del lines[i]
    elif way == 1:
        lines.insert(j, lines[i])
    elif way == 2:
        lines[i], lines[j] = lines[j], lines[i]
    elif way == 3:
        lines[i] = b" " * rng.choice((1, 2, 3)) + lines[i]
    else:
        lines[i] = lines[i].lstrip()
    return b"\n".join(lines)


def _words_changed(data: bytes, rng: random.Random) -> bytes:
    words = list(_TOKEN.finditer(data))
    if not words:
        return data
    one, other = rng.choice(words), rng.choice(words)
    way = rng.randrange(4)
    if way == 0:
        new = b""
    elif way == 1:
        new = one[0] + b" " * rng.randrange(2) + one[0]
    elif way == 2:
        new = other[0]
    else:
        new = rng.choice(TEXTS).encode("utf-8", "surrogatepass")
    return data[: one.start()] + new + data[one.end() :]


def _numbers_changed(data: bytes, rng: random.Random) -> bytes:
    numbers = list(re.finditer(rb"-?[0-9]+(?:\.[0-9]+)?", data))
    if not numbers:
        return data
    one = rng.choice(numbers)
    new = rng.choice(_NUMBERS)
    return data[: one.start()] + new + data[one.end() :]


def _other_encoding(data: bytes, rng: random.Random) -> bytes:
    text = data.decode("utf-8", "replace")
    name = rng.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "utf-8-sig", "cp1252", "utf-7"))
    return text.encode(name, "replace")


def _line_ends(data: bytes, rng: random.Random) -> bytes:
    return data.replace(b"\n", rng.choice((b"\r\n", b"\r", b"\n\n", b"\x0b", b"\xe2\x80\xa8", b"")))


def _packed(data: bytes, rng: random.Random) -> bytes:
    return rng.choice((gzip.compress(data, mtime=0), bz2.compress(data), zlib.compress(data)))


def _empty(_: bytes, rng: random.Random) -> bytes:
    return rng.choice((b"", b"\n", b" ", b"\xef\xbb\xbf", b"\0", b"null", b"{}", b"[]", b"---", b"#"))


_NUMBERS = (
    b"0",
    b"-1",
    b"1e308",
    b"-1e308",
    b"1e-320",
    b"1e999",
    b"nan",
    b"inf",
    b"-inf",
    b"NaN",
    b"Infinity",
    b"2147483648",
    b"9223372036854775808",
    b"18446744073709551616",
    b"1000000000",
    b"1000000000000",
    b"9" * 400,
    b"9" * 5000,
    b"0.0000001",
    b"-0",
    b"1_000",
    b"0x10",
    b"1,5",
    b"1..1000000000",
    "٣".encode(),
    "１２".encode(),
)

_CHANGES = (
    _flip_bits,
    _flip_bits,
    _other_bytes,
    _cut_end,
    _cut_start,
    _cut_piece,
    _double_piece,
    _twice,
    _lines_changed,
    _lines_changed,
    _words_changed,
    _words_changed,
    _words_changed,
    _numbers_changed,
    _numbers_changed,
    _other_encoding,
    _line_ends,
    _packed,
    _empty,
)
