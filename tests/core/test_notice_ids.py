"""How a notice writes the ids and numbers that it holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.records.notices import Series, parse_ids, show_ids, split_number

ids = st.builds(
    lambda code, day, terminal, number: f"{code}202610{day:02d}-{terminal}-{number:04d}",
    st.sampled_from(["SA", "CU"]), st.integers(1, 31), st.sampled_from(["K1", "K2"]), st.integers(1, 10_050),
)  # fmt: skip


@given(st.sets(ids, min_size=1, max_size=60))
def test_ids_come_back(some: set[str]) -> None:
    assert set(parse_ids(show_ids(some))) == some


def test_a_run_is_short() -> None:
    run = [f"SA20261008-K1-{n:04d}" for n in range(9990, 10_011)]
    assert show_ids(run) == "SA20261008-K1-9990+21"


@pytest.mark.parametrize(
    "text",
    [
        "SA20261008-K1-0001+1", "SA20261008-K1-0001 SA20261008-K1-0002", "SA20261008-K1-0002 SA20261008-K1-0001",
        "SA20261008-K1-0001+999999999999", "SA20261008-K1-0001+100001", "SA20261008-K1-1", "", "SA20261008-K1-0001+",
        "SA20261008-K1-0001,SA20261008-K1-0003",
    ],
)  # fmt: skip
def test_only_the_canonical_form_and_no_more_than_can_be_held(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_ids(text)


def test_a_number_says_its_terminal_and_year() -> None:
    assert split_number("TZ2026-K1-0012") == (Series(2026, "K1"), 12)
    assert split_number(Series(2026, "K1").number(12345)) == (Series(2026, "K1"), 12345)
    for wrong in ("TZ2026-K1-00012", "TZ2026-k1-0012", "DZ2026-K1-0012", "TZ2026-0012", ""):
        assert split_number(wrong) is None
