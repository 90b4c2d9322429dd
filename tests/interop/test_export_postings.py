"""hledger, ledger and beancount reach our balances per account and month from ``gb export``, and so does the six-point sheet."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ledger.book.open import Book
from ledger.book.text import read_all
from ledger.core import postings
from ledger.reports.postings import beancount_account
from tests.cli.counter import Counter, gb, open_counter
from tests.forge import Forge
from tests.interop.peers import PEERS, Peer, by_postings, by_sheet, is_beancount_name, months_of, on_the_sheet
from tests.interop.test_schemas import keep
from tests.property.histories import World

ROOT = Path(__file__).resolve().parents[2]
SEEDS = 50
STEPS = 60


def exported(book: Path, form: str, *more: str) -> str:
    done = gb("export", form, "--book", str(book), "--lang", "en", *more)
    assert (done.code, done.err) == (0, "")
    return done.out


def agrees(book: Book, peer: Peer, folder: Path) -> None:
    """The outside program's balances are ours, by the postings and by the figures of every month's sheet."""
    file = folder / f"all.{peer.form}"
    file.write_text(exported(book.root, peer.form), encoding="utf-8")
    ours, theirs = by_postings(book), peer.ask(file)
    assert theirs == peer.named(ours)
    for month in months_of(ours):
        sheet = by_sheet(book, month)
        assert peer.named(on_the_sheet(ours, month, sheet)) == peer.named(sheet), month
        file.write_text(exported(book.root, peer.form, "--month", month), encoding="utf-8")
        assert peer.ask(file) == {key: sum_ for key, sum_ in theirs.items() if key[0] == month}


def example(folder: Path) -> Book:
    shutil.copytree(ROOT / "examples/book", folder, ignore=shutil.ignore_patterns(".gb"))
    return Book(folder)


@pytest.mark.parametrize("made", [example, keep], ids=["the example book", "every kind"])
@pytest.mark.parametrize("peer", PEERS)
def test_outside_programs_reach_our_balances(peer: Peer, made: Callable[[Path], Book], tmp_path: Path) -> None:
    peer.or_skip()
    agrees(made(tmp_path / "book"), peer, tmp_path)


@pytest.fixture(scope="module")
def histories(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Random books of two terminals over two months, with reversals of the month before among them."""
    folder = tmp_path_factory.mktemp("histories")
    for seed in range(SEEDS):
        World(folder / str(seed), 7000 + seed).run(STEPS).close()
    return [folder / str(seed) for seed in range(SEEDS)]


@pytest.mark.parametrize("peer", PEERS)
def test_outside_programs_reach_the_balances_of_random_books(peer: Peer, histories: list[Path], tmp_path: Path) -> None:
    peer.or_skip()
    for root in histories:
        book = Book(root)
        try:
            agrees(book, peer, tmp_path)
        except AssertionError as error:
            raise AssertionError(f"history in {root}") from error
        finally:
            book.close()


def test_the_histories_hold_corrections_of_earlier_months(histories: list[Path]) -> None:
    """Else the prior-period accounts would not have been tried."""
    accounts: set[str] = set()
    for root in histories:
        accounts |= {account for _, account, _ in by_postings(Book(root))}
    assert {postings.PRIOR, postings.PRIOR_MONEY} <= accounts


# -- the text itself -----------------------------------------------------------------------------------------------------


@pytest.fixture
def at(tmp_path: Path) -> Counter:
    """A sale of five sheets for 500.00 and its reversal."""
    counter = open_counter(tmp_path)
    sale = counter.done(
        "sale", "cash", "--client", "C001", "--vouchers", "A0010001+5", "--amount", "500", "--json"
    ).json
    counter.done("reverse", sale["id"], "--reason", "wrong client", "--by", "li")
    return counter


def test_hledgers_text(at: Counter) -> None:
    assert at.done("export", "hledger").out.endswith(
        """\
2026-10-08 (SA20261008-K1-0001) sale C001
    vouchers:safe  -5 "V100"
    vouchers:sold  5 "V100"
    assets:cash  500.00 CNY
    liabilities:vouchers  -500.00 CNY

2026-10-08 (SA20261008-K1-0002) reversal of sale
    vouchers:safe  5 "V100"
    vouchers:sold  -5 "V100"
    assets:cash  -500.00 CNY
    liabilities:vouchers  500.00 CNY

"""
    )


def test_beancounts_text(at: Counter) -> None:
    assert at.done("export", "beancount").out.endswith(
        """\
1970-01-01 open Equity:Vouchers:Sold
1970-01-01 open Assets:Cash
1970-01-01 open Liabilities:Vouchers
2026-10-08 * "C001" "sale" ^SA20261008-K1-0001
  Assets:Vouchers:Safe  -5 V100
  Equity:Vouchers:Sold  5 V100
  Assets:Cash  500.00 CNY
  Liabilities:Vouchers  -500.00 CNY

2026-10-08 * "reversal of sale" ^SA20261008-K1-0002
  Assets:Vouchers:Safe  5 V100
  Equity:Vouchers:Sold  -5 V100
  Assets:Cash  -500.00 CNY
  Liabilities:Vouchers  500.00 CNY

"""
    )


@pytest.mark.parametrize("form", [("hledger",), ("beancount",), ("csv", "sales")])
def test_an_export_has_no_json(at: Counter, form: tuple[str, ...]) -> None:
    """With --json standard output is one JSON value; what to type instead works."""
    refused = at("export", *form, "--json")
    assert (refused.code, refused.out, json.loads(refused.err)["error"]["code"]) == (2, "", "USE-01")
    assert at.done("export", *form).out


def test_nothing_is_written_and_no_month_is_empty_text(at: Counter) -> None:
    before = at.files()
    assert at.done("export", "hledger", "--month", "2026-09").out == ""
    assert at.files() == before


@pytest.mark.parametrize("form", ["hledger", "beancount"])
def test_what_does_not_read_is_said_and_fails(at: Counter, form: str) -> None:
    """A broken line in the middle: what reads is printed, what is missing is told on stderr."""
    file = at.book / "journals/2026-10/sales.K1.csv"
    lines = file.read_bytes().split(b"\n")
    lines[1] = lines[1].replace(b"500.00", b"5e2", 1)
    file.write_bytes(b"\n".join(lines))
    done = at("export", form)
    assert done.code == 1
    assert "0002" in done.out
    assert "0001) sale C001" not in done.out
    assert "gb check JRN" in done.err


@pytest.mark.parametrize("form", [("hledger",), ("beancount",), ("csv", "sales")])
def test_what_came_late_into_a_closed_month_is_left_out_and_said(form: tuple[str, ...], tmp_path: Path) -> None:
    """A sale behind the sealed bytes of September counts in no figure until it is adopted (CLS-03)."""
    book = example(tmp_path / "book")
    before = gb("export", *form, "--book", str(book.root)).out
    forge = Forge(book.root, book.settings.book)
    sale = next(one.record for one in read_all(book)[0] if one.file == "journals/2026-09/sales.K2.csv")
    late = forge.add(sale.id, "K2", sale.at.replace(day=30, hour=20))
    done = gb("export", *form, "--book", str(book.root), "--lang", "en")
    assert (done.code, done.out) == (1, before)
    assert late not in done.out
    assert "1 record came late" in done.err
    assert "gb check CLS-03" in done.err


def test_what_came_late_and_was_adopted_is_not_missed(tmp_path: Path) -> None:
    """A call of September that came behind the seal: told until somebody with that act has taken it in."""
    book = example(tmp_path / "book")
    call = next(one.record for one in read_all(book)[0] if one.file == "journals/2026-09/visits.K1.yaml")
    late = Forge(book.root, book.settings.book).add(call.id, "K1", call.at.replace(day=30, hour=20))
    run = ("--book", str(book.root), "--lang", "en")
    assert gb("export", "hledger", *run).code == 1
    adopt = ("adopt", late, "--reason", "合并晚到", "--by", "wu", "--terminal", "K1", "--at", "2026-11-02 10:00")
    adopted = gb(*adopt, *run)
    assert adopted.code == 0, adopted
    done = gb("export", "hledger", *run)
    assert (done.code, done.err) == (0, "")


def _accounts() -> Iterator[str]:
    for name, value in vars(postings).items():
        if name.isupper() and isinstance(value, str) and ":" in value:
            yield value + ("wechat" if value.endswith(":") else "")


@pytest.mark.parametrize("account", sorted(set(_accounts())))
def test_every_account_is_legal_in_beancount_and_stays_itself(account: str) -> None:
    named = beancount_account(account)
    assert is_beancount_name(named)
    assert named.lower().replace("income:", "revenues:").removeprefix("assets:").removeprefix("equity:") in (
        account,
        account.removeprefix("assets:").removeprefix("equity:"),
    )
