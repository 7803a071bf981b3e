"""Delimited text: encodings, delimiters, line numbers, and what is no table."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instances.delimited import Delimited, open_delimited
from instances.errors import InputError


def opened(tmp_path: Path, content: bytes | str, encoding: str = "utf-8") -> Delimited:
    path = tmp_path / "table.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return open_delimited(path)


def fault(tmp_path: Path, content: bytes) -> str:
    """Return what is wrong with a file of `content`, without its path."""
    with pytest.raises(InputError) as caught:
        opened(tmp_path, content).read([0])
    (only,) = caught.value.faults
    return str(only).removeprefix(str(tmp_path / "table.csv"))


@pytest.mark.parametrize(
    ("encoding", "bom", "name"),
    [
        ("utf-8", b"", "utf-8"),
        ("utf-8", b"\xef\xbb\xbf", "utf-8"),
        ("utf-16-le", b"\xff\xfe", "utf-16-le"),
        ("utf-16-be", b"\xfe\xff", "utf-16-be"),
        ("gb18030", b"", "gb18030"),
    ],
)
def test_chinese_text_is_read_in_every_usual_encoding(tmp_path: Path, encoding: str, bom: bytes, name: str) -> None:
    """A header in Chinese comes out right whatever the office wrote it in."""
    table = opened(tmp_path, bom + "纬度,经度,类别\n1,2,盗窃电动自行车\n".encode(encoding))
    assert table.header == ("纬度", "经度", "类别")
    assert table.read([2]).values == (["盗窃电动自行车"],)
    assert (table.encoding, table.bom) == (name, bool(bom))


def test_utf_16_without_a_mark_is_recognised(tmp_path: Path) -> None:
    """Zero bytes in every second place are UTF-16."""
    assert opened(tmp_path, "lat,lon\n1,2\n", "utf-16-le").header == ("lat", "lon")
    assert opened(tmp_path, "lat,lon\n1,2\n", "utf-16-be").header == ("lat", "lon")


def test_western_text_that_is_not_utf_8_is_read_as_cp1252(tmp_path: Path) -> None:
    """Lone high bytes are Western letters, not halves of Chinese ones."""
    table = opened(tmp_path, "Straße;Längengrad\nMüllerstraße;8,5\n", "cp1252")
    assert table.encoding == "cp1252"
    assert table.header == ("Straße", "Längengrad")


def test_gzip_is_unpacked(tmp_path: Path) -> None:
    """A compressed file is recognised by its content."""
    assert opened(tmp_path, gzip.compress(b"a,b\n1,2\n")).read([1]).values == (["2"],)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_splits_the_header_most(tmp_path: Path, delimiter: str) -> None:
    """Comma, semicolon, tab and bar are told apart."""
    table = opened(tmp_path, delimiter.join("abc") + "\n" + delimiter.join("123") + "\n")
    assert (table.delimiter, table.header) == (delimiter, ("a", "b", "c"))


def test_the_line_that_names_the_delimiter_is_obeyed(tmp_path: Path) -> None:
    """``sep=;`` is no header, even when the header holds more commas."""
    table = opened(tmp_path, 'sep=;\n"a,b,c";d\n1;2\n')
    assert (table.header, table.header_line) == (("a,b,c", "d"), 2)


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    """Blank lines and line breaks within quotes count."""
    columns = opened(tmp_path, '\nname,lat\r\n"two\nlines",1\r\n\r\n,,\nlast,2\n').read([0, 1])
    assert columns.lines.tolist() == [3, 7]
    assert columns.values == (["two\nlines", "last"], ["1", "2"])


def test_short_rows_are_filled_and_long_rows_are_named(tmp_path: Path) -> None:
    """Missing fields at the end are blank; surplus ones are reported, unless blank."""
    columns = opened(tmp_path, "a,b,c\n1\n1,2,3,4\n1,2,3,,\n").read([0, 2])
    assert columns.values == (["1", "1", "1"], ["", "3", "3"])
    assert columns.overlong == (1,)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", ": the file is empty; it needs a line of column names and a row"),
        (b"\n \n", ": the file is empty; it needs a line of column names and a row"),
        (b"\xef\xbb\xbf", ": the file is empty; it needs a line of column names and a row"),
        (b"PK\x03\x04rest", ": this is a spreadsheet or a zip archive, not text; export it as CSV"),
        (b"\xd0\xcf\x11\xe0rest", ": this is a spreadsheet, not text; export it as CSV"),
        (b"%PDF-1.4", ": this is a PDF document, not text; export it as CSV"),
        (b"SQLite format 3\0", ": this is a database, not text; export it as CSV"),
        (b"a,b\n1,\0\n" + b"x,y\n" * 20, ": this is no text (it holds zero bytes); export it as CSV"),
        (
            gzip.compress(b"a,b\n" * 99, mtime=0)[:-9],
            ": the compressed file is damaged or cut short; copy or download it again",
        ),
        (
            b'a,b\n1,2\n3,"4\n5,6\n',
            ":3: a quote opened in this row is never closed; close it, or double it if it is text",
        ),
        (b'a,b\n1,"2"x\n', ':2: a quote stands inside a quoted value; double it ("") if it is text'),
        (b'a,"b\n1,2\n', ":1: a quote opened in this row is never closed; close it, or double it if it is text"),
    ],
)
def test_what_is_no_table_is_named_with_its_line(tmp_path: Path, content: bytes, message: str) -> None:
    """Each broken file gives one fault that says what is wrong and what would be right."""
    assert fault(tmp_path, content) == message


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    """What cannot be opened is named with the reason."""
    with pytest.raises(InputError, match=r"none\.csv: there is no such file; check the path"):
        open_delimited(tmp_path / "none.csv")
    with pytest.raises(InputError, match="cannot be read: is a directory; check the path and its rights"):
        open_delimited(tmp_path)


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=8).map(str.strip)


@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=8), st.sampled_from(",;\t|"))
def test_what_the_csv_module_writes_is_read_back(rows: list[tuple[str, str]], delimiter: str) -> None:
    """Any text in any cell survives, with quotes, delimiters and line breaks in it."""
    import csv
    import io
    import tempfile

    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([("first", "second"), *rows])
    with tempfile.TemporaryDirectory() as folder:
        columns = opened(Path(folder), out.getvalue()).read([0, 1])
    assert list(zip(*columns.values, strict=True)) == [row for row in rows if any(row)]
