"""Every form in real Chromium with a Chinese font: nothing overflows, every letter has a glyph, two copies where due.

The browser is no part of a bare machine: these tests are of ``make test-all`` (marker ``debian``), where they fail without it.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ledger.book.printing import SHEETS
from ledger.reports.html import form_html
from ledger.reports.pages import Fact, Form, Grid, Para, Sign, Total
from tests.paper.browser import as_pdf, measured, pdf_info, pdf_text
from tests.paper.forms import declared, printed
from tests.paper.test_forms import pages_of, text_of

pytestmark = pytest.mark.debian

FORMS = sorted({name for name, _ in declared()} | SHEETS.keys())
SIZES = {"A5": (595, 420), "A4": (595, 842)}


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_form_fits_its_paper(name: str, language: str, tmp_path: Path) -> None:
    """Measured box by box; the PDF has a sheet for each page, of the declared size, with the text on it."""
    path = printed(language)[name]
    html = path.read_text(encoding="utf-8")
    told = measured(html, tmp_path)
    assert told["over"] == []
    assert told["missing"] == []
    assert told["width"] <= 0
    assert told["pages"] == pages_of(html)
    if language == "zh":
        _printed_as(path, html, tmp_path)


def _printed_as(path: Path, html: str, folder: Path) -> None:
    made = as_pdf(path, folder)
    info = pdf_info(made)
    assert int(info["Pages"]) == pages_of(html)
    width, height = (round(float(one)) for one in re.findall(r"[0-9.]+", info["Page size"])[:2])
    size = "A5" if "A5 landscape" in html else "A4"
    assert (abs(width - SIZES[size][0]) <= 1, abs(height - SIZES[size][1]) <= 1) == (True, True), info["Page size"]
    seen = "".join(pdf_text(made).split())
    lost = [word for word in text_of(html).split() if "".join(word.split()) not in seen]
    assert len(lost) <= len(text_of(html).split()) // 10, lost  # a word that the browser broke over two lines


def test_a_full_form_goes_on_over_pages(tmp_path: Path) -> None:
    """4 KiB of reason, 300 spans, a word without any place to break at: several pages, nothing lost, nothing over the edge."""
    rows = tuple((f"A{n:07d}", f"A{n + 9:07d}", "10") for n in range(0, 6000, 20))
    for size in SIZES:
        form = Form(
            title="客户资料登记表", store="东方商厦有限责任公司团购部", number="SA20261008-K1-0001", size=size,
            blocks=(
                (Fact("客户", "龘靐齉爩" * 40), Fact("备注", "x" * 600), Fact("原因", "春节慰问品发放，" * 170), Fact("短", "是")),
                Grid("券号", ("起号", "止号", "张数"), rows, "llr", ("合计", "", "3,000")),
                Total("金额（大写）", "人民币玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分", "¥999,999,999,999.99"),
                Para("说明" * 200),
            ),
            signs=tuple(Sign(f"第{n}人签字", "欧阳震华") for n in range(7)), copies=("交财务", "留存"),
            stamp="已冲销\nCU20261008-K1-0001\n打错了券号", again="补打 2026-10-08 10:00", digest="校验 " + "0f" * 32,
            marks=("内部资料 保密",), printed="打印：2026-10-08 10:00",
        )  # fmt: skip
        html = form_html(form, "zh")
        told = measured(html, tmp_path)
        assert told["over"] == []
        assert pages_of(html) > 8
        seen = text_of(html)
        assert all(row[0] in seen for row in rows)
        path = tmp_path / "full.html"
        path.write_text(html, encoding="utf-8")
        assert int(pdf_info(as_pdf(path, tmp_path))["Pages"]) == pages_of(html)


def test_what_overflows_and_what_has_no_glyph_is_seen(tmp_path: Path) -> None:
    """The measuring itself: a box too narrow for its word, a letter that no font has."""
    form = Form(
        title="收据", store="东方商厦", number="1", blocks=((Fact("原因", "W" * 200), Fact("备注", "\U0010fffc")),), signs=(),
    )  # fmt: skip
    told = measured(form_html(form, "zh").replace("overflow-wrap: anywhere", "overflow-wrap: normal"), tmp_path)
    assert any(kind == "width" for _, kind, *_ in told["over"])
    assert told["missing"] == ["\U0010fffc"]
    tall = Form(title="收据", store="东", number="1", blocks=(Para("字" * 90),), signs=())
    told = measured(form_html(tall, "zh").replace("字" * 90, "字" * 3000), tmp_path)
    assert told["over"]


@pytest.mark.parametrize("name", ["register", "month"])
def test_a_form_is_read_on_a_phone(name: str, tmp_path: Path) -> None:
    """500 px wide, the least that headless Chromium takes: nothing beside the screen, a wide table scrolls in its box."""
    html = printed("zh")[name].read_text(encoding="utf-8")
    assert measured(html, tmp_path, width=500)["width"] <= 0
