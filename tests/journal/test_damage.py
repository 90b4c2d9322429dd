"""Every kind of damage to a file is one finding with its code and line, and reading goes on behind it."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.core.findings import Finding
from ledger.disk import Disk
from ledger.journal.entry import Entry
from ledger.journal.reader import Resume, scan, scan_all
from tests.journal.memory import InMemory
from tests.journal.small import (
    BOOK,
    COLUMNS,
    RECEIPTS,
    SALES,
    codes,
    csv_file,
    genesis_of,
    h_of,
    open_scan,
    put,
    read,
    receipt,
    sale,
    yaml_file,
)  # fmt: skip

FIVE = csv_file(*[sale(n, note=f"单 {n}" if n % 2 else 'a, "b"') for n in range(1, 6)])
FOUR = yaml_file(*[receipt(n, note='全部 "完好" \\' if n == 2 else "好") for n in range(1, 5)])


def lines_of(data: bytes) -> list[bytes]:
    return data.splitlines(keepends=True)


def relinked(body_lines: list[bytes], path: str = SALES, columns: tuple[str, ...] = COLUMNS) -> bytes:
    """Lines without their h, chained anew: what a clever hand would leave."""
    previous, out = genesis_of(path, ",".join(columns)), [",".join(columns).encode() + b"\n"]
    for body in body_lines:
        previous = h_of(previous, body)
        out.append(body + b"," + previous.encode() + b"\n")
    return b"".join(out)


def bodies(data: bytes) -> list[bytes]:
    return [line.rpartition(b",")[0] for line in lines_of(data)[1:]]


def test_sound_files_have_no_findings(tmp_path: Path) -> None:
    for path, data, count in ((SALES, FIVE, 5), (RECEIPTS, FOUR, 4)):
        entries, findings = read(tmp_path, path, data)
        assert (len(entries), findings) == (count, [])
        for entry in entries:
            assert data[entry.offset : entry.offset + entry.length] == entry.raw
            assert data[: entry.offset].count(b"\n") + 1 == entry.line
            assert entry.record.encode() == {k: v for k, v in entry.values.items() if k != "h"}
            assert entry.h == entry.values["h"]


def edit(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        assert data.count(old) >= 1
        return data.replace(old, new, 1)

    return change


def on_lines(act: Callable[[list[bytes]], object]) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        lines = lines_of(data)
        act(lines)
        return b"".join(lines)

    return change


def swap(lines: list[bytes]) -> None:
    lines[2], lines[3] = lines[3], lines[2]


CSV_DAMAGE: dict[str, tuple[Callable[[bytes], bytes], list[tuple[str, int]]]] = {
    "a field edited": (edit(b"A0030001", b"A0030002"), [("JRN-01", 4)]),
    "the h edited": (on_lines(lambda ls: ls.__setitem__(3, ls[3][:-17] + b"0" * 16 + b"\n")), [("JRN-01", 4)]),
    "a line deleted": (on_lines(lambda ls: ls.pop(3)), [("JRN-01", 4)]),
    "the first line deleted": (on_lines(lambda ls: ls.pop(1)), [("JRN-01", 2)]),
    "a line twice": (on_lines(lambda ls: ls.insert(4, ls[2])), [("JRN-01", 5)]),
    "two lines swapped": (on_lines(swap), [("JRN-01", 3)]),
    "two edits": (lambda d: edit(b"A0010001", b"A0010002")(edit(b"A0030001", b"A0030002")(d)), [("JRN-01", 2), ("JRN-01", 4)]),
    "last line torn": (lambda d: d[:-30], [("JRN-02", 6)]),
    "last LF missing": (lambda d: d[:-1], [("JRN-02", 6)]),
    "NUL tail": (lambda d: d + b"\0" * 4096, [("JRN-02", 7)]),
    "torn header": (lambda d: d[:20], [("JRN-02", 1)]),
    "a column too many": (edit(b"C001,", b"C001,,"), [("JRN-03", 2)]),
    "a column missing": (edit(b"C001,", b"C001"), [("JRN-03", 2)]),
    "needless quotes": (edit(b",C001,", b',"C001",'), [("JRN-03", 2)]),
    "a bare quote": (edit(b",C001,", b',C"001,'), [("JRN-03", 2)]),
    "an open quote": (edit(b",C001,", b',"C001,'), [("JRN-03", 2)]),
    "text behind a quote": (edit(b'""b"""', b'""b"""x'), [("JRN-03", 3)]),
    "blank before": (edit(b",C001,", b", C001,"), [("JRN-03", 2)]),
    "an empty line": (on_lines(lambda ls: ls.insert(3, b"\n")), [("JRN-03", 4)]),
    "U+2028": (edit("单 1".encode(), "单\u20281".encode()), [("JRN-03", 2)]),
    "not NFC": (edit("单 1".encode(), b"e\xcc\x81"), [("JRN-03", 2)]),
    "a NUL inside": (edit(b"W01", b"W\x001"), [("JRN-03", 2)]),
    "a field that does not decode": (lambda d: relinked([b.replace(b"5000.00", b"5000") for b in bodies(d)[:1]]), [("JRN-03", 2)]),
    "a missing field": (lambda d: relinked([b.replace(b"W01", b"") for b in bodies(d)[:1]]), [("JRN-03", 2)]),
    "a date that is none": (lambda d: relinked([b.replace(b",2026-10-08,", b",2026-10-32,") for b in bodies(d)[:1]]), [("JRN-03", 2)]),
    "BOM": (lambda d: b"\xef\xbb\xbf" + d, [("JRN-04", 1)]),
    "CRLF": (lambda d: d.replace(b"\n", b"\r\n"), [("JRN-04", 1)]),
    "CRLF and BOM": (lambda d: b"\xef\xbb\xbf" + d.replace(b"\n", b"\r\n"), [("JRN-04", 1), ("JRN-04", 1)]),
    "CRLF in one line": (on_lines(lambda ls: ls.__setitem__(3, ls[3][:-1] + b"\r\n")), [("JRN-04", 4)]),
    "GBK": (lambda d: d.decode().encode("gbk"), [("JRN-04", 2)]),
    "UTF-16": (lambda d: d.decode().encode("utf-16"), [("JRN-04", 1)]),
    "UTF-16 without mark": (lambda d: d.decode().encode("utf-16-le"), [("JRN-04", 1)]),
    "semicolons": (lambda d: d.replace(b",", b";"), [("JRN-04", 1)]),
    "one bad byte": (edit("单 1".encode(), b"\xe5\x8d 1"), [("JRN-04", 2)]),
    "an unknown column": (edit(b",buyer,", b",fax,"), [("JRN-05", 1)]),
    "an unknown kind": (lambda d: relinked([b.replace(b",sale,", b",gift,") for b in bodies(d)[:1]]), [("JRN-05", 2)]),
    "columns out of order": (edit(b"client,spans", b"spans,client"), [("JRN-03", 1)]),
    "no header": (on_lines(lambda ls: ls.pop(0)), [("JRN-03", 1)]),
    "other month": (lambda d: relinked([b.replace(b"2026-10-08,", b"2026-11-08,").replace(b"SA20261008", b"SA20261108") for b in bodies(d)]), [("JRN-08", 2)]),
    "other terminal": (lambda d: relinked([b.replace(b"-K1-", b"-K2-") for b in bodies(d)]), [("JRN-09", 2)]),
    "date in id": (lambda d: relinked([b.replace(b"SA20261008", b"SA20261009") for b in bodies(d)[:1]]), [("JRN-09", 2)]),
    "other code": (lambda d: relinked([b.replace(b"SA2", b"RC2") for b in bodies(d)[:1]]), [("JRN-09", 2)]),
    "no id": (lambda d: relinked([b.replace(b"-0001,", b"-1,") for b in bodies(d)[:1]]), [("JRN-09", 2)]),
    "too long": (on_lines(lambda ls: ls.insert(2, b"x" * 300_000 + b"\n")), [("JRN-03", 3)]),
}  # fmt: skip


@pytest.mark.parametrize("case", CSV_DAMAGE)
def test_csv_damage(case: str, tmp_path: Path) -> None:
    change, expected = CSV_DAMAGE[case]
    assert codes(tmp_path, SALES, change(FIVE)) == expected


YAML_DAMAGE: dict[str, tuple[Callable[[bytes], bytes], list[tuple[str, int]]]] = {
    "a field edited": (edit(b"A0030001", b"A0030002"), [("JRN-01", 21)]),
    "a record deleted": (on_lines(lambda ls: ls.__delitem__(slice(10, 20))), [("JRN-01", 11)]),
    "torn in a line": (lambda d: d[:-50], [("JRN-02", 31)]),
    "torn between lines": (lambda d: d[: d.rindex(b"  finance")], [("JRN-02", 31)]),
    "last empty line missing": (lambda d: d[:-1], [("JRN-02", 31)]),
    "NUL tail": (lambda d: d + b"\0" * 5000, [("JRN-02", 41)]),
    "an empty line missing": (edit(b'"\n\n- ', b'"\n- '), [("JRN-03", 1)]),
    "an empty line too many": (edit(b'"\n\n- ', b'"\n\n\n- '), [("JRN-03", 11)]),
    "empty lines at the end": (lambda d: d + b"\n\n", [("JRN-03", 41)]),
    "a comment": (edit(b'"\n\n- ', b'"\n\n# hand made\n- '), [("JRN-03", 11)]),
    "plain scalar": (edit(b'by: "W01"', b"by: W01"), [("JRN-03", 1)]),
    "an escape": (edit(b'by: "W01"', b'by: "W\\u0031"'), [("JRN-03", 1)]),
    "a bare quote": (edit(b'by: "W01"', b'by: "W"1"'), [("JRN-03", 1)]),
    "a field twice": (edit(b'  by: "W01"\n', b'  by: "W01"\n  by: "W01"\n'), [("JRN-03", 1)]),
    "an empty field": (edit(b'  by: "W01"\n', b'  by: ""\n'), [("JRN-03", 1)]),
    "out of order": (edit(b'  by: "W01"\n  kind: "receipt"\n', b'  kind: "receipt"\n  by: "W01"\n'), [("JRN-03", 1)]),
    "an unknown field": (edit(b'  note: "', b'  fax: "'), [("JRN-05", 1)]),
    "an unknown kind": (edit(b'kind: "receipt"', b'kind: "gift"'), [("JRN-05", 1)]),
    "no kind": (edit(b'  kind: "receipt"\n', b""), [("JRN-03", 1)]),
    "two more blanks": (edit(b"  by:", b"    by:"), [("JRN-05", 1)]),
    "a tab": (edit(b"  by:", b"\tby:"), [("JRN-03", 1)]),
    "BOM": (lambda d: b"\xef\xbb\xbf" + d, [("JRN-04", 1)]),
    "CRLF": (lambda d: d.replace(b"\n", b"\r\n"), [("JRN-04", 1)]),
    "GBK": (lambda d: d.decode().encode("gbk"), [("JRN-04", 1)]),
    "UTF-16": (lambda d: d.decode().encode("utf-16"), [("JRN-04", 1)]),
    "other month": (lambda d: yaml_file(receipt(1, id="RC20260908-K1-0001", date="2026-09-08")), [("JRN-08", 1)]),
    "other terminal": (lambda d: yaml_file(receipt(1, id="RC20261008-K2-0001")), [("JRN-09", 1)]),
    "h not last": (lambda d: yaml_file(receipt(1)).replace(b"\n\n", b'\n  note: "x"\n\n'), [("JRN-02", 1)]),
    "a field that does not decode": (lambda d: yaml_file(receipt(1, spans="A2-A1")), [("JRN-03", 1)]),
    "too long": (lambda d: yaml_file(receipt(1, spans="A0000001 " * 40_000 + "A1"), receipt(2)), [("JRN-03", 1)]),
}  # fmt: skip


@pytest.mark.parametrize("case", YAML_DAMAGE)
def test_yaml_damage(case: str, tmp_path: Path) -> None:
    change, expected = YAML_DAMAGE[case]
    assert codes(tmp_path, RECEIPTS, change(FOUR)) == expected


@pytest.mark.parametrize("case", ["BOM", "CRLF", "semicolons"])
def test_says_excel(case: str, tmp_path: Path) -> None:
    """A file that Excel saved is told so, in both languages, with the line's own bytes."""
    (found,) = read(tmp_path, SALES, CSV_DAMAGE[case][0](FIVE))[1]
    assert "Excel" in found.words.en
    assert "Excel" in found.words.zh
    assert "date" in found.where[0].text


def test_edit_still_gives_the_entry(tmp_path: Path) -> None:
    """A hand edit is a finding, and the record that stands there still counts."""
    entries, (found,) = read(tmp_path, SALES, edit(b"A0030001-A0030050", b"A0030001-A0030049")(FIVE))
    assert [entry.values["spans"] for entry in entries][2] == "A0030001-A0030049"
    assert found.subject == "SA20261008-K1-0003"
    assert found.where[0].text.startswith("SA20261008-K1-0003,2026-10-08T10:03:00+08:00")


def test_excerpt_is_bounded_and_harmless(tmp_path: Path) -> None:
    """Bad bytes and terminal controls are shown as escapes."""
    data = edit("单 1".encode(), b"\xff\x1b[2J" + b"x" * 5000)(FIVE)
    (found,) = read(tmp_path, SALES, data)[1]
    text = found.where[0].text
    assert r"\xff\x1b[2J" in text
    assert len(text) < 1100
    assert "\x1b" not in text


@pytest.mark.parametrize(("path", "data"), [(SALES, FIVE), (RECEIPTS, FOUR)])
def test_every_truncation_of_the_last_record(path: str, data: bytes, tmp_path: Path) -> None:
    """Cut anywhere inside the last record: the others are read, the rest is a torn tail; cut before it: nothing to see."""
    items = [item for item in open_scan(put(tmp_path, path, data), path) if isinstance(item, Entry)]
    last = items[-1]
    for size in range(last.offset, len(data)):
        found = open_scan(put(tmp_path, path, data[:size]), path)
        got = list(found)
        assert [i.id for i in got if isinstance(i, Entry)] == [i.id for i in items[:-1]]
        assert [i.code for i in got if isinstance(i, Finding)] == ([] if size == last.offset else ["JRN-02"])
        assert (found.end, found.last_h, found.records) == (last.offset, items[-2].h, len(items) - 1)
        assert found.torn == (size > last.offset)


@pytest.mark.parametrize(("path", "data"), [(SALES, FIVE), (RECEIPTS, FOUR)])
def test_every_hole_in_the_last_record(path: str, data: bytes, tmp_path: Path) -> None:
    """Sectors that never reached the disk read as NUL: wherever they lie in the last record, it is a torn tail.

    Lost are bytes from a to b of the record, for a and b in steps of 16; its other bytes are there, its end as well.
    """
    items = [item for item in open_scan(put(tmp_path, path, data), path) if isinstance(item, Entry)]
    start, size = items[-1].offset, items[-1].length
    for a in range(0, size, 16):
        for b in range(a + 1, size + 1, 16):
            found = open_scan(put(tmp_path, path, data[: start + a] + bytes(b - a) + data[start + b :]), path)
            assert [item.code for item in found if isinstance(item, Finding)] == ["JRN-02"], (a, b)
            assert (found.torn, found.end, found.last_h) == (True, start, items[-2].h), (a, b)


@pytest.mark.parametrize(("path", "data"), [(SALES, FIVE), (RECEIPTS, FOUR)])
def test_a_hole_before_a_whole_record_is_no_torn_tail(path: str, data: bytes, tmp_path: Path) -> None:
    """Whoever cut there would lose the record behind it: it is damage, for a person to mend."""
    items = [item for item in open_scan(put(tmp_path, path, data), path) if isinstance(item, Entry)]
    at = items[-2].offset + 30
    found = open_scan(put(tmp_path, path, data[:at] + bytes(20) + data[at + 20 :]), path)
    got = list(found)
    assert [item.code for item in got if isinstance(item, Finding)] == ["JRN-03"]
    assert [item.id for item in got if isinstance(item, Entry)] == [
        items[0].id,
        *(one.id for one in items[1:-2]),
        items[-1].id,
    ]
    assert (found.torn, found.end) == (False, len(data))


@pytest.mark.parametrize(("path", "data", "bad"), [(SALES, FIVE, b"a,b\n"), (RECEIPTS, FOUR, b'- id: "x"\n\n')])
def test_of_many_the_first_are_listed_and_the_rest_is_counted(
    path: str, data: bytes, bad: bytes, tmp_path: Path
) -> None:
    """300 broken records before 5 (or 4) whole ones: 100 findings, one that says 200 more, and all whole ones are read."""
    body = data.index(b"\n") + 1 if path == SALES else 0
    entries, findings = read(tmp_path, path, data[:body] + bad * 300 + data[body:])
    assert len(entries) == data.count(b"2026-10-08T")
    listed = [one for one in findings if one.where[0].text]
    (rest,) = [one for one in findings if not one.where[0].text]
    assert (len(listed), {one.code for one in findings}) == (100, {"JRN-03"})
    last = data[:body].count(b"\n") + 300 * bad.count(b"\n") - bad.count(b"\n") + 1
    assert rest.where[0].line == last
    assert f"200 more places of this kind, the last on line {last}" in rest.words.en
    assert f"同类的还有 200 处，最后一处在第 {last} 行" in rest.words.zh


@pytest.mark.parametrize(("count", "read_on"), [(1000, True), (1001, False)])
def test_after_a_thousand_bad_lines_in_a_row_no_more_is_read(count: int, read_on: bool, tmp_path: Path) -> None:
    """Header, ``count`` broken lines, five records: the records are read behind 1,000 of them, and not behind 1,001."""
    lines = lines_of(FIVE)
    entries, findings = read(tmp_path, SALES, lines[0] + b"a,b\n" * count + b"".join(lines[1:]))
    assert len(entries) == (5 if read_on else 0)
    unread = [one for one in findings if "not read" in one.words.en]
    assert len(unread) == (0 if read_on else 1)
    if unread:
        assert unread[0].where[0].line == 1003
        assert "the 5 lines behind were not read: 1001 lines in a row before them are no records" in unread[0].words.en
        assert "其后 5 行没有读" in unread[0].words.zh


def test_an_excerpt_has_forty_lines_at_most(tmp_path: Path) -> None:
    """900 short lines that are no record: the finding shows the first forty of them."""
    (found,) = read(tmp_path, RECEIPTS, FOUR + b"x\n" * 900 + FOUR)[1][:1]
    assert found.where[0].text == "x\n" * 40 + "…"


@pytest.mark.parametrize("nuls", [1, 7, 512, 4096, 300_000])
@pytest.mark.parametrize(("path", "data"), [(SALES, FIVE), (RECEIPTS, FOUR)])
def test_nul_tails(path: str, data: bytes, nuls: int, tmp_path: Path) -> None:
    for cut in (0, 1, 30, 100):
        found = open_scan(put(tmp_path, path, data[: len(data) - cut] + b"\0" * nuls), path)
        assert [i.code for i in found if isinstance(i, Finding)] == ["JRN-02"] or nuls > 100_000
        if not cut:
            assert found.torn
            assert found.end == len(data)


@pytest.mark.parametrize(("path", "data"), [(SALES, FIVE), (RECEIPTS, FOUR)])
def test_bit_flips(path: str, data: bytes, tmp_path: Path) -> None:
    """Every one of 500 single bit flips is seen, and none is an exception."""
    chance = random.Random(20261008)
    for _ in range(500):
        at, bit = chance.randrange(len(data)), chance.randrange(8)
        hurt = bytearray(data)
        hurt[at] ^= 1 << bit
        findings = read(tmp_path, path, bytes(hurt))[1]
        assert findings, (at, bit)
        assert all(found.code.startswith("JRN-0") and found.where[0].line for found in findings)
        assert len(findings) <= 3, (at, bit, findings)


@pytest.mark.parametrize(
    ("path", "data"),
    [
        (SALES, csv_file(sale(1), sale(2, note='a, "b"', buyer="王五"), sale(3))),
        (RECEIPTS, yaml_file(receipt(1), receipt(2, note='全部 "完好" \\'), receipt(3))),
    ],
)
def test_every_byte(path: str, data: bytes) -> None:
    """Each byte removed, each of its bits flipped, and nine bytes put before it: always seen, as at most two troubles."""
    for at in range(len(data) + 1):
        changed = [data[:at] + bytes([byte]) + data[at:] for byte in b'\n,"\\ a\r-\0']
        if at < len(data):
            changed.append(data[:at] + data[at + 1 :])
            changed += [data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :] for bit in range(8)]
        for hurt in changed:
            found = [item for item in open_scan(InMemory(hurt), path) if isinstance(item, Finding)]
            assert 1 <= len(found) <= 2 or hurt == data, (at, hurt)


def test_resume(tmp_path: Path) -> None:
    """A scan that goes on where another ended sees the same entries, chain and line numbers."""
    for path, data in ((SALES, FIVE), (RECEIPTS, FOUR)):
        disk = put(tmp_path, path, data)
        whole = [item for item in open_scan(disk, path) if isinstance(item, Entry)]
        for at, entry in enumerate(whole[1:], 1):
            rest = open_scan(disk, path, Resume(entry.offset, whole[at - 1].h, entry.line - 1))
            got = list(rest)
            assert [(i.id, i.line, i.h) for i in got if isinstance(i, Entry)] == [
                (i.id, i.line, i.h) for i in whole[at:]
            ]
            assert len(got) == len(whole) - at
            assert rest.end == len(data)
        wrong = list(open_scan(disk, path, Resume(whole[1].offset, "0" * 16, 1)))
        assert [i.code for i in wrong if isinstance(i, Finding)] == ["JRN-01"]


def test_older_header(tmp_path: Path) -> None:
    """A file made before `buyer` was a column is read; its records simply have none."""
    older = tuple(name for name in COLUMNS if name != "buyer")
    entries, findings = read(tmp_path, SALES, csv_file(sale(1), sale(2), columns=older))
    assert [entry.id[-4:] for entry in entries] == ["0001", "0002"]
    assert not findings


def test_reversal_needs_its_original(tmp_path: Path) -> None:
    good = sale(2, kind="reversal", of="sale", ref="SA20261008-K1-0001", reason="错打")
    entries, findings = read(tmp_path, SALES, csv_file(sale(1), good))
    assert [entry.record.KIND for entry in entries] == ["sale", "reversal"]
    assert not findings
    for name in ("of", "ref"):
        bad = {key: text for key, text in good.items() if key != name}
        assert codes(tmp_path, SALES, csv_file(sale(1), bad)) == [("JRN-03", 3)]
    assert codes(tmp_path, SALES, csv_file(sale(1), good | {"of": "gift"})) == [("JRN-05", 3)]


def test_moved_file(tmp_path: Path) -> None:
    """A file renamed to another terminal: its path is in the genesis, its ids tell; one finding, not one a record."""
    moved = SALES.replace("K1", "K2")
    assert codes(tmp_path, moved, FIVE) == [("JRN-09", 2)]


def test_path_is_in_the_genesis(tmp_path: Path) -> None:
    assert codes(tmp_path, SALES.replace("K1", "K1-2"), FIVE) == [("JRN-01", 2)]


def test_scan_refuses_foreign_path(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not a journal file"):
        scan(Disk(tmp_path), "journals/2026-10/../x.csv", BOOK)


def test_scan_all_names_what_does_not_belong(tmp_path: Path) -> None:
    """Foreign names, a symlink and a folder too deep are JRN-06 by name; a file without a byte has lost its records."""
    folder = tmp_path / "journals" / "2026-10"
    folder.mkdir(parents=True)
    for name in ("sales.K1 (copy).csv", "notes.txt", "sales.K1.yaml"):
        (folder / name).write_text("x\n")
    (folder / "sales.K9.csv").symlink_to("/etc/passwd")
    (folder / "receipts.K2.yaml").write_bytes(b"")
    found = [item for item in scan_all(Disk(tmp_path), BOOK) if isinstance(item, Finding)]
    assert [(item.code, item.subject.rpartition("/")[2]) for item in found] == [
        ("JRN-06", "notes.txt"), ("JRN-06", "sales.K1 (copy).csv"), ("JRN-06", "sales.K1.yaml"), ("JRN-06", "sales.K9.csv"),
        ("JRN-02", "receipts.K2.yaml:1"),
    ]  # fmt: skip


def test_scan_all_of_nothing(tmp_path: Path) -> None:
    """Making a book writes its first record: no journal at all is no book without records."""
    (found,) = scan_all(Disk(tmp_path), BOOK)
    assert isinstance(found, Finding)
    assert (found.code, found.subject) == ("JRN-10", "journals")
