"""The postings as text for other accounting programs: a straight print, one transaction a record, nothing worked out.

``hledger`` is read by hledger and by ledger, ``beancount`` by beancount 3.  Accounts are ours; money is ``CNY`` with two decimals,
vouchers of a face are a commodity of their own, quoted because of its digits.  Beancount wants its five roots and capital
letters, so there the safe is an asset and the lines opposite it are equity; in small letters without the root put in front
the names are ours again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from ledger.core.forms import Record, Reversal
from ledger.core.money import yuan
from ledger.core.postings import MONEY, SAFE, Posting

Printer = Callable[[Iterable[Record]], Iterator[str]]
"""Records in, pieces of text out, each of whole lines."""

_ROOTS: Mapping[str, str] = {
    "assets": "Assets", "liabilities": "Liabilities", "equity": "Equity", "expenses": "Expenses", "revenues": "Income",
}  # fmt: skip
_QUOTE = '"'
_BEFORE_ALL = "1970-01-01"
"""Beancount wants accounts opened by a date; this one is before every record."""


def as_hledger(records: Iterable[Record]) -> Iterator[str]:
    """For hledger and ledger: date, id as the transaction's code, kind and client, the postings."""
    for record in records:
        if postings := record.postings():
            head = " ".join(part for part in (told(record), _client(record)) if part)
            lines = "".join(f"    {one.account}  {_amount(one, _QUOTE)}\n" for one in postings)
            yield f"{record.date} ({record.id}) {head}\n{lines}\n"


def _amount(posting: Posting, quote: str = "") -> str:
    """Yuan with two decimals, or so many sheets of a face, the commodity between two of ``quote``."""
    _, commodity, quantity = posting
    return f"{yuan(quantity)} {MONEY}" if commodity == MONEY else f"{quantity} {quote}{commodity}{quote}"


def as_beancount(records: Iterable[Record]) -> Iterator[str]:
    """For beancount: client as payee, kind as narration, id as link; each account is opened where it is first used."""
    yield f'option "operating_currency" "{MONEY}"\n\n'
    opened: set[str] = set()
    for record in records:
        if postings := record.postings():
            new = dict.fromkeys(account for account, _, _ in postings if account not in opened)
            opened.update(new)
            yield "".join(f"{_BEFORE_ALL} open {beancount_account(account)}\n" for account in new)
            yield _beancount_transaction(record, postings)


def _beancount_transaction(record: Record, postings: Iterable[Posting]) -> str:
    texts = " ".join(_quoted(text) for text in (_client(record), told(record)) if text)
    lines = "".join(f"  {beancount_account(one.account)}  {_amount(one)}\n" for one in postings)
    return f"{record.date} * {texts} ^{record.id}\n{lines}\n"


def beancount_account(account: str) -> str:
    """``vouchers:safe`` → ``Assets:Vouchers:Safe``, ``assets:with-finance`` → ``Assets:With-finance``."""
    root, *parts = account.split(":")
    if root not in _ROOTS:
        parts = [root, *parts]
        root = "assets" if account == SAFE else "equity"
    return ":".join((_ROOTS[root], *(part[:1].upper() + part[1:] for part in parts)))


def told(record: Record) -> str:
    """The record's kind, and what a reversal undoes: ``reversal of sale``."""
    return f"{record.KIND} of {record.of}" if isinstance(record, Reversal) else record.KIND


def _client(record: Record) -> str:
    return str(getattr(record, "client", ""))


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


PRINTERS: Mapping[str, Printer] = {"hledger": as_hledger, "beancount": as_beancount}
"""What ``gb export`` can print, by name."""
