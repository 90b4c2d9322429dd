"""A table's chart as inline SVG, without script, without anything fetched, the same bytes for the same table.

pygal draws; what it adds for a page of its own (a script, its name, the day's date) is taken out, and what a screen reader
needs is put in: the picture has a name and says in a sentence what the table beside it says in full.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ledger.core.money import grouped
from ledger.core.words import Lang, Words
from ledger.reports.report import Cell, Chart, Money, Table, size_of, value_of_cell
from ledger.reports.table import width, wrap

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

COLOURS = ("#1f5f8b", "#b3530d", "#4a7a2c")
"""Of the first, second, third series: each at least 4.5 : 1 on white, and apart in grey."""

FONTS = "Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, PingFang SC, SimSun, sans-serif"
_WIDTH, _HEIGHT = 460, 230  # of the drawing; a phone shows it a quarter smaller
_LETTER, _LONGEST, _MARGIN = 13, 14, 8  # the height of a letter, wide letters of a name, around it all
_RIGHT = 26  # half of the last figure under the bars
_WIDER = 0.4  # heights that a wide letter takes beyond the 0.6 that pygal reckons with
_BAR, _FRAME = 34, 60  # a lying bar of one series with its gap, and what stands around the bars
_FEW = 5  # up to which the axis has each whole number
_MANY = 12  # bars beyond which only some are named
_TOLD = Words(
    "柱状图，{n} 项。{series}数字见旁边的表。",
    "Bar chart of {n} items. {series}The figures are in the table beside it.",
)
_SERIES = Words("{name}：最高 {label} {most}，合计 {total}。", "{name}: highest {label} {most}, total {total}. ")


def svg(table: Table, key: str, lang: Lang) -> str:
    """The chart of a table that has one; ``key`` is unique on the page.  Raises ``ValueError`` for a table without."""
    chart = table.chart
    if chart is None:
        raise ValueError(f"{table.name} has no chart")
    drawn = _drawn(table, chart, key)
    tree: Element = drawn.render_tree()
    return _cleaned(tree, table.name, told(table, lang), key)


def told(table: Table, lang: Lang) -> str:
    """What the chart shows, as a sentence: how many bars, the highest and the sum of each series."""
    chart = table.chart
    if chart is None:
        return ""
    series = "".join(
        _SERIES.say(lang).format(
            name=table.heads[at], label=_shown(table.rows[_highest(table, at)][chart.label]),
            most=_shown(table.rows[_highest(table, at)][at]), total=_total(table, at),
        )
        for at in chart.values
    )  # fmt: skip
    return _TOLD.say(lang).format(n=len(table.rows), series=series)


def _highest(table: Table, at: int) -> int:
    return max(range(len(table.rows)), key=lambda row: size_of(table.rows[row][at]))


def _total(table: Table, at: int) -> str:
    total = sum(size_of(row[at]) for row in table.rows)
    return grouped(total) if any(isinstance(value_of_cell(row[at]), Money) for row in table.rows) else f"{total:,}"


def _shown(cell: Cell) -> str:
    value = value_of_cell(cell)
    return (
        grouped(value.fen) if isinstance(value, Money) else f"{value:,}" if isinstance(value, int) else str(value or "")
    )


def _drawn(table: Table, chart: Chart, key: str) -> Any:
    """The chart as pygal has it; sums of money are drawn in yuan."""
    import pygal
    from pygal.etree import etree

    etree.to_etree()  # with lxml there it would draw with that, in other bytes
    rows = table.rows[::-1] if chart.lying else table.rows  # pygal lays the first bar at the bottom
    labels = [_short(row[chart.label]) for row in rows]
    kind = pygal.HorizontalBar if chart.lying else pygal.Bar
    drawn = kind(**_look(chart, labels))
    drawn.uuid = key
    drawn.x_labels = labels
    if len(labels) > _MANY:
        drawn.x_labels_major = labels[:: 1 + len(labels) // 7]
    series = [_sizes(rows, at) for at in chart.values]
    for at, sizes in zip(chart.values, series, strict=True):
        drawn.add(table.heads[at], sizes)
    most = max(map(max, series))
    if most <= _FEW:  # else the axis would stand between whole numbers, and round them
        drawn.y_labels = list(range(math.ceil(most) + 1))
    return drawn


def _look(chart: Chart, labels: Sequence[str]) -> dict[str, Any]:
    """Size, margins, what is written: no value on a bar, where it would stand half on it; the table has them."""
    several = len(chart.values)
    lying = _FRAME + _BAR * len(labels) * (1 + several) // 2
    return {
        "width": _WIDTH, "height": lying if chart.lying else _HEIGHT, "style": _style(), "js": (),
        "margin": _MARGIN, "margin_right": _RIGHT, "margin_left": _margin(labels if chart.lying else ()), "spacing": 6,
        "show_legend": several > 1, "legend_at_bottom": True, "legend_at_bottom_columns": several, "legend_box_size": 11,
        "show_minor_x_labels": chart.lying or len(labels) <= _MANY, "truncate_label": 2 * _LONGEST,
        "value_formatter": lambda value: f"{value:,.0f}", "tooltip_fancy_mode": False, "min_scale": 2, "max_scale": 5,
    }  # fmt: skip


def _sizes(rows: Sequence[Sequence[Cell]], at: int) -> list[float]:
    """What is drawn of a column: yuan, sheets."""
    money = any(isinstance(value_of_cell(row[at]), Money) for row in rows)
    return [size_of(row[at]) / (100 if money else 1) for row in rows]


def _margin(labels: Sequence[str]) -> int:
    """What stands left of the names: pygal takes a Chinese character for as wide as a Latin one."""
    return _MARGIN + max((math.ceil((width(one) - len(one)) * _WIDER * _LETTER) for one in labels), default=0)


def _short(cell: Cell) -> str:
    """A date without its year, which the page's head has; a long name cut, which the table beside has whole."""
    text = _shown(cell)
    if hasattr(value_of_cell(cell), "isoformat"):
        return text[5:]
    return text if width(text) <= 2 * _LONGEST else wrap(text, 2 * _LONGEST - 1)[0] + "…"


def _style() -> Any:
    from pygal.style import Style

    return Style(
        font_family=FONTS, label_font_size=_LETTER, major_label_font_size=_LETTER, value_font_size=_LETTER,
        legend_font_size=_LETTER, background="transparent", plot_background="transparent", colors=COLOURS,
        value_colors=("#1a1a1a",) * len(COLOURS), foreground="#1a1a1a", foreground_strong="#1a1a1a",
        foreground_subtle="#595959", opacity="1", opacity_hover="1", transition="0s", guide_stroke_color="#cccccc",
        major_guide_stroke_color="#cccccc",
    )  # fmt: skip


_HIDDEN = {"class": "plot tooltip-overlay"}


def _cleaned(tree: Element, name: str, sentence: str, key: str) -> str:
    """The drawing alone, with a name and a description; comments and script go, since one holds today's date."""
    from xml.etree import ElementTree as ET

    for parent in list(tree.iter()):
        for child in list(parent):
            if _dropped(child):
                parent.remove(child)
    ids = {part: f"chart-{key}-{part}" for part in ("title", "desc")}
    tree.attrib.pop("xmlns", None)  # a page of its own would need it
    tree.set("role", "img")
    tree.set("aria-labelledby", " ".join(ids.values()))
    for at, (part, text) in enumerate((("title", name), ("desc", sentence))):
        node = ET.Element(part, {"id": ids[part]})
        node.text = text
        tree.insert(at, node)
    return ET.tostring(tree, encoding="unicode")


def _dropped(node: Element) -> bool:
    tag: object = node.tag
    if not isinstance(tag, str):  # a comment
        return True
    return tag in {"script", "title", "desc"} or node.get("class") == _HIDDEN["class"]
