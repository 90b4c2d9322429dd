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
# 个人资料加密登记（先 gb keys init）personal data, written encrypted (gb keys init first): contact phone address email;
# 个人客户还有 of individuals also: name id_number birthday
#  contact: 联系人
#  phone: 联系电话
"""

_FINANCE = """\
# kind 登记种类: receipt 领券, return 退回财务, rebate 返扣, money 缴款；没有这一列就是领券 receipt without such a column
# document 财务单号: 请示单号、对帐编号、进帐单号或财务自己的单号 the number that both sides know it by, or finance's own
fields:
  kind: {column: 类别, default: receipt}
  document: 单号
  date: 登记日期
  spans: 起止号码
  face: 面值
  sheets: 张数
  amount: 金额
  person: 经办人
"""

_BANK = """\
# 一个金额列时用 amount（收入为正，支出为负） one signed column: amount instead of paid_in and paid_out
fields:
  date: 交易日期
  reference: 流水号
  paid_in: 贷方发生额
  paid_out: 借方发生额
  balance: 余额
  text: 摘要
"""

_REDEMPTIONS = """\
# 一行一张或一段券号 a row has one serial or a run of serials
fields:
  spans: 券号
  date: {column: 交易日期, format: "%Y%m%d"}
  till: 收款台
  receipt: 小票号
"""

_MEMBERS = """\
# card: 有卡号的行登记会员（还没有的）并激活卡；只有编号和卡号的行只激活 a row with a card number registers the member, if new,
#   and activates the card; a row of code and card alone only activates
# 已登记会员的其他内容与账上不同的行不登记（gb member change） a row that says otherwise of a member who is there is refused
# 个人资料 personal: name phone address id_number birthday email，加密后写入 are sealed before they are written
fields:
  code: 会员编号
  card: 卡号
  name: 姓名
  phone: 手机
  identified: {column: 证件, default: ""}
"""

_POINTS = """\
# kind: earned 消费, topped-up 补积分, returned 退货；没有这一列时负数是退货 without such a column below zero is a return
# points 积分，或 amount 金额（按规则折算） points, or the amount, of which the rule makes points
# slip 单据号，永远只用一次 used once for ever; original 退货的原单 the purchase of a return
fields:
  member: 会员编号
  amount: 金额
  slip: 小票号
  date: 消费日期
"""

_SAMPLES = {
    "sales": (_SALES, "日期", _SHEETS),
    "clients": (_CLIENTS, "单位名称", ""),
    "finance": (_FINANCE, "登记日期", ""),
    "bank": (_BANK, "交易日期", ""),
    "redemptions": (_REDEMPTIONS, "券号", ""),
    "members": (_MEMBERS, "会员编号", ""),
    "points": (_POINTS, "会员编号", ""),
}


def map_template(journal: str) -> str:
    """A sample with every conversion documented, in both languages."""
    from ledger.book.imports import FIELDS

    head = _HEAD.format(journal=journal, fields=" ".join(FIELDS[journal]))
    fields, column, more = _SAMPLES[journal]
    return head + fields + _WHEN.format(column=column) + more
