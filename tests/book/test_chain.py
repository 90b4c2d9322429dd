"""Many stores as one: real books, a real Dask cluster of several processes, one of them killed in mid-run."""

from __future__ import annotations

import itertools
import json
import os
import pickle
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ledger.book.chain import Answer, Task, consolidated, fold_store
from ledger.book.cluster import DaskPool
from ledger.book.open import Book
from ledger.core.dates import Month
from ledger.core.errors import Unreadable
from ledger.core.findings import trouble
from ledger.core.spans import parse_spans
from ledger.core.words import LANGS, Lang, Words
from ledger.reports.chain import ChainReport, as_text, json_pieces, told, unpacked
from ledger.reports.table import width
from tests.book.counter import Counter as Desk
from tests.cli.counter import gb
from tests.property import histories

ROOT = Path(__file__).resolve().parents[2]
MONTH = Month.parse("2026-10")
AT = "2026-10-31 18:00"
STORES = 60 if os.environ.get("GB_STRESS") else 8


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The example store and random ones, each a book of its own, with findings of many kinds."""
    folder = tmp_path_factory.mktemp("chain")
    shutil.copytree(ROOT / "examples/book", folder / "s0", ignore=shutil.ignore_patterns(".gb"))
    with pytest.MonkeyPatch.context() as patch:
        for number in range(1, STORES):
            patch.setattr(histories, "BOOK_ID", f"{number:032x}")
            histories.World(folder / f"s{number}", 900 + number).run(60).close()
    for path in folder.glob("s*/.gb"):
        shutil.rmtree(path)
    return [str(folder / f"s{number}") for number in range(STORES)]


def as_json(report: ChainReport, lang: Lang) -> Any:
    """What the command prints with ``--json``."""
    return json.loads("".join(json_pieces(report, lang)))


class Here:
    """A pool that folds in this process, in an order of its own."""

    def __init__(self, order: Callable[[list[Task]], Iterable[Task]] = iter) -> None:
        self.order = order

    def answers(self, fold: Callable[[Task], Answer], tasks: Iterable[Task]) -> Iterator[tuple[Task, Answer | None]]:
        for task in self.order(list(tasks)):
            yield task, fold(task)


@pytest.fixture(scope="module")
def expected(stores: list[str]) -> ChainReport:
    return consolidated(stores, MONTH, Here())


@pytest.fixture
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A client of three processes; a store whose process ended is blamed at once."""
    config = pytest.importorskip("dask").config
    distributed = pytest.importorskip("distributed")
    with (
        config.set({"distributed.scheduler.allowed-failures": 0}),
        distributed.LocalCluster(
            n_workers=3,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            silence_logs=50,
        ) as local,
        distributed.Client(local, set_as_default=False) as client,
    ):
        yield client


def process_ids(client: Any) -> set[int]:
    return set(client.run(os.getpid).values())


# -- the sums ------------------------------------------------------------------------------------------------------------


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Decimal]]:
    """Every figure of a sheet's JSON with its path; the faces by their value."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from leaves(one, (*path, name))
    elif (isinstance(value, int) and not isinstance(value, bool)) or (
        isinstance(value, str) and value.lstrip("-").replace(".", "", 1).isdigit() and "." in value
    ):
        yield path, Decimal(value)


FIGURES = ("total", "sales", "tie_out", "rebates", "cash", "open_items", "cheques")


def figures_of(sheet: dict[str, Any]) -> dict[tuple[str, ...], Decimal]:
    by_face = {one["face"]: {name: n for name, n in one.items() if name != "face"} for one in sheet["faces"]}
    found = leaves({"faces": by_face, **{name: sheet[name] for name in FIGURES if name in sheet}})
    return {path: figure for path, figure in found if "counted" not in path}


def test_every_figure_is_the_sum_of_the_stores_own_sheets(stores: list[str], expected: ChainReport) -> None:
    """The sums are made here, over what ``gb reconcile --json`` prints of each store."""
    total: dict[tuple[str, ...], Decimal] = {}
    for store in stores:
        sheet = gb("reconcile", "--month", MONTH.text, "--book", store, "--json", "--lang", "en").json
        for path, figure in figures_of(sheet).items():
            total[path] = total.get(path, Decimal(0)) + figure
    ours = figures_of(as_json(expected, "en"))
    assert len(ours) > 150
    assert {path: one for path, one in total.items() if path not in ours and one} == {}, "no figure is lost"
    assert {path: total.get(path) for path in ours} == ours


def test_a_thousand_findings_take_little_room() -> None:
    """As of a store that has not marked a day in two years: they are kept packed, and come out as they went in."""
    found = [
        trouble(
            "DAY-01",
            Words(f"第{n}天没有日终", f"day {n} has no day-end"),
            subject=f"{n}",
            next=(f"gb day --mark --date {n}",),
        )
        for n in range(1000)
    ]
    held = told(found)
    assert unpacked(held["packed"]) == tuple(found)
    assert len(held["packed"]) < 15 * len(found)


def test_who_is_done_first_does_not_matter(stores: list[str], expected: ChainReport) -> None:
    chance = random.Random(8)
    for _ in range(5):
        shuffled = Here(lambda tasks: chance.sample(tasks, len(tasks)))
        again = consolidated(stores, MONTH, shuffled)
        assert as_text(again, "en") == as_text(expected, "en")
        assert as_json(again, "zh") == as_json(expected, "zh")


def test_not_counted_is_not_zero(tmp_path: Path) -> None:
    """Two stores of 500 sheets of the face 100; one is counted, then both."""
    desks = [Desk(tmp_path / name) for name in ("a", "b")]
    places = [str(one.book.root) for one in desks]

    def counted() -> Any:
        return as_json(consolidated(places, MONTH, Here()), "en")["faces"][0]["counted"]

    for desk, after in zip(desks, (None, 1000), strict=True):
        desk.add("custody", "count", spans=parse_spans("A0010001-A0010500"), second="sun")
        assert counted() == after


def test_a_store_hands_back_as_little_however_much_it_sells(tmp_path: Path) -> None:
    """What travels and stays in memory is the same for 3 sales and for 60."""
    sizes = []
    for name, sales in (("few", 3), ("many", 60)):
        desk = Desk(tmp_path / name)
        for number in range(sales):
            desk.sell(f"A{10001 + number:07d}")
        answer = fold_store(Task(0, "x", str(desk.book.root), MONTH.text, None))
        assert answer.sheet is not None
        assert answer.sheet.sales.count == sales
        bare = msgspec.structs.replace(answer, line=msgspec.structs.replace(answer.line, packed=b""))
        sizes.append(len(pickle.dumps(bare)))
    assert abs(sizes[0] - sizes[1]) < 60, sizes


# -- stores that are not in the sums -------------------------------------------------------------------------------------


def changed(folder: Path, old: str, new: str) -> None:
    settings = folder / "gb.yaml"
    text = settings.read_text(encoding="utf-8")
    assert text.count(old) == 1
    settings.write_text(text.replace(old, new), encoding="utf-8")


def copied(store: str, folder: Path) -> Path:
    shutil.copytree(store, folder)
    return folder


def spoil_settings(folder: Path) -> None:
    changed(folder, 'format: "1"', 'format: "9"')


def spoil_rules(folder: Path) -> None:
    (folder / "rules.yaml").write_text("roles: [", encoding="utf-8")


def take_settings(folder: Path) -> None:
    (folder / "gb.yaml").unlink()


def other_currency(folder: Path) -> None:
    changed(folder, 'currency: "CNY"', 'currency: "HKD"')


@pytest.mark.parametrize(
    ("spoil", "code"),
    [(spoil_settings, "JRN-05"), (spoil_rules, "RUL-01"), (take_settings, "JRN-03"), (other_currency, "CHN-02")],
)
def test_a_store_that_cannot_be_added_is_named_and_hides_no_other(
    spoil: Callable[[Path], None], code: str, stores: list[str], tmp_path: Path
) -> None:
    bad = copied(stores[3], tmp_path / "bad")
    spoil(bad)
    places = [stores[1], str(bad), stores[2]]
    found = consolidated(places, MONTH, Here())
    without = consolidated([stores[1], stores[2]], MONTH, Here())
    assert found.sheet == without.sheet
    assert [line.place for line in found.lines] == places
    [why] = found.lines[1].findings
    assert (why.code, why.severity, found.lines[1].added, found.failed) == (code, "error", False, True)
    for lang in LANGS:
        assert str(bad) in as_text(found, lang)


def test_a_damaged_journal_counts_as_on_its_own_sheet(stores: list[str], tmp_path: Path) -> None:
    """A line that does not read is that store's finding; its other records, and the other stores, are added."""
    bad = copied(stores[0], tmp_path / "bad")
    file = bad / "journals/2026-10/sales.K2.csv"
    file.write_bytes(file.read_bytes().replace(b",sale,", b",sold,", 1))
    found = consolidated([str(bad), stores[1]], MONTH, Here())
    alone = gb("reconcile", "--month", MONTH.text, "--book", str(bad), "--json", "--lang", "en").json
    told = [one for one in as_json(found, "en")["findings"] if one["book"] == str(bad)]
    assert [(one["code"], one["where"]) for one in told] == [(one["code"], one["where"]) for one in alone["findings"]]
    assert {"JRN-05"} & {one["code"] for one in told}
    assert [line.added for line in found.lines] == [True, True]


def test_the_same_book_is_added_once(stores: list[str], tmp_path: Path) -> None:
    """As with a pattern that also matches a backup."""
    backup = str(copied(stores[1], tmp_path / "backup"))
    for order in itertools.permutations([stores[1], stores[2], backup]):
        found = consolidated(order, MONTH, Here(reversed))
        assert found.sheet == consolidated([stores[1], stores[2]], MONTH, Here()).sheet
        first, second = [place for place in order if place != stores[2]]
        [line] = [line for line in found.lines if not line.added]
        assert (line.place, [one.code for one in line.findings]) == (second, ["CHN-01"])
        assert first in line.findings[0].words.en


def test_a_bug_in_one_store_hides_no_other(stores: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Book, *_: Any) -> Any:
        raise ZeroDivisionError("odd")

    task = Task(0, "store", stores[1], MONTH.text, None)
    monkeypatch.setattr("ledger.book.chain.reconcile", broken)
    answer = fold_store(task)
    assert (answer.sheet, [one.code for one in answer.line.findings]) == (None, ["BUG-01"])


def test_another_version_is_not_added(stores: list[str]) -> None:
    answer = fold_store(Task(0, "store", stores[1], MONTH.text, None, "0.0.9"))
    assert (answer.sheet, [one.code for one in answer.line.findings]) == (None, ["CHN-04"])


# -- several processes ---------------------------------------------------------------------------------------------------


def test_several_processes_come_to_the_same(dask: Any, stores: list[str], expected: ChainReport) -> None:
    found = consolidated(stores, MONTH, DaskPool(dask))
    assert as_json(found, "en") == as_json(expected, "en")


def test_a_process_that_is_killed_in_mid_run_loses_nothing(dask: Any, stores: list[str], expected: ChainReport) -> None:
    """Kill -9 of one of three processes when the first store is done; its stores go to the others."""
    before = process_ids(dask)
    killed: list[int] = []

    def kill_one(_: int) -> None:
        if not killed:
            killed.append(min(before))
            os.kill(killed[0], signal.SIGKILL)

    found = consolidated(stores, MONTH, DaskPool(dask), tick=kill_one)
    assert as_json(found, "en") == as_json(expected, "en")
    assert killed[0] not in process_ids(dask)


def fold_or_die(task: Task) -> Answer:
    """A store that ends whatever process reads it, as one without memory would."""
    if task.root.endswith("s2"):
        os.kill(os.getpid(), signal.SIGKILL)
    return fold_store(task)


def test_a_store_that_ends_every_process_is_given_up_alone(dask: Any, stores: list[str]) -> None:
    class Deadly(DaskPool):
        def answers(
            self, fold: Callable[[Task], Answer], tasks: Iterable[Task]
        ) -> Iterator[tuple[Task, Answer | None]]:
            return super().answers(fold_or_die, tasks)

    found = consolidated(stores[:5], MONTH, Deadly(dask))
    without = [store for number, store in enumerate(stores[:5]) if number != 2]
    assert found.sheet == consolidated(without, MONTH, Here()).sheet
    [line] = [line for line in found.lines if not line.added]
    assert (line.place, [one.code for one in line.findings]) == (stores[2], ["CHN-03"])


# -- the command ---------------------------------------------------------------------------------------------------------


def tree(places: list[str]) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for place in places for path in Path(place).rglob("*") if path.is_file()}


def chain(*argv: str, language: str = "en") -> Any:
    return gb("chain", "reconcile", "--month", MONTH.text, *argv, "--lang", language, "--at", AT)


def test_the_command_on_a_cluster_by_its_address(dask: Any, stores: list[str]) -> None:
    """A pattern finds the stores; the exit code is that of the worst; nothing is written; pages hold 80 columns."""
    address = dask.scheduler.address
    pattern = f"{Path(stores[0]).parent}/s*"
    before = tree(stores)
    found = chain(pattern, "--scheduler", address, "--json")
    assert found.json["stores"] == found.json["added"] == STORES
    assert found.code == int(any(line["errors"] for line in found.json["lines"])) == 1
    assert chain(stores[0], "--scheduler", address).code == 0
    for language in ("zh", "en"):
        shown = chain(pattern, "--scheduler", address, language=language)
        assert (shown.code, shown.err) == (1, "")
        assert max(map(width, shown.out.splitlines())) <= 80
        assert [place for place in stores if place not in shown.out.replace("\n    ", "")] in ([], [stores[0]])
    assert tree(stores) == before


def test_the_hints_name_the_store(stores: list[str], expected: ChainReport) -> None:
    told = [one for one in as_json(expected, "en")["findings"] if one["next"]]
    assert told
    for one in told:
        for command in one["next"]:
            assert not command.startswith("gb ") or command.startswith(f"gb --book {one['book']} "), command


def test_the_program_with_processes_of_its_own(stores: list[str], expected: ChainReport) -> None:
    pytest.importorskip("distributed")
    argv = ["chain", "reconcile", "--month", MONTH.text, "--workers", "2", "--json", "--lang", "en", *stores[:3]]
    done = subprocess.run(
        [sys.executable, "-c", "from cli.main import run; run()", *argv], cwd=ROOT, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "")
    found = json.loads(done.stdout)
    assert [line["digest"] for line in found["lines"]] == [line.digest for line in expected.lines[:3]]


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense", "odd://127.0.0.1:1"])
def test_nobody_at_the_address(stores: list[str], address: str) -> None:
    """A process of its own: nothing is said but that, not even when the program ends."""
    pytest.importorskip("distributed")
    run = "from ledger.book import cluster; cluster.PATIENCE = 0.3; from cli.main import run; run()"
    argv = ("chain", "reconcile", "--month", MONTH.text, stores[0], "--scheduler", address, "--json", "--lang", "en")
    done = subprocess.run([sys.executable, "-c", run, *argv], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, json.loads(done.stderr)["error"]["code"], done.stdout) == (4, "CHN-06", "")


def test_a_cluster_that_goes_away_is_told(dask: Any, stores: list[str]) -> None:
    """Its scheduler is closed when the first store is done: there is no half of a result."""
    with pytest.raises(Unreadable) as told:
        consolidated(stores, MONTH, DaskPool(dask), tick=lambda _: dask.cluster.close())
    assert (told.value.code, told.value.exit_code) == ("CHN-06", 4)


def test_without_dask_the_extra_is_named(stores: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    found = chain(stores[0])
    assert (found.code, found.error) == (3, "CHN-05")
    assert "gb-ledger[chain]" in found.err


@pytest.mark.parametrize("typed", [(), ("/nowhere/*",)])
def test_no_store_is_an_error(typed: tuple[str, ...]) -> None:
    found = chain(*typed)
    assert (found.code, found.error) == (2, "USE-01")


def test_no_store_that_reads_is_still_told(tmp_path: Path, dask: Any) -> None:
    found = chain(str(tmp_path), "--scheduler", dask.scheduler.address)
    assert found.code == 1
    assert str(tmp_path) in found.out


def test_the_benchmark_runs_and_its_runs_agree() -> None:
    """In small: four stores of ten sales."""
    pytest.importorskip("distributed")
    argv = [sys.executable, str(ROOT / "benchmarks/chain.py"), "4", "10"]
    done = subprocess.run(
        argv, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "4 stores, 2 processes" in done.stdout
