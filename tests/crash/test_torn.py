"""What a power loss leaves of the last write, planted in real files: the real command goes on, and says what it did (D2)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.counter import Counter, begin, open_counter
from tests.crash.command import Shop

SALES, CLIENTS = "journals/2026-10/sales.K1.csv", "journals/2026-10/clients.K1.yaml"
SECTOR = 512
ROWS = 40


@pytest.fixture
def at(tmp_path: Path) -> Counter:
    """The small book: A0010001-0400 sellable, clients C001 and C002."""
    return open_counter(tmp_path)


ENTRIES = {
    SALES: ("sale", "cash", "--client", "C001", "--vouchers", "A0010001", "--amount", "100", "--json"),
    CLIENTS: ("client", "add", "--unit", "北方中学", "--kind", "institution", "--code", "C003", "--json"),
}


def torn(shop: Shop, path: str, first: int, last: int) -> bytes:
    """Power goes before the entry's sync: bytes ``first`` to ``last`` of what it wrote are lost; returns what is left."""
    file = shop.book / path
    before = file.read_bytes() if file.exists() else b""
    assert shop.dies(f"fsync {path}", 1, *ENTRIES[path]).killed
    (shop.book / ".gb/lock").unlink()  # it was never synced
    written = file.read_bytes().removeprefix(before)
    left = written[:first] + bytes(last - first) + written[last:]
    assert len(left) == len(written)
    file.write_bytes(before + left)
    return left


@pytest.mark.parametrize("lost", [(0, 60), (20, 50), (50, 100)], ids=["start", "middle", "end"])
@pytest.mark.parametrize("path", [SALES, CLIENTS])
def test_a_hole_in_the_last_record_stops_nobody(path: str, lost: tuple[int, int], at: Counter) -> None:
    """Bytes of the second sale, or third client, are lost, its end is not: the next entry sets it aside and takes its number."""
    shop = Shop(at.book)
    at.done("sale", "cash", "--client", "C001", "--vouchers", "A0010400", "--amount", "100")
    left = torn(shop, path, *lost)
    checked = shop("check", "JRN-02")
    assert (checked.code, "NUL bytes" in checked.out) == (1, True)
    made = shop.done(*ENTRIES[path])
    assert made.json["id"].endswith("-0002" if path == SALES else "-0003")
    aside = made.err.partition("set aside: ")[2].split()[0]
    assert (at.book / aside).read_bytes() == left
    assert shop.errors() == []


@pytest.mark.parametrize("lost", [(0, 200), (0, 300), (100, 512)])
def test_a_hole_in_a_new_file_stops_nobody(lost: tuple[int, int], at: Counter) -> None:
    """The first sale of the month, with the file's header in the same write: all of it is set aside and written anew."""
    shop = Shop(at.book)
    left = torn(shop, SALES, lost[0], min(lost[1], 300))
    assert shop("check", "JRN-02").code == 1
    made = shop.done(*ENTRIES[SALES])
    aside = made.err.partition("set aside: ")[2].split()[0]
    assert (at.book / aside).read_bytes() == left
    assert [entry.id for entry in shop.entries() if entry.kind == "sale"] == [made.json["id"]]
    assert shop.errors() == []


@pytest.mark.parametrize("lost", [(0, 60), (100, 200)])
def test_a_hole_in_a_new_yaml_file_stops_nobody(lost: tuple[int, int], tmp_path: Path) -> None:
    """The first client of a new book: its file starts with NUL, which is no UTF-16."""
    shop = Shop(begin(tmp_path / "book", "2026-10-08").book)
    torn(shop, CLIENTS, *lost)
    assert shop("check", "JRN-02").code == 1
    assert "set aside: .gb/torn/" in shop.done(*ENTRIES[CLIENTS]).err
    assert [entry.id for entry in shop.entries() if entry.kind == "added"] == ["CL20261008-K1-0001"]


def test_a_hole_in_a_header_with_sales_behind_it_is_damage(at: Counter) -> None:
    """Two sales were acknowledged: nothing is cut, the counter stops."""
    shop = Shop(at.book)
    for serial in ("A0010001", "A0010002"):
        at.done("sale", "cash", "--client", "C001", "--vouchers", serial, "--amount", "100")
    file = at.book / SALES
    file.write_bytes(bytes(60) + file.read_bytes()[60:])
    hurt = file.read_bytes()
    refused = shop("sale", "cash", "--client", "C001", "--vouchers", "A0010003", "--amount", "100")
    assert (refused.code, refused.error) == (4, "JRN-03")
    assert file.read_bytes() == hurt


def clients(folder: Path) -> str:
    """A file of clients to import."""
    path = folder / "clients.csv"
    rows = [f"K{number},N{number:03d},东风第{number}中学\n" for number in range(1, ROWS + 1)]
    path.write_text("key,code,unit\n" + "".join(rows), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("sector", [1, 3, 8])
def test_a_hole_in_an_import_is_cut_out_with_what_stands_behind_it(sector: int, at: Counter, tmp_path: Path) -> None:
    """40 clients in one write, killed before its sync; a sector in the middle is lost, whole records stand behind it.

    None of them was acknowledged.  Run again the import sets aside what stands from the hole on, says so, and records
    what is missing: 40 clients, each once.
    """
    shop, file = Shop(at.book), clients(tmp_path)
    before = len((at.book / CLIENTS).read_bytes())
    assert shop.dies("fsync clients.K1", 1, "import", "clients", file).killed
    whole = (at.book / CLIENTS).read_bytes()
    hole = before // SECTOR * SECTOR + sector * SECTOR
    assert before < hole < len(whole) - 2 * SECTOR
    (at.book / CLIENTS).write_bytes(whole[:hole] + bytes(SECTOR) + whole[hole + SECTOR :])
    assert {"JRN-03", "JRN-04"} & set(shop.errors())  # of encoding, where the hole cuts a character in two
    again = shop.done("import", "clients", file, "--json")
    assert again.json["recorded"] + again.json["already"] == ROWS
    assert again.json["already"] == whole[before:hole].count(b"- id:") - (not whole[:hole].endswith(b"\n\n"))
    aside = again.err.partition("set aside: ")[2].split()
    cut = b"".join((at.book / name).read_bytes() for name in reversed(aside))
    assert cut.replace(b"\0", b"")
    codes = [entry.values["code"] for entry in shop.entries() if entry.kind == "added"]
    assert sorted(codes) == sorted(["C001", "C002", *(f"N{number:03d}" for number in range(1, ROWS + 1))])
    assert shop.errors() == []


def test_an_entry_at_the_counter_also_cuts_the_hole_out(at: Counter, tmp_path: Path) -> None:
    """After the same loss of power somebody sells first: it is recorded, and the import can be run again."""
    shop, file = Shop(at.book), clients(tmp_path)
    before = len((at.book / CLIENTS).read_bytes())
    assert shop.dies("fsync clients.K1", 1, "import", "clients", file).killed
    whole = (at.book / CLIENTS).read_bytes()
    (at.book / CLIENTS).write_bytes(whole[: before + 1000] + bytes(SECTOR) + whole[before + 1000 + SECTOR :])
    sold = shop.done("sale", "cash", "--client", "C001", "--vouchers", "A0010001", "--amount", "100")
    assert "set aside: .gb/torn/journals~2026-10~clients.K1.yaml" in sold.err
    assert shop.done("import", "clients", file, "--json").json["already"] < ROWS
    assert len([entry for entry in shop.entries() if entry.kind == "added"]) == 2 + ROWS


def test_records_behind_an_old_hole_are_never_cut(at: Counter, tmp_path: Path) -> None:
    """The note of an import that was whole still stands; a record came behind it; a NUL in the import is then damage."""
    shop, file = Shop(at.book), clients(tmp_path)
    before = len((at.book / CLIENTS).read_bytes())
    assert shop.dies("fsync clients.K1", 1, "import", "clients", file).killed
    note = (at.book / ".gb/lock").read_bytes()
    assert f"\n{before}+".encode() in note
    shop.done("import", "clients", file)
    shop.done("client", "add", "--unit", "北方中学", "--kind", "institution", "--code", "C003")
    whole = (at.book / CLIENTS).read_bytes()
    hurt = whole[: before + 1000] + bytes(40) + whole[before + 1040 :]
    (at.book / CLIENTS).write_bytes(hurt)
    (at.book / ".gb/lock").write_bytes(note)
    refused = shop("sale", "cash", "--client", "C001", "--vouchers", "A0010001", "--amount", "100")
    assert (refused.code, refused.error) == (4, "JRN-03")
    assert (at.book / CLIENTS).read_bytes() == hurt
