"""A month's sheet asked from the last seal on is the one asked of the whole text, whatever stands in the months before.

The two ways share one fold; what differs is where it begins.  Each history is asked both ways, as it was played and with
faults planted in its open month that concern sheets and records of the sealed ones.
"""

from __future__ import annotations

import datetime as dt
import os
import random
from collections import Counter
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ledger.audit.seal import show_seal
from ledger.book import closing, leads
from ledger.book.leads import FOLDER, asked
from ledger.book.month import check, reconciled, settled
from ledger.book.open import Book
from ledger.book.text import Text, whole_text
from ledger.core.dates import Month
from ledger.core.forms import Pay, Record
from ledger.core.records.sales import Sale
from ledger.reports.reconcile import ReconcileReport
from tests.forge import Forge
from tests.property.histories import Later, World
from tests.property.test_closed_equals_open import MONTHS, STEPS, played, shut

HISTORIES = 120 if os.environ.get("GB_STRESS") else 8
CHUNKS = 4
ALL, KEPT = "all", "kept"
AFTER = dt.date(2026, 12, 5)
"""All three months are over; the histories' own clock stands in the second one."""


class Tidy(World):
    """A world whose cash is handed over by nobody, so that no month is left with an error about it."""

    def attempt(self, journal: str, kind: str, values: dict[str, Any], *, by: str = "", **more: Any) -> Record | None:
        """As everywhere, but for the drawer."""
        return None if (journal, kind) == ("cash", "deposit") else super().attempt(journal, kind, values, by=by, **more)


def both_ways(root: Path, month: Month, today: dt.date | None = None) -> tuple[str, ReconcileReport, ReconcileReport]:
    """Behind which month the answer began, the answer, and the answer of the whole text, as seen on a day.

    What is kept of a closed month is not asked for.
    """
    return asked_for(root, month, today, lambda book, day, question: [asked(book, month, day, question)])


Ways = Callable[[Book, dt.date, Callable[[Text], ReconcileReport]], list[ReconcileReport]]


def asked_for(
    root: Path, month: Month, today: dt.date | None, ways: Ways
) -> tuple[str, ReconcileReport, ReconcileReport]:
    """As :func:`both_ways`, the answer asked for in some ways that must agree."""
    book = Book(root, Later())
    day = today or book.today()
    began: list[str] = []

    def question(text: Text) -> ReconcileReport:
        began.append(KEPT if text.settled else text.past.lead.month if text.past else ALL)
        return reconciled(book, text, month, (), day)

    answers = ways(book, day, question)
    behind, slow = began[-1], question(whole_text(book))
    book.close()
    assert all(one == answers[0] for one in answers), f"{month.text} in {root}, seen on {day}"
    return behind, answers[-1], slow


def kept_ways(root: Path, month: Month, today: dt.date | None = None) -> tuple[str, ReconcileReport, ReconcileReport]:
    """As :func:`both_ways`, asked as the command asks: the first time, and again when a closed month has been asked for."""

    def ways(book: Book, day: dt.date, question: Callable[[Text], ReconcileReport]) -> list[ReconcileReport]:
        assert day >= month.after
        return [asked(book, month, day, question, partial(settled, book, month=month)) for _ in range(2)]

    return asked_for(root, month, today, ways)


def prove(root: Path, seen: Counter[str], what: str) -> None:
    for month, (day, ways) in product(MONTHS, ((None, both_ways), (AFTER, both_ways), (AFTER, kept_ways))):
        began, quick, slow = ways(root, month, day)
        assert quick == slow, f"{what}: {month.text} from {began} in {root}, seen on {day}"
        seen[began if began in (ALL, KEPT) else "sealed"] += 1
        seen[what] += bool(slow.findings)
    seen["blocks"] += prove_blocks(root, what)


def prove_answers(book: Book, what: str) -> None:
    """What may be answered, asked for by its subject, is what the whole text says: the first findings and the last ones."""
    found = check(book, today=AFTER)
    for asked_for in [*found[:2], *found[-2:]]:
        code, subject = asked_for.code, asked_for.subject
        answers = closing.answerable(book, code, subject, AFTER)
        named = [one for one in answers if one.subject == subject]
        assert named == [one for one in found if (one.code, one.subject) == (code, subject)], (
            f"{what}: {code} {subject}"
        )


def prove_blocks(root: Path, what: str) -> bool:
    """What keeps the open month from being closed is the same; whether there is anything."""
    book = Book(root, Later())
    month = MONTHS[2]
    whole = closing.what_blocks(book, whole_text(book), month, AFTER)
    quick = asked(book, month, AFTER, lambda text: closing.what_blocks(book, text, month, AFTER))
    assert quick == whole, f"{what} in {root}"
    prove_answers(book, what)
    book.close()
    return bool(whole)


# -- faults in the open month that reach back ------------------------------------------------------------------------------

WHEN = dt.datetime(2026, 11, 20, 10, 0, tzinfo=dt.UTC)
Plant = Callable[[Forge, list[str], random.Random, dt.datetime], object]


def sold_in(root: Path, months: tuple[Month, ...]) -> list[str]:
    """The sales of these months."""
    book = Book(root, Later())
    sales = [one.record for one in whole_text(book).entries if isinstance(one.record, Sale)]
    book.close()
    return [sale.id for sale in sales if Month.of(sale.date) in months]


def _sold_again(forge: Forge, sold: list[str], chance: random.Random, when: dt.datetime) -> object:
    return forge.add(chance.choice(sold), "K1", when)


def _names_nothing(forge: Forge, sold: list[str], chance: random.Random, when: dt.datetime) -> object:
    gone = chance.choice(sold)
    return forge.add(chance.choice(sold), "K1", when, ref=gone[:-4] + "9876")


def _names_the_past(forge: Forge, sold: list[str], chance: random.Random, when: dt.datetime) -> object:
    return forge.add(chance.choice(sold), "K1", when, ref=chance.choice(sold), approval=chance.choice(sold))


def _skips_a_number(forge: Forge, sold: list[str], chance: random.Random, when: dt.datetime) -> object:
    made = forge.add(chance.choice(sold), "K1", when)
    return forge.change(made, id=made[:-4] + "0099")


def _by_a_stranger(forge: Forge, sold: list[str], chance: random.Random, when: dt.datetime) -> object:
    return forge.add(chance.choice(sold), "K1", when, by="nobody", client="X999")


def _repeated(forge: Forge, sold: list[str], chance: random.Random, when: dt.datetime) -> object:
    return forge.repeat(forge.add(chance.choice(sold), "K1", when))


PLANTS: tuple[Plant, ...] = (
    _sold_again, _names_nothing, _names_the_past, _skips_a_number, _by_a_stranger, _repeated,
)  # fmt: skip


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_month_asked_from_the_seal_is_the_month_asked_of_the_whole_text(chunk: int, tmp_path: Path) -> None:
    seen: Counter[str] = Counter()
    for seed in range(chunk, HISTORIES, CHUNKS):
        world = played(tmp_path / str(seed), seed, Tidy if seed % 4 != 3 else World)
        prove(world.root, seen, "as played")
        sold = sold_in(world.root, MONTHS[:2])
        chance = random.Random(seed)
        forge = Forge(world.root, Book(world.root, Later()).settings.book)
        for plant in PLANTS if sold else ():
            plant(forge, sold, chance, WHEN)
            prove(world.root, seen, plant.__name__)
    assert seen["sealed"] >= 2, seen
    assert seen["blocks"], seen
    assert all(seen[plant.__name__] for plant in PLANTS), seen


# -- where it may not begin at the seal ------------------------------------------------------------------------------------


@pytest.fixture
def tidy(tmp_path: Path) -> Path:
    """A book whose sheet of the open month begins at the last seal: the first history that leaves no error in its closed months."""
    for seed in range(40):
        root = played(tmp_path / str(seed), seed, Tidy).root
        if [both_ways(root, month)[0] for month in MONTHS[1:]] == [month.text for month in MONTHS[:2]]:
            return root
    raise AssertionError("every history left an error in a closed month")


def test_what_a_fold_from_the_seal_reads_is_the_open_month_alone(tidy: Path) -> None:
    book = Book(tidy, Later())
    read = asked(book, MONTHS[2], book.today(), lambda text: text.entries)
    assert {one.file.split("/")[1] for one in read} == {MONTHS[2].text}
    assert len(read) < len(whole_text(book).entries)
    book.close()


def test_a_record_that_a_later_month_names_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Histories that undo or take back sales of a sealed month: without what is handed on their sheets begin earlier.

    The lead was made before the month that names them was over, so it is made anew with what is named since, once.
    """
    helped = 0
    for seed in range(24 if HISTORIES > 8 else 8):
        root = played(tmp_path / str(seed), seed, Tidy).root
        with monkeypatch.context() as patch:
            patch.setattr(leads, "named_in", lambda *_: frozenset())
            began, quick, slow = both_ways(root, MONTHS[2], AFTER)
        assert quick == slow
        before = began
        began, quick, slow = both_ways(root, MONTHS[2], AFTER)
        assert quick == slow, root
        helped += before != MONTHS[1].text and began == MONTHS[1].text
    assert helped >= 2


def test_a_byte_changed_in_any_sealed_file_brings_the_whole_text_back(tidy: Path) -> None:
    """One digit of a sheet's number, in turn in each sealed journal file of both months and in each table of their closings."""
    files = [
        path
        for month in MONTHS[:2]
        for folder in ("journals", "closings")
        for path in (tidy / folder / month.text).iterdir()
    ]
    assert len(files) > 10
    for path in files:
        raw = path.read_bytes()
        at = next((n for n in range(len(raw) // 2, len(raw)) if chr(raw[n]) in "12345678"), 0)
        path.write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
        began, quick, slow = both_ways(tidy, MONTHS[2])
        assert (began, quick) == (ALL, slow), path
        assert "CLS-01" in {one.code for one in slow.findings}, path
        path.write_bytes(raw)


def test_what_was_kept_is_believed_only_as_it_was_written(tidy: Path) -> None:
    """Another balance of the drawer in the kept state, an empty file, one of another seal: it is made anew."""
    kept = sorted((tidy / FOLDER).glob("*.lead.json"))
    assert len(kept) == 2
    raw = kept[1].read_bytes()
    for text in (raw.replace(b'"drawer"', b'"draver"'), b"", kept[0].read_bytes(), raw[:-40]):
        kept[1].write_bytes(text)
        began, quick, slow = both_ways(tidy, MONTHS[2])
        assert (began, quick) == (MONTHS[1].text, slow)
        assert kept[1].read_bytes() == raw


def test_a_closed_month_that_was_asked_for_is_not_read_again(tidy: Path) -> None:
    """Once asked for, its own text is not read; what is kept is believed only as it was written, else made anew."""
    month = MONTHS[1]
    for _ in range(2):
        began, quick, slow = kept_ways(tidy, month, AFTER)
        assert (began, quick) == (KEPT, slow)
    book = Book(tidy, Later())
    read = asked(book, month, book.today(), lambda text: text.entries, partial(settled, book, month=month))
    assert month.text not in {one.file.split("/")[1] for one in read}
    book.close()
    kept = tidy / FOLDER / f"{month.text}.settled.json"
    raw = kept.read_bytes()
    for text in (raw.replace(b'"opening":', b'"openinG":'), b"", raw[:-9]):
        kept.write_bytes(text)
        began, quick, slow = kept_ways(tidy, month, AFTER)
        assert (began, quick, kept.read_bytes()) == (KEPT, slow, raw)


def test_what_came_since_is_seen_in_a_closed_month_that_was_asked_for(tidy: Path) -> None:
    """A text beside its notices, one in no month's folder, damage in the open month: each is answered as of the whole text, and gone again."""
    month = MONTHS[1]
    kept_ways(tidy, month, AFTER)
    (tidy / "notices" / month.text).mkdir(parents=True, exist_ok=True)
    damaged = next((tidy / "journals" / MONTHS[2].text).glob("sales.*.csv"))
    for path, found in (
        (tidy / "notices" / month.text / "TZ2026-K9-0001.txt", "NOT-03"),
        (tidy / "notices" / "odd.txt", ""),
        (damaged, ""),
    ):
        before = path.read_bytes() if path.exists() else None
        path.write_bytes((before or b"") + b"odd\n")
        began, quick, slow = kept_ways(tidy, month, AFTER)
        assert (began != KEPT, quick) == (True, slow), path
        assert not found or any(one.code.startswith(found) for one in (*slow.findings, *slow.since)), path
        path.unlink() if before is None else path.write_bytes(before)
        began, quick, slow = kept_ways(tidy, month, AFTER)
        assert (began, quick) == (KEPT, slow), path


def test_a_closing_that_carries_something_else_is_told_though_its_seal_fits(tidy: Path) -> None:
    """Somebody who knows the format writes another balance of money and a seal over it: its month does not fold to that (REC-02)."""
    folder = tidy / "closings" / MONTHS[1].text
    book = Book(tidy, Later())
    seal = book.seals.of(MONTHS[1].text)
    assert seal is not None
    table = (folder / "stock.csv").read_bytes()
    forged = b"\n".join(table.split(b"\n")[:-2]) + b"\n"
    (folder / "stock.csv").write_bytes(forged)
    state = tuple(
        msgspec.structs.replace(one, bytes=len(forged), sha256=sha256(forged).hexdigest())
        if one.path.endswith("stock.csv")
        else one
        for one in seal.state
    )
    (folder / "closing.yaml").write_bytes(show_seal(msgspec.structs.replace(seal, state=state)))
    book.close()
    began, quick, slow = both_ways(tidy, MONTHS[2])
    assert quick == slow
    assert [one.subject for one in slow.findings if one.code == "REC-02"] == [MONTHS[1].text]
    assert began == MONTHS[0].text


def test_an_answered_error_of_a_closed_month_is_shown_from_the_seal_on(tmp_path: Path) -> None:
    """September sells sheets twice, by transfer; it is answered and closed, and the sheets of October and November show it."""
    shown = []
    for seed in range(1, 12):
        world = Tidy(tmp_path / str(seed), seed).run(STEPS)
        sold = [one for one in sold_in(world.root, MONTHS[:1]) if one[11:13] == "K1"]
        if not sold:
            continue
        forge = Forge(world.root, world.books["K1"].settings.book)
        again = forge.add(sold[0], "K1", dt.datetime(2026, 9, 30, 9, 0, tzinfo=dt.UTC), approval="")
        amount = forge.record(again).amount
        forge.change(again, payments=(Pay("transfer", amount),))
        for month in MONTHS[:2]:
            shut(world, month)
            world.time += dt.timedelta(days=1)
            world.run(STEPS)
        world.close()
        for month, day in product(MONTHS, (None, AFTER)):
            began, quick, slow = both_ways(world.root, month, day)
            assert quick == slow, (seed, month, day)
            if began != ALL:
                shown += [one.code for one in quick.findings if one.subject == again and one.severity == "error"]
    assert "NUM-02" in shown
