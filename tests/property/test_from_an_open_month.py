"""A month's sheet of a book that was never closed, folded run by run, is the one folded from the whole text at once.

Every month is a run here.  Each history is asked both ways as it was played, closed in part and with no month ever closed,
and with faults planted in the month asked for and in those before it.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path

import pytest

from ledger.book import leads, runs
from ledger.book.leads import FOLDER, Leads, asked
from ledger.book.open import Book
from ledger.book.verified import note_closing
from ledger.core.dates import Month
from ledger.reports import reconcile, reconcile_text
from ledger.reports.reconcile import ReconcileReport
from tests.forge import Forge
from tests.property.histories import Later, World
from tests.property.test_closed_equals_open import MONTHS, STEPS, at, played
from tests.property.test_from_the_seal import AFTER, ALL, PLANTS, Plant, Tidy, both_ways, sold_in

STRESS = bool(os.environ.get("GB_STRESS"))
SEEDS: Sequence[int] = range(48) if STRESS else (1, 2, 3, 4)
FIRST, SECOND, THIRD = MONTHS
IN_TURN = [(plant, when) for plant, when in product(PLANTS, (at(SECOND, 29), at(THIRD, 20)))]


@pytest.fixture(autouse=True)
def _each_month_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "_RUN", 1)


def copied(root: Path, name: str, *reopened: Month) -> Path:
    """The book without its index, and without the closings of these months."""
    to = root.with_name(f"{root.name}-{name}")
    shutil.copytree(root, to, ignore=shutil.ignore_patterns(".gb"))
    for month in reopened:
        shutil.rmtree(to / "closings" / month.text)
    return to


def untouched(root: Path, seed: int) -> Path:
    """Three months in which nobody counts, marks or answers anything."""
    world = World(root, seed).run(STEPS)
    for month in MONTHS[:2]:
        world.time = max(at(month.next(), 2), world.time + dt.timedelta(minutes=10))
        world.run(STEPS)
    world.close()
    return root


def books(root: Path, seed: int) -> Iterator[tuple[str, Path]]:
    """One history as a book of each kind."""
    closed = played(root / "closed", seed, Tidy).root
    yield "never closed", copied(closed, "never", *MONTHS[:2])
    yield "closed in part", copied(closed, "part", SECOND)
    yield "untouched", untouched(root / "untouched", seed)


def shown(report: ReconcileReport) -> list[str]:
    """The sheet as it is read: JSON and text, in both languages."""
    as_json = [json.dumps(reconcile.as_json(report, lang), ensure_ascii=False) for lang in ("zh", "en")]
    return [*as_json, *(reconcile_text.as_text(report, lang) for lang in ("zh", "en"))]


def prove(root: Path, seen: Counter[str], what: str) -> None:
    for month, day in ((SECOND, AFTER), (THIRD, AFTER), (THIRD, None)):
        began, quick, slow = both_ways(root, month, day)
        assert quick == slow, f"{what}: {month.text} from {began} in {root}, seen on {day}"
        assert shown(quick) == shown(slow)
        seen[f"{what} {began}"] += 1


def planted(root: Path, plant: Plant, when: dt.datetime, seed: int) -> bool:
    """Whether there was a sale before that moment to plant the fault with."""
    sold = sold_in(root, tuple(month for month in MONTHS if month.after <= when.date()))
    book = Book(root, Later())
    forge = Forge(root, book.settings.book)
    book.close()
    if sold:
        plant(forge, sold, random.Random(seed), when)
    return bool(sold)


def test_a_month_folded_run_by_run_is_the_month_folded_at_once(tmp_path: Path) -> None:
    seen: Counter[str] = Counter()
    for seed in SEEDS:
        for kind, root in books(tmp_path / str(seed), seed):
            prove(root, seen, kind)
            for plant, when in IN_TURN[seed % 2 :: 2] if STRESS else IN_TURN[2 * seed :][:2]:
                hurt = copied(root, f"{plant.__name__}{when:%m}")
                if planted(hurt, plant, when, seed):
                    prove(hurt, seen, f"{kind} {plant.__name__} {when:%m}")
    assert all(seen[f"{kind} {SECOND.text}"] for kind in ("never closed", "closed in part")), seen
    assert any(count for name, count in seen.items() if "_" in name and not name.endswith(ALL)), seen


# -- where it begins -------------------------------------------------------------------------------------------------------


@pytest.fixture
def tidy(tmp_path: Path) -> Path:
    """A closed book of which, without its closings, each month is asked behind the one before it."""
    for seed in range(3, 40):
        closed = played(tmp_path / str(seed), seed, Tidy).root
        tried = copied(closed, "tried", *MONTHS[:2])
        if [both_ways(tried, month, AFTER)[0] for month in MONTHS[1:]] == [FIRST.text, SECOND.text]:
            return closed
    raise AssertionError("every history reached back")


def test_what_is_read_at_the_end_is_the_month_asked_for_alone_and_nothing_is_kept(tidy: Path) -> None:
    root = copied(tidy, "open", *MONTHS[:2])
    book = Book(root, Later())
    read = asked(book, THIRD, AFTER, lambda text: text.entries)
    assert {one.file.split("/")[1] for one in read} == {THIRD.text}
    assert not (root / FOLDER).exists()
    book.close()


def test_a_book_with_less_text_than_a_run_is_folded_at_once(tidy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = copied(tidy, "open", *MONTHS[:2])
    size = sum(path.stat().st_size for month in MONTHS[:2] for path in (root / "journals" / month.text).iterdir())
    for least, began in ((size, SECOND.text), (size + 1, ALL)):
        monkeypatch.setattr(runs, "_RUN", least)
        assert both_ways(root, THIRD, AFTER)[0] == began


def test_a_sale_that_a_later_month_names_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A history whose last months undo or take back sales of the ones before: without what is handed on it begins earlier."""
    for seed in range(20):
        root = copied(played(tmp_path / str(seed), seed, Tidy).root, "open", *MONTHS[:2])
        with monkeypatch.context() as patch:
            patch.setattr(leads, "named_in", lambda *_: frozenset())
            before, *_ = both_ways(root, THIRD, AFTER)
        began, quick, slow = both_ways(root, THIRD, AFTER)
        assert quick == slow
        if before != SECOND.text and began == SECOND.text:
            return
    raise AssertionError("no history reached back")


@pytest.mark.parametrize("again", [0, 0.5, 0.9])
def test_runs_are_given_up_where_they_cost_more_than_they_save(
    tidy: Path, monkeypatch: pytest.MonkeyPatch, again: float
) -> None:
    root = copied(tidy, "open", *MONTHS[:2])
    monkeypatch.setattr(leads, "_AGAIN", again)
    began, quick, slow = both_ways(root, THIRD, AFTER)
    assert (began, quick) == (ALL, slow)


def test_a_month_that_is_not_over_is_no_run(tidy: Path) -> None:
    """Seen on 25 October, November's sheet stands on September alone."""
    began, quick, slow = both_ways(copied(tidy, "open", *MONTHS[:2]), THIRD, dt.date(2026, 10, 25))
    assert began in {FIRST.text, ALL}
    assert quick == slow


def test_a_byte_changed_in_any_open_file_brings_the_whole_text_back(tidy: Path) -> None:
    """One byte, in turn in each journal file of the three months, and a file that is no journal."""
    root = copied(tidy, "open", *MONTHS[:2])
    files = [path for month in MONTHS for path in (root / "journals" / month.text).iterdir()]
    assert len(files) > 10
    for path in files:
        raw = path.read_bytes()
        half = len(raw) // 2
        path.write_bytes(raw[:half] + b"\x00" + raw[half + 1 :])
        began, quick, slow = both_ways(root, THIRD, AFTER)
        assert (began, quick) == (ALL, slow), path
        assert any(one.code.startswith("JRN") for one in slow.findings), path
        path.write_bytes(raw)
    (root / "journals" / "note.txt").write_text("?")
    assert both_ways(root, THIRD, AFTER)[0] == ALL


def test_damage_in_a_month_that_left_nothing_is_found_in_the_end(tidy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second month is read with the third, as behind a run that was tried in vain."""
    root = copied(tidy, "open", *MONTHS[:2])
    made = Leads._kept
    monkeypatch.setattr(Leads, "_kept", lambda self, name: made(self, name) if name == FIRST.text else None)
    assert both_ways(root, THIRD, AFTER)[0] == FIRST.text
    path = next((root / "journals" / SECOND.text).glob("sales.*"))
    path.write_bytes(path.read_bytes()[:-9])
    began, quick, slow = both_ways(root, THIRD, AFTER)
    assert (began, quick) == (ALL, slow)


def test_a_seal_that_is_gone_is_told_though_its_month_is_not_read_again(tidy: Path) -> None:
    """Somebody deletes both closings; this machine has seen them."""
    book = Book(tidy, Later())
    for month in MONTHS[:2]:
        note_closing(book, month.text)
    book.close()
    shutil.rmtree(tidy / "closings")
    began, quick, slow = both_ways(tidy, THIRD, AFTER)
    assert (began, quick) == (SECOND.text, slow)
    assert len([one for one in quick.findings if one.code == "CLS-01"]) == len(MONTHS[:2])
