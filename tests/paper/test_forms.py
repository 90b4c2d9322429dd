"""The printed forms: which there are, what stands on them, in how many copies, and what a second print says."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest

from ledger.book.open import Book
from ledger.book.printing import SHEETS
from ledger.core.forms import HEAD_WORDS
from ledger.core.paper import Later, Shown
from ledger.core.records import JOURNALS, journal
from ledger.reports.pages import Fact
from ledger.reports.paper import Behind, form_of
from tests.cli.counter import Counter, Result, english_again, open_counter
from tests.cli.start import environment
from tests.paper.forms import NAMED, declared, printed


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.hidden = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.hidden = tag == "style"

    def handle_data(self, data: str) -> None:
        if not self.hidden and data.strip():
            self.parts.append(data.strip())


def text_of(html: str) -> str:
    """What a reader sees, a blank between two boxes."""
    reader = _Text()
    reader.feed(html)
    return " ".join(reader.parts)


def pages_of(html: str) -> int:
    return html.count('<section class="page"')


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Counter]:
    counter = open_counter(tmp_path)
    counter.language = "zh"
    yield counter
    english_again()


def sold(at: Counter, *more: str) -> str:
    done = at.done("sale", "cash", "--client", "C001", "--vouchers", "A0010001-A0010050", *more, "--json")
    found: str = done.json["id"]
    return found


def html_of(at: Counter, *argv: str) -> str:
    return at.done("print", *argv, "--output", "-").out


# -- which forms there are -------------------------------------------------------------------------------------------------


def test_every_form_of_the_domain_is_declared_and_no_other() -> None:
    assert {title for _, title in declared()} == NAMED
    assert {one.words.zh for one in SHEETS.values()} == {"月对账表", "银行存款余额调节表", "盘点表（盲盘）"}


@pytest.mark.parametrize("listed", JOURNALS, ids=lambda one: one.name)
def test_what_a_form_names_is_there(listed: object) -> None:
    """A field that a form names is one of the record, or of another kind that shares the form; a total is among them."""
    for kind in journal(listed.name).kinds:  # type: ignore[attr-defined]
        own = {field.name for field in kind.fields()} | {*HEAD_WORDS}
        assert len({paper.size for paper in kind.PAPERS}) <= 1
        for paper in kind.PAPERS:
            names = [one for one in paper.fields if isinstance(one, str)]
            assert set(names) & own, (kind, paper.name)
            shown = [one.name for one in paper.fields if isinstance(one, Shown)]
            assert {*paper.totals} <= {*names, *shown}
            assert all(hasattr(kind, one.name) for one in paper.fields if isinstance(one, Shown))
            later = [one for one in paper.fields if isinstance(one, Later)]
            assert all(one.field in {f.name for f in journal(listed.name).kind(one.kind).fields()} for one in later)  # type: ignore[attr-defined]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_form_is_made_of_the_worked_month(language: str) -> None:
    """One file a form; those that the rules want twice have two copies, each with its own head, foot and page number."""
    made = printed(language)
    assert made.keys() == {name for name, _ in declared()} | SHEETS.keys()
    for name, path in made.items():
        html = path.read_text(encoding="utf-8")
        copies = len(set(re.findall(r'data-copy="(\d)"', html)))
        assert copies == (2 if name in TWICE else 1), name
        assert pages_of(html) == html.count("<footer>") == html.count("<header>")
        assert html.count('class="signs"') == copies
        assert "None" not in text_of(html), name
        assert "http" not in html, "nothing is fetched"
        assert (language == "zh") == ("共" in html.rpartition("<footer>")[2]), name


TWICE = {"request", "cheque-receipt", "deposit-slip", "notice", "rebate-slip", "handover", "month"}
"""V1, S4, N1, B2; and what two sides sign, a copy for each."""


# -- what stands on them ---------------------------------------------------------------------------------------------------


def test_the_register_and_the_receipt_of_a_sale(at: Counter) -> None:
    """50 × 100 for 4,950.00 by reason: serials, faces, the amount in figures and words, the chain in the foot."""
    sale = sold(at, "--amount", "4950", "--reason", "批量优惠")
    register, receipt = html_of(at, sale, "--form", "register"), html_of(at, sale, "--form", "money-receipt")
    h = at.done("show", sale, "--json").json["h"]
    for html in (register, receipt):
        seen = text_of(html)
        assert "东方商厦" in seen
        assert sale in seen
        assert "100.00 A0010001 A0010050 50 5,000.00" in seen
        assert "人民币肆仟玖佰伍拾元整 ¥4,950.00" in seen
        assert h in html.rpartition("<footer>")[2]
        assert "第 1 页，共 1 页" in seen
    assert "C001 东风厂" in text_of(register)
    assert "批量优惠" in text_of(register)
    assert "内部资料 保密" in text_of(register)
    assert "批量优惠" not in text_of(receipt), "why it was cheaper is not the client's to read"


def test_a_request_shows_what_was_decided_and_drawn(at: Counter) -> None:
    """500 × 100 asked, approved by li, 400 and 100 drawn: original to finance, copy kept (V1)."""
    seen = text_of(html_of(at, "RQ1008-1"))
    assert "第一联 交财务" in seen
    assert "第二联 团购部留存" in seen
    assert "100.00 500 50,000.00" in seen
    assert "人民币伍万元整 ¥50,000.00" in seen
    assert seen.count("li 李梅") == 2
    assert "100.00*400" in seen
    assert "100.00*100" in seen


def test_what_is_written_is_text_and_never_markup(at: Counter) -> None:
    """A reason that would be a script is shown as it was typed."""
    sale = sold(at, "--amount", "4950", "--reason", "<script>alert(1)</script>&amp;")
    html = html_of(at, sale, "--form", "register")
    assert "<script" not in html
    assert "<script>alert(1)</script>&amp;" in text_of(html)


def test_a_form_is_chinese_unless_english_is_asked_for(at: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """The locale of a machine is no wish: the book's language is (here made Chinese, as a new book of the store is)."""
    sale = sold(at)
    settings = at.book / "gb.yaml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace('language: "en"', 'language: "zh"'), encoding="utf-8"
    )
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    shared = ("--book", str(at.book), "--terminal", "K1", "--output", "-")
    from tests.cli.counter import gb

    assert "客户资料登记表" in gb("print", sale, "--form", "register", *shared).out
    assert "Register of clients" in gb("print", sale, "--form", "register", *shared, "--lang", "en").out


def test_a_reversed_record_is_stamped_and_its_reversal_prints_the_same(at: Counter) -> None:
    sale = sold(at)
    assert "已冲销" not in html_of(at, sale, "--form", "register")
    back = at.done("reverse", sale, "--reason", "打错客户", "--json").json["id"]
    for name in (sale, back):
        seen = text_of(html_of(at, name, "--form", "register"))
        assert "已冲销" in seen
        assert back in seen
        assert "打错客户" in seen
        assert sale in seen


def test_printed_again_it_says_so_and_at_another_terminal_too(at: Counter) -> None:
    """Nobody must take a second print for the original."""
    sale = sold(at)
    assert "补打" not in html_of(at, sale, "--form", "register")
    assert "补打 2026-10-08" in html_of(at, sale, "--form", "register")
    assert "补打" not in html_of(at, sale, "--form", "money-receipt"), "another form is another paper"
    at.done("terminal", "add", "K2", by="li")
    other = sold_at_k2(at)
    assert "补打" in html_of(at, other, "--form", "register")


def sold_at_k2(at: Counter) -> str:
    from tests.cli.counter import gb

    at.minute += 1
    shared = ("--book", str(at.book), "--terminal", "K2", "--by", "wang", "--at", f"{at.day} 10:{at.minute % 60:02d}")
    done = gb("sale", "cash", "--client", "C001", "--vouchers", "A0010100-A0010109", *shared, "--json")
    assert done.code == 0, done
    found: str = done.json["id"]
    return found


def test_more_copies_where_they_are_asked_for(at: Counter) -> None:
    assert pages_of(html_of(at, sold(at), "--form", "register", "--copies", "3")) == 3
    for wrong in ("0", "21", "x", "-1"):
        assert at("print", "last", "--copies", wrong).code == 2


def test_the_blind_sheet_knows_nothing_of_the_book(at: Counter) -> None:
    """Faces in stock at most, no serial, no count (V7)."""
    seen = text_of(html_of(at, "blind"))
    assert "面值 100.00" in seen
    assert "A001" not in seen
    assert not re.search(r"\b(400|500)\b", seen)
    assert "作废券" in text_of(html_of(at, "blind", "--void"))


def test_what_has_no_form_says_which_has(at: Counter) -> None:
    refused = at("print", "RQ1008-2")
    assert (refused.code, refused.error) == (3, "PRT-01")
    unknown = at("print", "月报")
    assert (unknown.code, unknown.error) == (3, "REF-01")
    sale = sold(at)
    other = at("print", sale, "--form", "nothing")
    assert (other.code, other.error) == (3, "PRT-01")
    assert pasted(at, other.next[0]).code == 0
    several = at("print", sale, "--output", "x.html")
    assert several.code == 2


def pasted(at: Counter, command: str) -> Result:
    from tests.cli.counter import gb

    return gb(*shlex.split(command)[1:])


def test_what_is_sealed_is_stars(at: Counter) -> None:
    """A personal value of a record, and those of its client's dossier: the paper says that they are known, not what they are (C8)."""
    book = Book(at.book)
    entry = book.find(sold(at))
    sale = msgspec.structs.replace(entry.record, note="ENC[v1:0123456789abcdef:AAAA]")
    behind = Behind(store="店", h="", at=sale.at, named=lambda _, code: code, personal={"contact": "***"})
    blocks = form_of(sale, type(sale).PAPERS[0], behind, "zh").blocks
    facts = {fact.label: fact.value for block in blocks for fact in block if isinstance(fact, Fact)}
    assert (facts["联系人"], facts["联系电话"], facts["备注"]) == ("***", "", "***")
    book.close()


# -- a file, a browser, at once --------------------------------------------------------------------------------------------


def test_open_hands_the_file_to_the_browser(at: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = tmp_path / "seen"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {seen}\n')
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{browser} %s")
    import webbrowser

    monkeypatch.setattr(webbrowser, "_tryorder", None)
    path = at.done("print", sold(at), "--form", "register", "--open").out.strip()
    assert seen.read_text() == Path(path).as_uri()


def automatic(at: Counter, folder: str = "") -> None:
    settings = at.book / "gb.yaml"
    more = f"print_folder: {folder}\n" if folder else ""
    settings.write_text(settings.read_text(encoding="utf-8") + "print: auto\n" + more, encoding="utf-8")


def test_a_store_that_prints_at_once_has_both_forms_of_a_sale(at: Counter, tmp_path: Path) -> None:
    """``print: auto``: the register and the receipt lie in the folder; what was printed then is printed again as a copy."""
    automatic(at, str(tmp_path / "out"))
    sale = sold(at)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        f"{sale}.money-receipt.html",
        f"{sale}.register.html",
    ]
    assert "补打" not in (tmp_path / "out" / f"{sale}.register.html").read_text(encoding="utf-8")
    assert "补打" in html_of(at, sale, "--form", "register")
    before = {*(tmp_path / "out").iterdir()}
    at.done("sale", "cash", "--client", "C001", "--vouchers", "A0010060-A0010069", "--dry-run")
    at.done("client", "add", "--unit", "湖滨小学", "--kind", "institution", "--code", "C009")
    assert {*(tmp_path / "out").iterdir()} == before, "neither a dry run nor what has no form"


def test_a_form_that_cannot_be_printed_undoes_no_sale(at: Counter, tmp_path: Path) -> None:
    """The folder is a file: exit 6, the sale stands, and the command to print it is named."""
    (tmp_path / "out").write_text("in the way")
    automatic(at, str(tmp_path / "out"))
    failed = at("sale", "cash", "--client", "C001", "--vouchers", "A0010001-A0010050")
    assert (failed.code, failed.error) == (6, "OUT-02")
    sale = at.done("sale", "list", "--json").json["id"]
    assert f"gb print {sale}" in failed.next[0]


def test_a_sale_imports_nothing_that_only_printing_needs(at: Counter) -> None:
    """Unless the store prints at once, a sale pays for no template engine and no workbook."""
    code = (
        "import sys; from cli.main import main; code = main(sys.argv[1:]); "
        "print(code, *{name.split('.')[0] for name in sys.modules} & {'jinja2', 'markupsafe', 'xlsxwriter', 'openpyxl', 'webbrowser'})"
    )
    argv = ("sale", "cash", "--client", "C001", "--vouchers", "A0010001-A0010050", "--at", f"{at.day} 12:00")
    shared = ("--book", str(at.book), "--terminal", "K1", "--by", "wang")
    ran = subprocess.run(
        [sys.executable, "-c", code, *argv, *shared], check=False, capture_output=True, text=True,
        env=environment(XDG_STATE_HOME=os.environ["XDG_STATE_HOME"]),
    )  # fmt: skip
    assert ran.stdout.splitlines()[-1] == "0", ran
