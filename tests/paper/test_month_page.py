"""The month in pictures in real Chromium: on a phone and on A4, without network, by axe's rules.

Of ``make test-all`` (marker ``debian``), where these tests fail without the browser or without axe (requirements-axe.txt).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from tests.cli.counter import Counter, english_again
from tests.cli.worked import worked
from tests.paper.browser import MEASURE, pdf_info, pdf_text
from tests.paper.devtools import Page, browser

pytestmark = pytest.mark.debian

PHONE, DESK = 390, 1200
RULES = """
axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}).then(found => ({
  broken: found.violations.map(one => [one.id, one.help, one.nodes.map(node => node.html.slice(0, 200))]),
  unsure: found.incomplete.map(one => [one.id, one.nodes.filter(node => !node.html.startsWith('<text')).map(node => node.html.slice(0, 200))]),
  passed: found.passes.map(one => one.id)}))
"""
OUT = """
[...document.querySelectorAll('body *')].filter(one => !one.closest('.scroll > *') && one.getBoundingClientRect().right >
  WIDTH + 1).map(one => one.outerHTML.slice(0, 120))
"""
CUT = """
[...document.querySelectorAll('svg')].flatMap(svg => {
  const edge = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text')].filter(one => {
    const box = one.getBoundingClientRect();
    return box.width && (box.left < edge.left - 1 || box.right > edge.right + 1 || box.bottom > edge.bottom + 1);
  }).map(one => one.textContent);
})
"""


def axe() -> str:
    """Deque's rules for accessible pages, as the package brings them; a failure where it is not installed."""
    spec = find_spec("axe_playwright_python")
    assert spec is not None, "make test-all installs the rules from requirements-axe.txt"
    [folder] = spec.submodule_search_locations or []
    return (Path(folder) / "axe.min.js").read_text(encoding="utf-8")


def _long(at: Counter) -> None:
    """Names as long as they come, many clients, every payment, targets of several people."""
    for number in range(14):
        unit = "中国东方进出口有限责任公司驻湖滨新区第三办事处" if number == 0 else f"第{number}小学后勤服务中心"
        at.done("client", "add", "--code", f"D{number:03d}", "--unit", unit, "--kind", "collective")
        at.done(
            "sale",
            "cash",
            "--client",
            f"D{number:03d}",
            "--sheets",
            str(3 + number),
            "--face",
            "100",
            "--amount",
            f"{300 + 100 * number}.00",
        )
    at.done("client", "classify", "C001", "--as", "key", "--reason", "长期客户", by="li")
    at.done("visit", "log", "C001", "--summary", "春节福利")
    at.done("target", "set", "2026-10", "--amount", "50000", by="li")
    at.done("target", "split", "2026-10", "--among", "wang,sun,li", by="li")


@cache
def pages() -> dict[str, Path]:
    """The worked month as it is and with more in it, in both languages, and its last week."""
    folder = Path(mkdtemp(prefix="gb-month-"))
    made = {}
    at = worked(folder)
    for fill in ("", "full-"):
        if fill:
            at.language = "zh"
            _long(at)
        for at.language in ("zh", "en"):
            name = f"{fill}{at.language}"
            made[name] = folder / f"{name}.html"
            at.done("report", "month", "--month", "2026-10", "--format", "html", "--output", str(made[name]))
    at.language = "zh"
    made["week"] = folder / "week.html"
    at.done("report", "weekly", "--as-of", "2026-10-31", "--format", "html", "--output", str(made["week"]))
    english_again()
    return made


NAMES = ("zh", "en", "full-zh", "full-en", "week")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with browser(tmp_path_factory.mktemp("browser")) as one:
        yield one


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_stands_beside_the_screen_and_every_letter_has_a_glyph(page: Page, name: str, width: int) -> None:
    """No scrolling sideways but within a table's own box; no name in a picture is cut; the letters as in test_browser.py."""
    page.open(pages()[name], width=width)
    assert page.run("[document.documentElement.scrollWidth, document.documentElement.clientWidth]") == [width, width]
    assert page.run(OUT.replace("WIDTH", str(width))) == []
    assert page.run(CUT) == []
    page.run(re.sub(r"</?script>", "", MEASURE) + "; 1")
    told = json.loads(page.run("document.fonts.ready.then(() => document.getElementById('told').textContent)"))
    assert told["missing"] == []


def test_nothing_is_fetched(page: Page) -> None:
    """All that the browser asks for is the file itself."""
    page.requests.clear()
    page.open(pages()["zh"], width=DESK)
    assert set(page.requests) == {pages()["zh"].as_uri()}


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing(page: Page, name: str, width: int) -> None:
    """No rule is broken; what axe cannot reckon is the contrast of letters in a picture, which tests/reports/test_charts.py does."""
    found = judged(page, pages()[name], width)
    assert found["broken"] == []
    assert [one for one in found["unsure"] if one[1]] == []
    assert {"html-has-lang", "document-title", "svg-img-alt", "color-contrast", "scrollable-region-focusable"} <= {
        *found["passed"], "scrollable-region-focusable"
    }  # fmt: skip


def judged(page: Page, path: Path, width: int) -> dict[str, Any]:
    page.open(path, width=width)
    page.run(axe() + "; 1")
    found: dict[str, Any] = page.run(RULES)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_it_prints_on_a4(page: Page, name: str, tmp_path: Path) -> None:
    """Upright A4, at most four pages; every figure of the page is on the paper, every picture's names too."""
    page.open(pages()[name], width=DESK)
    words = page.run("[...document.querySelectorAll('h1, h2, dd, td, svg text')].map(one => one.textContent.trim())")
    made = page.pdf(tmp_path / "month.pdf")
    info = pdf_info(made)
    assert int(info["Pages"]) <= 4
    assert re.match(r"59[45].* x 84[12]", info["Page size"])
    seen = "".join(pdf_text(made).split())
    lost = [word for word in words if "".join(word.split()) not in seen]
    assert len(lost) <= len(words) // 20, lost  # a word that the browser broke over two lines


# -- the measuring itself ----------------------------------------------------------------------------------------------------


def test_what_is_wrong_is_seen(page: Page, tmp_path: Path) -> None:
    """A table without its box, a picture without a name, no language, grey on white, something fetched."""
    html = pages()["zh"].read_text(encoding="utf-8")
    broken = html.replace('<html lang="zh-CN">', "<html>").replace(
        'role="img" aria-labelledby=', 'role="img" data-was='
    )
    broken = re.sub(r"<title id=[^<]*</title>|<desc id=[^<]*</desc>", "", broken)
    broken = broken.replace("color: #444", "color: #ccc").replace(
        "</main>", '<img alt="" src="http://192.0.2.1/x.png"><p style="width: 900px">.</p></main>'
    )
    path = tmp_path / "broken.html"
    path.write_text(broken, encoding="utf-8")
    page.requests.clear()
    rules = {one[0] for one in judged(page, path, PHONE)["broken"]}
    assert {"html-has-lang", "svg-img-alt", "color-contrast"} <= rules
    assert "http://192.0.2.1/x.png" in page.requests
    assert page.run(OUT.replace("WIDTH", str(PHONE)))  # which a phone shows smaller instead of scrolling
    assert page.run("document.documentElement.scrollWidth") > PHONE
