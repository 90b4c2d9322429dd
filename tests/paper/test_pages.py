"""Pages are reckoned, not hoped for: whatever a form holds, each page fits its paper and every piece stands on exactly one."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.reports.pages import (
    _CELL,
    _FOOT,
    _HEAD,
    _SIGNS,
    HEIGHTS,
    WIDTH,
    Fact,
    Form,
    Grid,
    Para,
    Piece,
    Pre,
    Sign,
    Total,
    _opening,
    _pieces,
    pages,
)

TEXTS = st.text("券号收据abc019 ，。-", max_size=300)
FACTS = st.lists(st.builds(Fact, TEXTS.map(lambda text: text[:20]), TEXTS), min_size=1, max_size=8).map(tuple)
GRIDS = st.integers(1, 5).flatmap(
    lambda wide: st.builds(
        Grid, TEXTS.map(lambda text: text[:30]), st.tuples(*[st.just("券号")] * wide),
        st.lists(st.tuples(*[TEXTS.map(lambda text: text[:60])] * wide), max_size=60).map(tuple), st.just("l" * wide), foot=st.just(()),
    )
)  # fmt: skip
BLOCKS = st.one_of(
    FACTS, GRIDS, st.builds(Para, TEXTS), st.builds(Total, TEXTS.map(lambda t: t[:8]), TEXTS.map(lambda t: t[:40]), st.just("¥1.00")),
    st.builds(Pre, st.lists(TEXTS.map(lambda t: t[:40]), max_size=40).map(tuple)),
)  # fmt: skip
FORMS = st.builds(
    lambda blocks, signs, size: Form(
        title="表", store="店", number="1", blocks=tuple(blocks), signs=tuple([Sign("签")] * signs), size=size
    ),
    st.lists(BLOCKS, max_size=6), st.integers(0, 7), st.sampled_from(sorted(HEIGHTS)),
)  # fmt: skip


def _blank(piece: Piece) -> bool:
    """A line that sets a part apart from the one above it: none begins a page."""
    return piece.kind == "pre" and not piece.text


@settings(max_examples=150, deadline=None)
@given(form=FORMS)
def test_every_piece_stands_on_one_page_that_has_room_for_it(form: Form) -> None:
    sides = pages(form)
    drawn = [piece for page in sides for part in page.drawn for piece in part.pieces]
    assert [one for one in drawn if not _blank(one)] == [one for one in _pieces(form) if not _blank(one)]
    assert not any(page.drawn and _blank(page.drawn[0].pieces[0]) for page in sides[1:])
    room = HEIGHTS[form.size] - _HEAD - _FOOT
    for page in sides:
        heads = sum(_opening(part.grid) for part in page.drawn if part.grid is not None)
        used = heads + sum(piece.height for part in page.drawn for piece in part.pieces)
        signs = -(-len(form.signs) // 3) * _SIGNS if page.last else 0
        assert used + signs <= room
    assert [page.last for page in sides] == [False] * (len(sides) - 1) + [True]


def test_a_table_that_goes_on_has_its_heads_again() -> None:
    """100 rows on A5: each page's part of the table has the whole declaration, so the template draws the heads."""
    grid = Grid("券号", ("起号", "止号"), tuple((str(n), str(n)) for n in range(100)), "ll")
    sides = pages(Form(title="表", store="店", number="1", blocks=(grid,), signs=()))
    assert len(sides) > 3
    assert all(part.grid == grid for page in sides for part in page.drawn)


def test_a_narrow_column_keeps_its_words_whole_beside_a_wide_one() -> None:
    """A code and a severity beside a text that fills the page: each has its own blanks beside its letters, in the share it gets."""
    text = "2026-10-15 现金 300.00 到 17:00 没有交财务" * 4
    grid = Grid("检查结果", ("代码", "级别", "内容", "处理意见"), (("NOT-01", "警告", text, ""),), "llll")
    ((drawn,),) = (page.drawn for page in pages(Form(title="表", store="店", number="1", blocks=(grid,), signs=())))
    code, severity, *_ = (share * WIDTH / 100 for share in drawn.shares)
    assert code >= 6 * 24 + _CELL, "capitals: 2.4 mm a letter, and the blanks"
    assert severity >= 4 * 21 + _CELL


def test_the_signatures_are_never_alone_on_a_page() -> None:
    """Lines of text up to the foot, then one more each time: where the signatures do not fit any more they take the last line along."""
    for lines in range(1, 120):
        blocks = (Pre(tuple(f"行{n}" for n in range(lines))),)
        sides = pages(Form(title="表", store="店", number="1", blocks=blocks, signs=(Sign("团购部"), Sign("财务部"))))
        assert all(page.drawn for page in sides), lines
    rows = [pages(Form(title="表", store="店", number="1", signs=(Sign("签"),), blocks=(
        Grid("券号", ("起号",), tuple((str(n),) for n in range(count)), "l", ("合计",)),))) for count in range(1, 60)]  # fmt: skip
    lasts = [page[-1].drawn[0].pieces for page in rows if len(page) > 1]
    assert lasts
    assert all(len(pieces) > 1 or pieces[0].kind != "foot" for pieces in lasts), "a sum has a row above it"
