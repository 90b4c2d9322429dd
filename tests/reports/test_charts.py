"""A chart is a picture with a name and a sentence, without script; it is the same bytes each time, and its colours can be told apart."""

from __future__ import annotations

import datetime as dt
import re
from xml.etree import ElementTree as ET

import pytest

from ledger.reports.charts import COLOURS, svg, told
from ledger.reports.html import report_html
from ledger.reports.plain import bars, workbook_rows, workbook_text
from ledger.reports.report import Chart, Money, Table, Workbook
from ledger.reports.table import width


def days(*amounts: int, only_told: bool = False) -> Table:
    """One row a day from 1 October, in yuan."""
    rows = tuple((dt.date(2026, 10, at), Money(amount * 100)) for at, amount in enumerate(amounts, 1))
    return Table(
        name="每日 <销售>", heads=("日期", "金额 & 额"), rows=rows, sums=(1,), chart=Chart((1,)), only_told=only_told
    )


def book(table: Table) -> Workbook:
    return Workbook(title="月报", head="店", tables=(table,), signs=(), lead=(("销售", "350.00 元"),))


def test_a_chart_is_one_bar_a_row_named_and_told() -> None:
    """100, 0, 250: three bars as high as 100 : 0 : 250; highest on 10-03, total 350."""
    tree = ET.fromstring(svg(days(100, 0, 250), "c1", "zh"))
    heights = [float(one.get("height", "")) for one in tree.iter("rect") if "reactive" in one.get("class", "")]
    assert [round(one / max(heights), 2) for one in heights] == [0.4, 0.0, 1.0]
    assert tree.get("role") == "img"
    [title, desc] = [next(tree.iter(tag)) for tag in ("title", "desc")]
    assert (title.text, tree.get("aria-labelledby")) == ("每日 <销售>", f"{title.get('id')} {desc.get('id')}")
    assert desc.text == "柱状图，3 项。金额 & 额：最高 2026-10-03 250.00，合计 350.00。数字见旁边的表。"
    assert told(days(100), "en").startswith("Bar chart of 1 items. 金额 & 额: highest 2026-10-01 100.00")


def test_a_chart_has_no_script_and_nothing_to_fetch_and_is_the_same_again() -> None:
    made = svg(days(1, 2), "c1", "zh")
    assert made == svg(days(1, 2), "c1", "zh")
    for forbidden in (
        "<script",
        "href",
        "http://www.pygal",
        "@import",
        "url(",
        "<!--",
        "pygal.js",
    ):
        assert forbidden not in made, forbidden
    assert re.search(r"\d{4}-\d{2}-\d{2}", made.replace("2026-10-0", "")) is None  # the day on which it was drawn
    assert "http" not in made


@pytest.mark.parametrize(
    ("most", "axis"), [(1, ["0", "1"]), (3, ["0", "1", "2", "3"]), (250, ["0", "80", "160", "240"])]
)
def test_the_axis_has_whole_numbers(most: int, axis: list[str]) -> None:
    """A highest bar of 1 has no axis of 0 0 0 1 1 1, which 0.2 steps would round to."""
    table = Table(name="回访", heads=("谁", "次数"), rows=(("wang", most), ("li", 0)), chart=Chart((1,), lying=True))
    tree = ET.fromstring(svg(table, "c", "zh"))
    assert [text for one in tree.iter("text") if (text := one.text or "").isdigit()] == axis


def test_two_charts_of_a_page_share_no_id() -> None:
    two = ET.fromstring(f"<g>{svg(days(1), 'c1', 'zh')}{svg(days(1), 'c2', 'zh')}</g>")
    ids = [one.get("id") for one in two.iter() if one.get("id")]
    assert len(ids) == len(set(ids))


def test_texts_of_records_are_texts() -> None:
    """A client named as markup, in the chart's labels and in the table."""
    rows = (("<script>alert(1)</script>", Money(100)), ('"><b>', Money(50)))
    evil = Table(name="</title><script>", heads=("客户", "<i>"), rows=rows, chart=Chart((1,), lying=True))
    page = report_html(book(evil), "zh")
    assert "<script" not in page
    assert "<b>" not in page
    assert "<i>" not in page


def test_a_chart_of_nothing_is_left_out() -> None:
    assert "<svg" not in report_html(book(days(0, 0)), "zh")
    assert "<svg" in report_html(book(days(0, 1)), "zh")
    with pytest.raises(ValueError, match="no chart"):
        svg(Table(name="x", heads=("a",), rows=()), "c", "zh")


def test_rows_of_zeros_are_left_out_where_a_person_reads_and_counted() -> None:
    """0, 100, 0, 50: two rows on the page and as text, with “2 more”; four in the chart and in the file."""
    table = days(0, 100, 0, 50, only_told=True)
    page = report_html(book(table), "zh")
    assert (page.count('<td class="w">2026-10-'), page.count("其余 2 行都是零，未列")) == (2, 1)
    assert page.count('class="rect reactive') == 4
    text = workbook_text(book(table), "zh")
    assert text.count("2026-10-0") == 2
    assert "其余 2 行都是零，未列" in text
    assert len(list(workbook_rows(book(table), "zh"))) == 1 + 4


def test_bars_of_text() -> None:
    """Of 1,000, 500, 1 and 0: sixteen marks, eight, one, none; the page stays within 80 columns."""
    assert [len(bar) for bar in bars(days(1000, 500, 1, 0))] == [16, 8, 1, 0]
    text = workbook_text(book(days(1000, 500, 1, 0)), "zh")
    assert max(map(width, text.splitlines())) <= 80
    assert set(text) & set("█▇─│┌") == set()


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_colours_stand_out_from_white() -> None:
    """WCAG's contrast, (1 + 0.05) / (L + 0.05), at least 4.5; axe cannot reckon it inside a drawing."""
    for colour in (*COLOURS, "#1a1a1a", "#595959"):
        assert 1.05 / (_luminance(colour) + 0.05) >= 4.5, colour


def test_a_long_name_is_cut_and_the_table_has_it_whole() -> None:
    """27 wide letters beside a lying bar: 14 of them at most, in the room that is left for them; an English name likewise."""
    for name in (
        "东风机械厂有限责任公司武汉东湖高新技术开发区第二分公司",
        "A very long name of a client that never ends, Ltd",
    ):
        table = Table(
            name="客户", heads=("客户", "金额"), rows=((name, Money(100)),), sums=(), chart=Chart((1,), lying=True)
        )
        made = svg(table, "c1", "zh")
        [label] = re.findall(r">([^<]*…)<", made)
        assert name.startswith(label.removesuffix("…").rstrip())
        assert width(label) <= 28
        assert name in report_html(book(table), "zh")
