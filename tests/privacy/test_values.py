"""A personal value: what was sealed opens, for its own store, person and field, under its own key, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.errors import Usage
from ledger.core.personal import ITEMS, MASK, MOST, PERSONAL, Clear, Subject, clear, is_sealed, masked, phone_digits
from ledger.core.text import LIMIT, bad_text
from ledger.privacy.values import NotOpened, key_id, new_key, seal, unseal

BOOK, OTHER = "0" * 32, "1" * 32
WHO = Subject("Client", "C001")


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_what_is_sealed_opens_again(text: str) -> None:
    """Any text at all, padding marks and NULs included; the sealed form is the one that the codec takes."""
    key = new_key()
    sealed = seal(key, BOOK, WHO, "phone", text)
    assert unseal(key, BOOK, WHO, "phone", sealed) == text
    assert is_sealed(sealed)
    assert key_id(sealed) == key.id
    assert PERSONAL.parse(sealed) == PERSONAL.show(sealed) == sealed
    assert masked(sealed) == MASK


@given(st.integers(min_value=0))
def test_one_changed_letter_does_not_open(at: int) -> None:
    key = new_key()
    sealed = seal(key, BOOK, WHO, "phone", "13911110002")
    place = 24 + at % (len(sealed) - 25)
    other = "A" if sealed[place] != "A" else "B"
    with pytest.raises(NotOpened):
        unseal(key, BOOK, WHO, "phone", sealed[:place] + other + sealed[place + 1 :])


@pytest.mark.parametrize(
    ("book", "who", "field"),
    [
        (OTHER, WHO, "phone"), (BOOK, Subject("Client", "C002"), "phone"), (BOOK, Subject("Member", "C001"), "phone"),
        (BOOK, WHO, "contact"),
    ],
)  # fmt: skip
def test_a_value_moved_elsewhere_does_not_open(book: str, who: Subject, field: str) -> None:
    """Another store, client, register or field, under the very same key."""
    key = new_key()
    with pytest.raises(NotOpened):
        unseal(key, book, who, field, seal(key, BOOK, WHO, "phone", "13911110002"))


def test_another_key_does_not_open() -> None:
    with pytest.raises(NotOpened):
        unseal(new_key(), BOOK, WHO, "phone", seal(new_key(), BOOK, WHO, "phone", "x"))


def test_the_length_says_little() -> None:
    """A name of two letters and one of thirty are equally long; two of one text are never alike."""
    key = new_key()
    one, two, three = (seal(key, BOOK, WHO, "name", text) for text in ("Li", "Li", "A" * 30))
    assert len(one) == len(three)
    assert one != two


def test_the_longest_value_fits_a_text_field() -> None:
    sealed = seal(new_key(), BOOK, WHO, "address", "路" * (MOST // 3))
    assert bad_text(sealed, LIMIT) is None


@pytest.mark.parametrize(
    "text", ["13911110002", "ENC[v1:0123456789abcdef:]", "ENC[v1:x:AAAA]", "ENC[v2:0123456789abcdef:AAAA]"]
)
def test_no_journal_takes_a_clear_value(text: str) -> None:
    """Neither read nor written, and the refusal does not repeat it."""
    for step in (PERSONAL.parse, PERSONAL.show):
        with pytest.raises(ValueError, match="only") as caught:
            step(text)
        assert text not in str(caught.value)


def test_a_clear_value_shows_itself_to_nobody() -> None:
    value = Clear("13911110002")
    assert {repr(value), str(value), f"{value}", repr([value])} == {MASK, f"[{MASK}]"}


@pytest.mark.parametrize(
    ("item", "typed", "text"),
    [
        ("phone", " １３９ 1111 0002", "13911110002"), ("phone", "+86 139 1111 0002", "+8613911110002"), ("phone", "021-6218 8888", "021-62188888"),
        ("birthday", "1949-12-31", "1949-12-31"), ("birthday", "02-29", "02-29"), ("id_number", "11010519491231002x", "11010519491231002X"),
        ("id_number", "E12345678", "E12345678"), ("email", "a@b.cn", "a@b.cn"), ("name", " 张三 ", "张三"),
    ],
)  # fmt: skip
def test_an_item_has_one_form(item: str, typed: str, text: str) -> None:
    assert clear(item, typed).open() == text


@pytest.mark.parametrize(
    ("item", "typed"),
    [
        ("phone", "call me"), ("phone", "12"), ("birthday", "31.12.1949"), ("birthday", "2023-02-29"), ("id_number", "110105194912310021"),
        ("email", "nobody"), ("name", "  "), ("name", "two\nlines"), ("address", "路" * 400),
    ],
)  # fmt: skip
def test_a_malformed_item_is_refused_and_not_repeated(item: str, typed: str) -> None:
    """The check digit of 11010519491231002X is X, not 1."""
    with pytest.raises(Usage) as caught:
        clear(item, typed)
    assert typed.strip() == "" or (typed not in caught.value.words.zh and typed not in caught.value.words.en)


def test_every_item_has_words_in_both_languages() -> None:
    assert all(item.words.zh and item.words.en and item.hint.zh and item.hint.en for item in ITEMS.values())


@pytest.mark.parametrize("typed", ["+86 139-1111-0002", "8613911110002", "139 1111 0002"])
def test_a_phone_number_is_looked_up_by_its_digits(typed: str) -> None:
    assert phone_digits(typed) == "13911110002"
