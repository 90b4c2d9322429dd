"""The worked month: every step as typed at the counter, a minute apart, on a book that is made once and copied.

A line ``@ DATE TIME OPERATOR`` says when and by whom the commands below it are typed.
"""

from __future__ import annotations

import shlex
from functools import cache
from pathlib import Path
from shutil import copytree, ignore_patterns
from tempfile import mkdtemp

from tests.cli.counter import BOOK_ID, Counter, Result, gb

OPENING = """\
finance: 钱宁
float: "500.00"
totals: 120x100 60x50
sheets:
  - {place: safe, face: "100", spans: A0010001-A0010120, stamps: activity, expires: "2029-12-31"}
  - {place: safe, face: "50", spans: B0020001-B0020060, stamps: activity, expires: "2029-12-31"}
"""

LADDER = """\
  - from: "2026-10-01"
    ladder: {"10000.00": "3"}
    faces: ["100.00"]
    sale_sheets: "yes"
    uncollected_days: "30"
"""

STAFF = f"""
@ 2026-09-30 08:30 -
init . --store 东方商厦 --terminal K1 --book-id {BOOK_ID} --no-git
operator add wang --name 王芳 --role clerk
operator add sun --name 孙宁 --role supervisor
operator add qian --name 钱宁 --role finance
operator add li --name 李梅 --role manager
@ 2026-09-30 09:00 li
opening --from ../opening.yaml
client add --code C001 --unit 东风机械厂 --kind enterprise
client add --code C002 --unit 市第一中学 --kind institution
client add --code C003 --unit 湖滨街道 --kind government
client add --code C004 --kind individual --alias 李女士
notice
voucher count A0010001-A0010120 B0020001-B0020060 --second 孙宁
day --mark
@ 2026-10-01 08:40 li
close --month 2026-09
sign --month 2026-09 --as department --paper 李梅
@ 2026-10-01 09:00 qian
sign --month 2026-09 --as finance --paper 钱宁
"""

MONTH = """
# received: 500 × 100, 200 × 50, 300 × 20
@ 2026-10-08 09:00 wang
request voucher 500x100 200x50 300x20 --reason 十月备券
@ 2026-10-08 09:10 li
request approve RQ-1
@ 2026-10-08 10:00 wang
voucher receive A0010121-A0010620 --face 100 --request RQ-1 --finance 钱宁 --expires 2029-12-31 --stamped
voucher receive B0020061-B0020260 --face 50 --request RQ-1 --finance 钱宁 --expires 2029-12-31 --stamped
voucher receive D0030001-D0030300 --face 20 --request RQ-1 --finance 钱宁 --expires 2029-12-31 --stamped
# cash 50 × 100, deposited the same day
sale cash C004 A0010001-A0010050 --amount 5000
cash deposit --slip J-1008
@ 2026-10-08 17:00 wang
notice --catch-up
day --mark

# transfer 40 × 50 for 1,960.00, two per cent off; it arrives the next day
@ 2026-10-09 10:00 wang
sale transfer C002 B0020001-B0020040 --amount 1960 --reference TT-1009 --reason 大宗优惠2%
@ 2026-10-09 17:00 wang
notice
day --mark
@ 2026-10-10 09:00 wang
cash arrived SA1009-1
@ 2026-10-10 17:00 wang
notice
day --mark

# a cheque for 100 × 100: three bank days after its deposit it has cleared, and the sheets are handed over
@ 2026-10-12 10:00 wang
sale cheque C001 A0010121-A0010220 --amount 10000 --cheque 10203040 --bank 工商银行 --drawn 2026-10-12
cheque deposit 10203040 --slip JZ-1012
@ 2026-10-12 17:00 wang
notice --catch-up
day --mark
@ 2026-10-14 15:00 qian
cheque clear 10203040 --advice TZ-14
@ 2026-10-14 17:00 wang
notice --catch-up
day --mark
@ 2026-10-15 10:00 wang
sale handover 10203040
@ 2026-10-15 17:00 wang
notice
day --mark

# a same-day cheque for 20 × 100 ...
@ 2026-10-16 10:00 wang
sale cheque C002 A0010221-A0010240 --amount 2000 --cheque 55667788 --bank 建设银行 --drawn 2026-10-16 --same-day --bank-slip YH-16
@ 2026-10-16 17:00 wang
notice
day --mark

# ten sheets of 100 become 200, and are sold for 2,000.00 by card
@ 2026-10-19 09:00 wang
request reface 10x100 --to 200 --reason 客户要大面额
@ 2026-10-19 09:10 li
request approve RQ-1
@ 2026-10-19 09:20 wang
voucher reface A0010241-A0010250 --face 200 --reason 客户要大面额 --approval RQ-1
sale pos C003 A0010241-A0010250 --amount 2000 --reference POS-88
cash arrived SA-1
@ 2026-10-19 17:00 wang
notice --catch-up
day --mark

# ... bounces four days later
@ 2026-10-20 10:00 wang
cheque bounce 55667788 --reason 存款不足
@ 2026-10-20 17:00 wang
notice
day --mark

# a cash sale of 100 × 20 at 17:20, after the notice
@ 2026-10-21 17:00 wang
notice
@ 2026-10-21 17:20 wang
sale cash C003 D0030001-D0030100 --amount 2000
@ 2026-10-21 17:30 wang
notice
day --mark

# its money is the next cash day's: twenty yuan short, and the rest deposited
@ 2026-10-22 09:00 wang
cash count --amount 2480 --second 孙宁
cash deposit --slip J-1022
# one 100 returned
sale return A0010050 --reason 多买一张
@ 2026-10-22 17:00 wang
notice
day --mark

# one 100 void, one 50 lost, 20 × 50 back to finance
@ 2026-10-23 09:00 wang
request void 1x100 --reason 盖章污损
request lost 1x50 --reason 交接时少一张
@ 2026-10-23 09:10 li
request approve RQ-1
request approve RQ-2
@ 2026-10-23 09:20 wang
voucher void A0010251 --reason 盖章污损 --approval RQ-1
voucher lost B0020041 --report YS-1 --reason 交接时少一张 --approval RQ-2
voucher return B0020241-B0020260 --reason 本月用不完
@ 2026-10-23 17:00 wang
notice
day --mark

# nothing on the 24th, 25th and 26th: three missed days, caught up on the 27th, itself a day without sales
@ 2026-10-27 17:00 wang
notice --catch-up

# 3 × 100 as a rebate on the 10,000.00 that arrived
@ 2026-10-28 09:00 sun
rebate propose --client C001 --month 2026-10
@ 2026-10-28 09:10 li
rebate approve RB-1
@ 2026-10-28 09:20 wang
rebate notify RB-1 --how phone
rebate collect RB-1 --vouchers A0010252-A0010254 --signed-by yes
@ 2026-10-28 17:00 wang
notice
day --mark

# 30 × 100 only reserved
@ 2026-10-29 10:00 wang
sale cheque C003 A0010591-A0010620 --amount 3000 --cheque 99001122 --bank 农业银行 --drawn 2026-10-29
cheque deposit 99001122 --slip JZ-1029
@ 2026-10-29 17:00 wang
notice
day --mark

# the count of the 31st
@ 2026-10-31 16:00 wang
voucher count A0010050-A0010120 A0010255-A0010620 B0020042-B0020240 D0030101-D0030300 --second 孙宁
@ 2026-10-31 17:00 wang
notice --catch-up
day --mark
"""


CLOSED = """
@ 2026-11-02 09:00 sun
accept CHQ-02 CQ20261020-K1-0001 --reason 已约定月内补付 --due 2026-11-20
@ 2026-11-02 09:10 li
close --month 2026-10
sign --month 2026-10 --as department --paper 李梅
@ 2026-11-02 09:30 qian
sign --month 2026-10 --as finance --paper 钱宁
"""


class Worked(Counter):
    """The counter of the worked month, in which whole scripts are typed."""

    def type(self, script: str) -> list[Result]:
        """Type the lines, each of which must succeed; returns what they printed."""
        done = []
        when, by, minute = "", "", 0
        for line in script.splitlines():
            if line.startswith("@"):
                _, day, clock, by = line.split()
                when, minute = f"{day} {clock}", int(clock[3:])
            elif line and not line.startswith("#"):
                who = () if by == "-" else ("--terminal", "K1", "--by", by)
                at = ("--at", f"{when[:-2]}{minute:02d}", "--lang", self.language)
                result = gb(*shlex.split(line), *at, "--book", str(self.book), *who)
                assert result.code == 0, (line, result)
                done.append(result)
                minute += 1
        return done


@cache
def _model() -> Path:
    """The book at the end of 31 October."""
    folder = Path(mkdtemp(prefix="gb-worked-"))
    (folder / "opening.yaml").write_text(OPENING, encoding="utf-8")
    at = Worked(folder / "book")
    at.type(STAFF.replace("init .", f"init {at.book}").replace("../opening.yaml", str(folder / "opening.yaml")))
    rules = at.book / "rules.yaml"
    last = '    uncollected_days: "30"\n'
    rules.write_text(rules.read_text(encoding="utf-8").replace(last, last + LADDER), encoding="utf-8")
    at.type(MONTH)
    return at.book


@cache
def _closed() -> Path:
    """The same book with October closed and signed on 2 November."""
    book = _copied(_model(), Path(mkdtemp(prefix="gb-closed-")))
    Worked(book).type(CLOSED)
    return book


def _copied(book: Path, folder: Path) -> Path:
    copytree(book, folder / "book", ignore=ignore_patterns(".gb"))
    return folder / "book"


def worked(tmp_path: Path, *, closed: bool = False) -> Worked:
    """A copy of the book on the evening of 31 October, or ``closed`` on the morning of 3 November."""
    at = Worked(_copied(_closed() if closed else _model(), tmp_path), day="2026-11-03" if closed else "2026-10-31")
    at.minute = 0 if closed else 540
    return at
