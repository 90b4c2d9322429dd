"""Personal data 个人资料 in records: written encrypted, shown masked, never in the clear in a journal (C8, contract section 6).

A personal field is declared with the codec :data:`PERSONAL`; the record's class says in ``WHOSE`` which of its fields names
the person or client that it is about, whose key the value is written under.  A command hands the clear text in as a
:class:`Clear`, which shows itself to nobody; recording turns it into the sealed text of the journal.  Nothing here
encrypts: see :mod:`ledger.privacy`.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, Final, NamedTuple

from ledger.core.errors import Usage
from ledger.core.findings import Finding, trouble
from ledger.core.forms import Codec, Record, Whose
from ledger.core.text import bad_text, fold
from ledger.core.words import Words

MASK: Final = "***"
"""What stands for a personal value wherever it is not revealed."""

MOST: Final = 1024
"""Bytes of UTF-8 that a personal value may hold in the clear; sealed it stays below the limit of a text field."""

SEALED_PATTERN: Final = r"ENC\[v1:[0-9a-f]{16}:[A-Za-z0-9+/]+={0,2}\]"


class Clear:
    """A personal value in the clear on its way into the book.  It prints as the mask, so that no log or traceback has it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def open(self) -> str:
        """The value itself."""
        return self._text

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__


def item_names(names: Iterable[str]) -> str:
    """The items that are named, in their one order, as a record of a reveal or an export has them."""
    held = set(names)
    return " ".join(name for name in ITEMS if name in held)


def is_sealed(text: object) -> bool:
    """Whether ``text`` is a sealed value as the journals hold it."""
    return isinstance(text, str) and text.startswith("ENC[") and re.fullmatch(SEALED_PATTERN, text) is not None


def _sealed(text: str) -> str:
    """The sealed text as it stands; anything else, a clear value above all, is refused, and not repeated."""
    if not is_sealed(text):
        raise ValueError("ENC[v1:…] only")
    return text


PERSONAL: Final = Codec(
    "sealed", _sealed, _sealed, f"^{SEALED_PATTERN}$", Words("加密的个人资料", "personal, encrypted")
)
"""The codec of a personal field: the sealed text and nothing else, when read and when written."""


def masked(text: str) -> str:
    """``text``, or the mask where it is a sealed value, be it a spoilt one."""
    return MASK if text.startswith("ENC[") else text


def masked_all(texts: Mapping[str, str]) -> dict[str, str]:
    """A record's texts with the mask for each sealed value."""
    return {name: masked(text) for name, text in texts.items()}


class Subject(NamedTuple):
    """Whose key a value is under: the space of the thing (``Client``, ``Member``) and its code."""

    space: str
    code: str

    @property
    def text(self) -> str:
        """``client/C001``: what the value is bound to, and the folder of its keys."""
        return f"{self.space.lower()}/{self.code}"


def subject_of(whose: Whose | None, values: Mapping[str, Any]) -> Subject | None:
    """The subject of a record with those values; ``None`` where its kind holds nothing personal."""
    return Subject(whose.space, str(values.get(whose.field, ""))) if whose is not None else None


def personal_of(record: Record) -> dict[str, str]:
    """A record's sealed values by field: what a thing keeps of them as its ``personal``."""
    return {f.name: text for f in record.fields() if f.codec is PERSONAL and (text := getattr(record, f.name))}


def key_ids(texts: Iterable[str]) -> tuple[str, ...]:
    """The ids of the keys that sealed values are under, each once."""
    return tuple(dict.fromkeys(text[7:23] for text in texts))


def erased(record: Record, code: str) -> Finding:
    """PRV-03: personal values of somebody whose key was destroyed for good."""
    words = Words(f"{code} 的个人资料已删除，不能再登记", f"the personal data of {code} were erased for good")
    return trouble("PRV-03", words, subject=record.id, next=("gb explain PRV-03",))


# -- the forms of the clear values ---------------------------------------------------------------------------------------


class Item(NamedTuple):
    """One personal item: its label, and what brings a typed text to its one form or raises ``ValueError``."""

    words: Words
    form: Callable[[str], str]
    hint: Words


def _line(text: str) -> str:
    return unicodedata.normalize("NFC", text.strip())


def _phone(text: str) -> str:
    """Digits, with a leading ``+`` and one ``-`` between parts at most; so the same number is the same text."""
    plain = re.sub(r"[ ()]", "", fold(text))
    if not re.fullmatch(r"\+?[0-9]+(-[0-9]+){0,3}", plain) or not 5 <= sum(map(str.isdigit, plain)) <= 20:
        raise ValueError
    return plain


def phone_digits(text: str) -> str:
    """A phone number as it is looked up: its digits alone, without the country's 86."""
    digits = "".join(char for char in text if char.isdigit())
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits


def _birthday(text: str) -> str:
    plain = fold(text)
    if re.fullmatch(r"[0-9]{2}-[0-9]{2}", plain):  # the year is not everybody's to know
        dt.date.fromisoformat(f"2000-{plain}")
        return plain
    return dt.date.fromisoformat(plain).isoformat()


def _id_number(text: str) -> str:
    """Letters and digits; of the 18 digits of a resident's card the last one must be right."""
    plain = fold(text).upper()
    if not re.fullmatch(r"[0-9A-Z()]{5,20}", plain):
        raise ValueError
    if re.fullmatch(r"[0-9]{17}[0-9X]", plain):
        total = sum(int(digit) << (17 - place) for place, digit in enumerate(plain[:17]))
        if "10X98765432"[total % 11] != plain[17]:
            raise ValueError
    return plain


def _email(text: str) -> str:
    plain = fold(text)
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", plain):
        raise ValueError
    return plain


_SOME = Words("一行文字", "one line of text")
ITEMS: Final[Mapping[str, Item]] = {
    "name": Item(Words("姓名", "name"), _line, _SOME),
    "contact": Item(Words("联系人", "contact"), _line, _SOME),
    "phone": Item(Words("电话", "phone"), _phone, Words("5 到 20 位数字", "5 to 20 digits")),
    "address": Item(Words("地址", "address"), _line, _SOME),
    "id_number": Item(
        Words("证件号", "id number"),
        _id_number,
        Words("字母和数字，身份证要校验码正确", "letters and digits, check digit right"),
    ),
    "birthday": Item(Words("生日", "birthday"), _birthday, Words("年-月-日或月-日", "YYYY-MM-DD or MM-DD")),
    "email": Item(Words("电子邮箱", "email"), _email, Words("名字@域名", "name@domain")),
    "signer": Item(Words("签字人", "signer"), _line, _SOME),
}
"""Every personal item by the name it has in records and in a ``--personal`` mapping."""

# What a kind of record declares such a field as, under the item's own name.
Name = Annotated[str, PERSONAL, ITEMS["name"].words]
Contact = Annotated[str, PERSONAL, ITEMS["contact"].words]
Phone = Annotated[str, PERSONAL, ITEMS["phone"].words]
Address = Annotated[str, PERSONAL, ITEMS["address"].words]
IdNumber = Annotated[str, PERSONAL, ITEMS["id_number"].words]
Birthday = Annotated[str, PERSONAL, ITEMS["birthday"].words]
Email = Annotated[str, PERSONAL, ITEMS["email"].words]
Signer = Annotated[str, PERSONAL, ITEMS["signer"].words]


def clear(name: str, typed: str) -> Clear:
    """The typed value of an item in its one form; raises :class:`Usage`, which never repeats the value."""
    item = ITEMS[name]
    try:
        text = item.form(typed)
    except ValueError:
        raise _malformed(item) from None
    if not text or bad_text(text, MOST) is not None:
        raise _malformed(item)
    return Clear(text)


def _malformed(item: Item) -> Usage:
    words, hint = item.words, item.hint
    return Usage(Words(f"{words.zh}的写法不对：应是{hint.zh}", f"the {words.en} is malformed: {hint.en} is asked for"))
