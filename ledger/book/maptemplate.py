"""The annotated samples of an import's MAP.yaml."""

from __future__ import annotations

_HEAD = """\
# gb import {journal} FILE.csv --map THIS.yaml
#
# fields: 我们的字段 our field -> 从哪里来 where its text comes from
#   name: 列名                    the column itself
#   name: {{column: 列名}}          the same; with any of
#           default: "文字"       when the cell is empty
#           format: "%d/%m/%Y"    日期的写法 how a date or time is written (strptime)
#           divide: 1000          除以，四舍五入到分 a number divided, rounded half up to the hundredth
#   name: {{value: "文字"}}         每行都一样 the same in every row
# Numbers stay texts: write them in quotes.  Dates without a format: 2026-10-08, 2026/10/8, 20261008, 2026年10月8日.
#
# at 时刻：2026-10-08 09:12[:33]，或只写 09:12[:33]，日期取本行的 date
#   a moment: 2026-10-08 09:12[:33], or 09:12[:33] alone, of the row's date
#
# 字段 fields: {fields}
# key 外部编号：重复导入时靠它认出已登记的行 the foreign id, by which a row already recorded is known.
"""

_WHEN = """\

# when: 只导入符合所有条件的行，其余略过并计数 only rows for which all hold; the others are skipped and counted
#   {{column: 列名, filled: yes}}      有内容 not empty; `filled: no`: empty
#   {{column: 列名, above: "0"}}       数字大于 a number greater than
#   {{column: 列名, starts: "2026-10"}} 以此开头 begins with
#   {{column: 列名, equals: "已付"}}    等于 is exactly
when:
  - {{column: {column}, filled: yes}}
"""

_SALES = """\
fields:
  key: 单号
  date: {column: 日期, format: "%Y/%m/%d"}
  client: 客户代码
  spans: 券号
  amount: {column: 金额分, divide: 100}
  method: {column: 付款方式, default: cash}
"""

_SHEETS = """\

# sheets_from_amount: 文件没有券号时，张数 = 金额 ÷ 面值（round: up 进位；exact 必须整除），取库存最小号
#   a file without serials: sheets = amount ÷ face (round: up, or exact), the lowest serials on hand
# sheets_from_amount: {face: "100.00", round: up}
"""

_CLIENTS = """\
fields:
  code: 客户代码
  unit: 单位名称
  unit_kind: {column: 性质, default: enterprise}
"""


def map_template(journal: str) -> str:
    """A sample with every conversion documented, in both languages."""
    from ledger.book.imports import FIELDS

    head = _HEAD.format(journal=journal, fields=" ".join(FIELDS[journal]))
    if journal == "sales":
        return head + _SALES + _WHEN.format(column="日期") + _SHEETS
    return head + _CLIENTS + _WHEN.format(column="单位名称")
