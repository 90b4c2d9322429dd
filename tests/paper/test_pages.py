"""Pages are reckoned, not hoped for: whatever a form holds, each page fits its paper and every piece stands on exactly one."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.reports.pages import (
    _FOOT,
    _HEAD,
    _MARGINS,
    _SIGNS,
    HEIGHTS,
    Fact,
    Form,
    Grid,
    Para,
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


@settings(max_examples=150, deadline=None)
@given(form=FORMS)
def test_every_piece_stands_on_one_page_that_has_room_for_it(form: Form) -> None:
    sides = pages(form)
    drawn = [piece for page in sides for part in page.drawn for piece in part.pieces]
    assert drawn == list(_pieces(form))
    room = HEIGHTS[form.size] - _MARGINS - _HEAD - _FOOT
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
