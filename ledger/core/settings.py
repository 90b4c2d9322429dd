"""Settings of a store, as ``gb.yaml`` holds them.  Staff and terminals are records, not settings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from ledger.core.bankdays import BankDays, BankYear
from ledger.core.dates import parse_day
from ledger.core.delivery import Delivery, WrongSetting
from ledger.core.errors import Unreadable
from ledger.core.text import bad_text
from ledger.core.words import Lang, Words

FORMAT = "1"
METHODS = ("cash", "cheque", "transfer", "wechat", "alipay", "pos")
METHOD_WORDS = {
    "cash": Words("现金", "cash"),
    "cheque": Words("支票", "cheque"),
    "transfer": Words("转账", "transfer"),
    "wechat": Words("微信", "WeChat"),
    "alipay": Words("支付宝", "Alipay"),
    "pos": Words("刷卡", "POS"),
}


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Method = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
Recipient = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$")]
Series = Annotated[str, msgspec.Meta(pattern=r"^[A-Z0-9][A-Z0-9-]{0,15}$")]


def method_words(method: str) -> Words:
    """A payment method's name; one that only the store's ``gb.yaml`` knows stands for itself."""
    return METHOD_WORDS.get(method, Words(method, method))


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One store's book.  ``series`` names the serial series (V8), empty for one series for the store.

    ``bank_days`` are years whose holidays the program does not know yet, or exceptions in those it knows.
    ``keystore`` is the folder of the keys of personal data, relative to the book; ``recipients`` names the public keys, of age
    or SSH, that those keys are wrapped for (C8).
    ``closed_days`` are the days without trade: days of the week (``sunday``) or dates.  ``delivery``: where notices are sent.
    ``printing`` (``print:`` in the file) says whether a record's forms are made when it is recorded, ``auto`` into
    ``print_folder`` (from the book's folder; empty: ``.gb/print``), ``open`` also shown for printing.
    """

    format: str
    book: str
    store: str
    currency: str = "CNY"
    timezone: str = "Asia/Shanghai"
    language: Lang = "zh"
    series: tuple[Series, ...] = ()
    payment_methods: Annotated[tuple[Method, ...], msgspec.Meta(min_length=1)] = METHODS
    bank_days: dict[str, BankYear] = {}
    closed_days: tuple[str, ...] = ()
    keystore: str = "keystore"
    recipients: dict[Recipient, str] = {}
    delivery: Delivery = Delivery()
    printing: Literal["by-hand", "auto", "open"] = msgspec.field(name="print", default="by-hand")
    print_folder: str = ""

    def __post_init__(self) -> None:
        """The store's name is text that may be shown (format: text); bank days and closed days are days."""
        if not self.store or bad_text(self.store):
            raise ValueError(f"store: {bad_text(self.store)}")
        BankDays(self.bank_days)
        for day in self.closed_days:
            if day not in WEEKDAYS:
                parse_day(day)

    def trades_on(self, day: dt.date) -> bool:
        """Whether ``day`` is a trading day: every day is, but those that ``closed_days`` names (decisions: 5)."""
        return WEEKDAYS[day.weekday()] not in self.closed_days and str(day) not in self.closed_days


def parse_settings(texts: Mapping[str, Any]) -> Settings:
    """Settings from the mapping in ``gb.yaml``, every scalar a text; raises :class:`Unreadable`."""
    version = texts.get("format")
    if version != FORMAT:
        words = Words(
            f"账本格式是 {version}，本程序只认 {FORMAT}", f"the book's format is {version}; this program reads {FORMAT}"
        )
        raise Unreadable(words, code="JRN-05", next=("gb --version",))
    try:
        return msgspec.convert(texts, Settings, strict=False)
    except msgspec.ValidationError as error:
        found = error.__cause__
        place = str(error).rpartition(" - at ")[2]
        zh = f"{found.words.zh}（{place}）" if isinstance(found, WrongSetting) else str(error)
        words = Words(f"gb.yaml 有误：{zh}", f"gb.yaml is wrong: {error}")
        raise Unreadable(words, code="RUL-01", next=("gb doctor",)) from None
