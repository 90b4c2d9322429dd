"""What stands outside a closing: no command seals, signs or passes over what verification calls broken.

The shop: August and September closed by the real commands in a git repository, both signed on paper; October open, its
one day marked, and over.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.audit.seal import parse_seal, seal_digest, short
from ledger.book.verified import AUDITED
from tests.audit.small import close
from tests.cli.counter import BOOK_ID, Counter, Result, begin, english_again
from tests.forge import Forge

AUGUST, SEPTEMBER, OCTOBER = "2026-08", "2026-09", "2026-10"
SALES = "journals/2026-10/sales.K1.csv"


class Shop(Counter):
    """The counter in a repository, with its seals."""

    def git(self, *words: str) -> str:
        identity = ("-c", "user.name=t", "-c", "user.email=t@localhost")
        return subprocess.run(
            ["git", "-C", str(self.book), *identity, *words], capture_output=True, text=True, check=True
        ).stdout

    def digest(self, month: str) -> str:
        return seal_digest((self.book / f"closings/{month}/closing.yaml").read_bytes())

    def forge(self) -> Forge:
        return Forge(self.book, BOOK_ID)

    def forget(self, home: Path, patch: pytest.MonkeyPatch) -> None:
        """As another machine, which has seen nothing."""
        patch.setenv("XDG_STATE_HOME", str(home))


@pytest.fixture(autouse=True)
def _languages() -> Iterator[None]:
    yield
    english_again()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("outside")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        patch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
        build(folder / "book")
    english_again()
    return folder / "book"


def build(book: Path) -> None:
    made = begin(book, "2026-08-08")
    at = Shop(made.book, day=made.day)
    at.git("init", "--quiet")
    at.done("operator", "add", "chen", "--name", "陈会计", "--role", "finance", by="li")
    at.done("client", "add", "--unit", "东风厂", "--kind", "enterprise", "--code", "C001")
    asked = at.done("request", "voucher", "20x100", "--reason", "备券", "--json").json["id"]
    at.done("request", "approve", asked, by="li")
    at.done(
        "voucher", "receive", "A0001-A0020", "--face", "100", "--request", asked, "--finance", "陈会计", "--stamped"
    )
    for number, (day, after, month) in enumerate(
        (("2026-08-08", "2026-09-02", AUGUST), ("2026-09-08", "2026-10-02", SEPTEMBER)), 1
    ):
        at.day, at.minute = day, 60
        sell_and_mark(at, number)
        at.day, at.minute = after, 0
        at.done("close", "--month", month, by="li")
        at.done("sign", "--month", month, "--as", "department", "--paper", "李梅", by="li")
        at.done("sign", "--month", month, "--as", "finance", "--paper", "陈会计", by="chen")
    at.day, at.minute = "2026-10-08", 0
    sell_and_mark(at, 3)


def sell_and_mark(at: Shop, number: int) -> None:
    for step in (0, 1, 2):
        at.done("sale", "cash", "--client", "C001", "--vouchers", f"A00{number * 3 + step - 2:02d}", "--amount", "100")
    at.done("voucher", "count", f"A00{number * 3 + 1:02d}-A0020", "--second", "陈会计")
    at.done("day", "--mark", by="li")


@pytest.fixture(params=["zh", "en"])
def shop(template: Path, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Shop:
    shutil.copytree(template, tmp_path / "book", ignore=shutil.ignore_patterns(".gb"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    return Shop(tmp_path / "book", day="2026-11-02", language=request.param)


@pytest.fixture
def bare(shop: Shop) -> Shop:
    """The same without git: only what was seen, and the seals themselves, can tell."""
    shutil.rmtree(shop.book / ".git")
    return shop


def cut(shop: Shop, records: int = 2) -> None:
    """The last records of October's sales taken away, the file otherwise whole."""
    path = shop.book / SALES
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-records]))


def resealed(shop: Shop, month: str) -> None:
    """A sale of the month rewritten, its chain anew, the seal made anew over it."""
    day = f"{month}-08".replace("-", "")
    shop.forge().change(f"SA{day}-K1-0002", note="changed")
    old = parse_seal((shop.book / f"closings/{month}/closing.yaml").read_bytes())
    (shop.book / f"closings/{month}/closing.yaml").unlink()
    close(shop.book, month, book=BOOK_ID, at=old.at, digest=old.digest)


def paste(shop: Shop, command: str) -> None:
    """A git command behind ``next:``, as a shell runs it."""
    subprocess.run(shlex.split(command), check=True, capture_output=True)


def codes(ran: Result) -> list[str]:
    return sorted(AUDITED & {one["code"] for one in ran.json["findings"]})


def blocked(shop: Shop) -> list[str]:
    """What verification alone judges, as preclose lists it for October; close refuses and writes nothing."""
    listed = shop("preclose", "--month", OCTOBER, "--json")
    before = shop.files()
    refused = shop("close", "--month", OCTOBER, by="li")
    assert (listed.code, refused.code) == (1, 3), (listed, refused)
    assert shop.files() == before
    found = [one["code"] for one in listed.json["blocks"]]
    assert refused.error in found
    return sorted(AUDITED & set(found))


def test_a_sound_book_closes(shop: Shop) -> None:
    assert shop.done("preclose", "--month", OCTOBER)
    shop.done("close", "--month", OCTOBER, by="li")
    shop.done("verify")


def test_records_cut_behind_the_day_end_keep_the_month_open(shop: Shop) -> None:
    """H1: three sales marked, two cut off.  check, preclose and close say what verify says: JRN-10."""
    cut(shop)
    assert shop("verify").code == 1
    assert blocked(shop) == ["JRN-10"]
    checked = shop("check", "--json")
    assert (checked.code, codes(checked)) == (1, ["JRN-10"])
    (found,) = [one for one in checked.json["findings"] if one["code"] == "JRN-10"]
    assert found["where"][0]["file"] == SALES
    assert any(text in found["message"] for text in ("has 1 record; 3 were there at", "有 1 条记录"))


def test_records_rewritten_behind_the_day_end_keep_the_month_open(shop: Shop) -> None:
    """H1: the last of the marked sales edited, the chain computed anew."""
    shop.forge().change("SA20261008-K1-0003", note="changed")
    assert blocked(shop) == ["JRN-10"]


def test_no_answer_lets_a_lost_record_pass(shop: Shop) -> None:
    cut(shop)
    refused = shop("accept", "JRN-10", SALES, "--reason", "x", by="li")
    assert refused.code == 3
    assert blocked(shop) == ["JRN-10"]


def test_lost_records_that_no_copy_has_are_given_up_by_name(shop: Shop) -> None:
    """The mark undone and made again, each with who and why: then the book verifies, and the loss stays in the journal."""
    cut(shop)
    shop.done("reverse", "CA20261008-K1-0001", "--reason", "两笔丢失，无备份", by="li")
    shop.done("day", "--mark", "--date", "2026-10-08", "--reason", "两笔丢失，无备份", by="li")
    shop.done("verify")
    assert "JRN-10" not in codes(shop("check", "--json"))


def test_a_month_sealed_anew_keeps_the_next_one_open(bare: Shop) -> None:
    """H2: September resealed over a changed sale; October's close would have made it its own past."""
    resealed(bare, SEPTEMBER)
    assert blocked(bare) == ["CLS-01", "CLS-05"]  # the day-end mark behind which it was rewritten, and both signatures
    checked = bare("check", "--json")
    assert (checked.code, codes(checked)) == (1, ["CLS-01", "CLS-05"])


def test_nobody_signs_on_top_of_a_month_sealed_anew(bare: Shop) -> None:
    """H2: October closed first, then August resealed: September names another seal, so October is not signed."""
    bare.done("close", "--month", OCTOBER, by="li")
    resealed(bare, AUGUST)
    refused = bare("sign", "--month", OCTOBER, "--as", "finance", "--paper", "陈会计", by="chen")
    assert (refused.code, refused.error) == (3, "CLS-01")
    assert not (bare.book / f"closings/{OCTOBER}/finance.signature.yaml").exists()


def test_trouble_of_a_later_month_keeps_nobody_from_signing(bare: Shop) -> None:
    """November's journal is cut behind its mark: October is none the worse."""
    bare.done("close", "--month", OCTOBER, by="li")
    bare.day = "2026-11-03"
    for serial in ("A0010", "A0011"):
        bare.done("sale", "cash", "--client", "C001", "--vouchers", serial, "--amount", "100")
    bare.done("day", "--mark", by="li")
    sales = bare.book / "journals/2026-11/sales.K1.csv"
    sales.write_bytes(b"".join(sales.read_bytes().splitlines(keepends=True)[:-1]))
    assert bare("verify").code == 1
    bare.done("sign", "--month", OCTOBER, "--as", "finance", "--paper", "陈会计", by="chen")


# -- a month is sealed once ------------------------------------------------------------------------------------------


def gone(shop: Shop, month: str, *, why: str) -> Result:
    """The closing taken away: closing it, or the next month, is refused as sealed before."""
    before = shop.files()
    refused = shop("close", "--month", month, by="li")
    assert (refused.code, refused.error) == (3, "CLS-01"), refused
    assert why in refused.err, refused.err
    assert shop.files() == before
    return refused


def test_a_removed_closing_comes_back_from_git(shop: Shop) -> None:
    """H5: removed and committed; git knows it, and the refusal's own command restores seal and signatures."""
    digest = shop.digest(SEPTEMBER)
    shop.git("rm", "-r", "--quiet", f"closings/{SEPTEMBER}")
    shop.git("commit", "--quiet", "-m", "gone")
    refused = gone(shop, SEPTEMBER, why=short(digest))
    assert gone(shop, OCTOBER, why=short(digest)).next[0] == refused.next[0]
    assert shop("verify").code == 1
    paste(shop, refused.next[0])
    assert shop.digest(SEPTEMBER) == digest
    shop.done("verify")
    shop.done("close", "--month", OCTOBER, by="li")


def test_a_removed_closing_that_this_machine_has_seen(bare: Shop) -> None:
    """H5: without git, on a machine that verified the book."""
    bare.done("verify")
    shutil.rmtree(bare.book / f"closings/{SEPTEMBER}")
    gone(bare, SEPTEMBER, why="见过" if bare.language == "zh" else "seen")


def test_a_removed_closing_that_the_next_seal_names(bare: Shop) -> None:
    """H5: without git or memory August's seal is named by September's, whose `previous` it is."""
    shutil.rmtree(bare.book / f"closings/{AUGUST}")
    gone(bare, AUGUST, why=SEPTEMBER)


def test_the_next_seal_tells_of_the_missing_month(bare: Shop) -> None:
    """H9, M5: asked for the month that is gone, for the one that names it, or for all: missing.  check says it once."""
    shutil.rmtree(bare.book / f"closings/{AUGUST}")
    for month in (("--month", AUGUST), ("--month", SEPTEMBER), ()):
        found = bare("verify", *month, "--json")
        assert found.code == 1
        (one,) = found.json["completeness"]["findings"]
        assert (one["code"], one["subject"]) == ("CLS-01", AUGUST)
    found = bare("check", "--json").json["findings"]
    assert [one["subject"] for one in found if one["code"] == "CLS-01"] == [AUGUST]
    assert not {"CLS-03", "REC-02"} & {one["code"] for one in found}


def test_the_machine_that_closed_a_month_has_seen_it(bare: Shop) -> None:
    """H5: nobody ran verify since; the close itself was seen."""
    bare.done("close", "--month", OCTOBER, by="li")
    shutil.rmtree(bare.book / f"closings/{OCTOBER}")
    gone(bare, OCTOBER, why="见过" if bare.language == "zh" else "seen")


# -- a side signs once -------------------------------------------------------------------------------------------------


def unsign(shop: Shop, side: str = "finance") -> None:
    for path in (shop.book / f"closings/{SEPTEMBER}").glob(f"{side}.sig*"):
        path.unlink()


@pytest.mark.parametrize("memory", ["git", "committed", "seen"])
def test_a_removed_signature_is_missed(shop: Shop, memory: str) -> None:
    """H4: git (removed in the folder, or by a commit) or the note tells; a new one is not made in its place."""
    if memory == "seen":
        shutil.rmtree(shop.book / ".git")
        shop.done("verify")
    unsign(shop)
    if memory == "committed":
        shop.git("commit", "--quiet", "-a", "-m", "gone")
    failed = shop("verify", "--json")
    assert failed.code == 1
    (one,) = failed.json["completeness"]["findings"]
    assert (one["code"], one["subject"]) == ("CLS-05", f"{SEPTEMBER}/finance")
    assert ("不见了" if shop.language == "zh" else "is gone") in one["message"]
    assert failed.json["warnings"] == []  # it is to be restored, and nobody is told to sign
    refused = shop("sign", "--month", SEPTEMBER, "--as", "finance", "--paper", "别人", by="chen")
    assert (refused.code, refused.error) == (3, "SIG-01"), refused
    assert not list((shop.book / f"closings/{SEPTEMBER}").glob("finance.*"))
    assert shop("check", "CLS").code == 1
    if memory != "seen":
        paste(shop, refused.next[0])
        shop.done("verify")


def test_another_signature_in_the_place_of_the_seen_one_is_named(bare: Shop, tmp_path: Path) -> None:
    """H4: made by the real command on a machine that knew nothing; the one that had seen the first says so."""
    with pytest.MonkeyPatch.context() as patch:
        bare.done("verify")
        unsign(bare)
        bare.forget(tmp_path / "other", patch)
        bare.done("sign", "--month", SEPTEMBER, "--as", "finance", "--paper", "钱宁", by="chen")
        bare.done("verify")
    failed = bare("verify", "--json")
    assert failed.code == 1
    (one,) = failed.json["integrity"]["findings"]
    assert (one["code"], one["subject"]) == ("CLS-05", f"{SEPTEMBER}/finance")


# -- one month ---------------------------------------------------------------------------------------------------------


def test_a_month_that_does_not_exist_is_refused(shop: Shop) -> None:
    """H9: 2025-10, mistyped, is no month that verifies."""
    refused = shop("verify", "--month", "2025-10")
    assert (refused.code, refused.error) == (3, "REF-01")


def test_one_month_is_said_to_be_one(shop: Shop) -> None:
    """H9: the verdicts name the month, and nothing is noted as seen of a book that was not looked at."""
    cut(shop)
    found = shop.done("verify", "--month", SEPTEMBER)
    assert (f"只看 {SEPTEMBER}" if shop.language == "zh" else f"{SEPTEMBER} only") in found.out
    state = Path(shop.book.parent / "state")
    assert not list(state.rglob("seen/*"))


# -- the check says what verification says -----------------------------------------------------------------------------


def test_check_names_a_broken_signature(bare: Shop) -> None:
    """H6: finance's file edited."""
    path = bare.book / f"closings/{SEPTEMBER}/finance.signature.yaml"
    path.write_bytes(path.read_bytes().replace("陈会计".encode(), "钱会计".encode()))
    checked = bare("check", "--json")
    assert (checked.code, codes(checked)) == (1, ["CLS-05"])
    assert bare("check", "--month", AUGUST).code == 0
    assert bare("check", "CLS-05", "--month", SEPTEMBER).code == 1


def test_check_and_verify_agree_on_what_lies_in_closings(bare: Shop) -> None:
    """M15: a file, a link to a folder and a pipe that no closing wrote: the same findings from both, none told twice."""
    (bare.book / "closings/readme.txt").write_text("x")
    (bare.book / "closings/2026-07").symlink_to(SEPTEMBER)
    (bare.book / "closings/2026-11").mkdir()
    import os

    os.mkfifo(bare.book / "closings/2026-11/closing.yaml")
    told = bare("verify", "--json")
    found = [one["subject"] for one in told.json["integrity"]["findings"]]
    assert sorted(found) == ["closings/2026-07", "closings/2026-11/closing.yaml", "closings/readme.txt"]
    checked = bare("check", "CLS-01", "JRN", "--json")
    assert sorted(one["subject"] for one in checked.json["findings"]) == sorted(found)


def test_a_history_that_is_gone_was_seen(shop: Shop) -> None:
    """Its ``.git`` taken away: the commit that was noted is nowhere."""
    shop.done("verify")
    shutil.rmtree(shop.book / ".git")
    failed = shop("verify", "--json")
    assert [one["code"] for one in failed.json["completeness"]["findings"]] == ["JRN-10"]
    shop.done("verify", "--forget")


def test_the_history_is_listed_with_whole_paths(shop: Shop) -> None:
    """Each commit on a line, each of its files on one of its own that can be copied; records that do not fit stand below."""
    from ledger.reports.table import width

    listed = shop.done("verify", "--history").out.splitlines()
    assert f"    closings/{SEPTEMBER}/finance.signature.yaml" in listed
    assert max(map(width, listed)) <= 80
    assert any(line.startswith("      ") for line in listed)


def test_a_month_before_the_first_closed_one_is_said_to_be_that(shop: Shop) -> None:
    late = ("sale", "cash", "--client", "C001", "--vouchers", "A0012", "--amount", "100")
    refused = shop(*late, "--date", "2020-01-05", "--reason", "x", by="li")
    assert (refused.code, refused.error) == (3, "CLS-04")
    assert SEPTEMBER in refused.err
    assert refused.next[0].startswith(f"gb reconcile --month {SEPTEMBER}")
