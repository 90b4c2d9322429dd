"""STK and CNT: the physical count against the book (V7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ledger.checks.explained import Explained
from ledger.core.dates import Month
from ledger.core.findings import Finding, trouble
from ledger.core.judge import short
from ledger.core.money import yuan
from ledger.core.spans import EMPTY, SpanSet
from ledger.core.words import Words
from ledger.folds.counts import Counted, CountResult

CODES: dict[str, Explained] = {
    "STK-01": Explained(
        Words("账实不符", "held is not counted"),
        Words(
            "盘点时保险柜里少了账上有的券，或多了账上没有的券",
            "the safe lacked sheets that the book has there, or held others",
        ),
        Words(
            "漏登售券、退券或领券；拿错一包；券丢失",
            "a sale, return or receipt not entered; a wrong packet handed over; a lost sheet",
        ),
        Words(
            "按列出的号码找单据补登；找不到的报遗失；重新盘点",
            "find the form of each serial and enter it; report what is lost; count again",
        ),
    ),
    "STK-02": Explained(
        Words("本月没有盘点", "not counted this month"),
        Words(
            "有库存的面值本月没有盘点，不能封账；没盘点不等于零",
            "a face value with stock was not counted in the month; it cannot be closed, and not counted is not zero",
        ),
        Words("忘了盘点，或只盘了一种面值", "the count was forgotten, or covered one face only"),
        Words(
            "gb voucher count（先打印空白盘点表：--blind）", "gb voucher count (print the blank sheet first: --blind)"
        ),
    ),
    "CNT-01": Explained(
        Words("一人盘点", "counted by one person"),
        Words("盘点要两人，这次只有一人", "a count takes two people; this one had one"),
        Words("没有填监盘人", "the second counter was not named"),
        Words("两人重新盘点：--second 姓名", "count again with two people: --second NAME"),
    ),
}


def differences(counted: Counted, hurt: SpanSet = EMPTY) -> Iterator[Finding]:
    """STK-01 for every count that still differs, with the serials; ``subject`` is the count.

    ``hurt`` are sheets in records that cannot be read: where the book has them is not known, and told already.
    """
    void = next((one.id for one in reversed(counted.counts) if one.scope == "void"), "")
    found = [(*one, Words("", "")) for one in counted.by_count]
    found.append((void, counted.void_missing, counted.void_surplus, Words("作废券", "void sheets, ")))
    for count, missing, surplus, what in found:
        less, more = missing - hurt, surplus - hurt
        if less or more:
            yield _difference(count, less, more, what)


def _difference(count: str, missing: SpanSet, surplus: SpanSet, what: Words) -> Finding:
    less = Words(f"少 {missing.count} 张 {short(missing)}", f"{missing.count} missing: {short(missing)}")
    more = Words(f"多 {surplus.count} 张 {short(surplus)}", f"{surplus.count} surplus: {short(surplus)}")
    parts = [words for spans, words in ((missing, less), (surplus, more)) if spans]
    words = Words(
        f"盘点 {count}：{what.zh}" + "，".join(part.zh for part in parts),
        f"count {count}: {what.en}" + "; ".join(part.en for part in parts),
    )
    first = next(iter(missing or surplus)).first_serial
    return trouble(
        "STK-01", words, subject=count, serials=(missing | surplus).text, next=(f"gb voucher trace {first}",)
    )


def not_counted(month: Month, held: Mapping[int, int], counts: Iterable[CountResult]) -> Iterator[Finding]:
    """STK-02 for a month whose closing stock (sheets per face in fen) has faces that none of its counts covers."""
    faces: set[int] = set()
    for count in counts:
        if month.contains(count.date):
            if count.faces is None:
                return
            faces |= count.faces
    for face in sorted((face for face, sheets in held.items() if sheets and face not in faces), reverse=True):
        words = Words(
            f"{month.text} 面值 {yuan(face)} 库存 {held[face]} 张，没有盘点",
            f"{month.text}: {held[face]} sheets of {yuan(face)} in stock were not counted",
        )
        asked = yuan(face).removesuffix(".00")
        next_ = (f"gb voucher count --blind --face {asked}",)
        yield trouble("STK-02", words, subject=f"{month.text} {yuan(face)}", next=next_)
