"""The one table of top-level names: where each lives and its line of help.  A new command is one line here.

``gb --help`` is written from this table without importing a command.
"""

from __future__ import annotations

from typing import NamedTuple

from ledger.core.words import Words


class Entry(NamedTuple):
    """One top-level name.  ``module`` has an ``app``; ``noun`` says that verbs follow the name."""

    module: str
    words: Words
    noun: bool = False


class Section(NamedTuple):
    """Names that a person looks for together."""

    title: Words
    entries: dict[str, Entry]


def _noun(module: str, zh: str, en: str) -> Entry:
    """Return an entry whose verbs follow it: ``gb voucher receive``."""
    return Entry(f"cli.{module}", Words(zh, en), noun=True)


def _verb(module: str, zh: str, en: str) -> Entry:
    """Return an entry that acts by itself: ``gb status``."""
    return Entry(f"cli.{module}", Words(zh, en))


SECTIONS: tuple[Section, ...] = (
    Section(
        Words("柜台", "At the counter"),
        {
            "sell": _verb("sell", "快速售券：客户、金额、券号", "sell in short form: client, amount, serial"),
            "counter": _verb("counter", "柜台模式：一笔接一笔售券，可扫码", "sell one after another, with a scanner"),
            "sale": _noun("sale", "售券、退券", "sales of vouchers and what clients bring back"),
            "cheque": _noun("cheque", "支票：送存、到帐、退票、补付", "cheques: deposit, arrival, bounce, made good"),
            "voucher": _noun(
                "voucher", "领券、盖章、退财务、作废、盘点、库存", "receive, stamp, return, void, count, stock"
            ),
            "cash": _noun(
                "cash", "现金：交款、盘点、到账、借支、日记账", "cash: deposit, count, arrivals, advances, its journal"
            ),
            "request": _noun("request", "申请：用券、作废、更改面值……", "requests: vouchers, void, change of face …"),
            "approve": _verb("approve", "审批所有待我批准的申请", "approve the requests that wait for me"),
            "client": _noun("client", "客户", "clients"),
            "visit": _noun("visit", "客户回访：计划、登记、到期、节日", "calls and visits: plan, log, due, festivals"),
            "outreach": _noun("outreach", "外联：计划、结果、每周汇总", "outreach: plan, result, the week"),
            "rebate": _noun("rebate", "返扣：计算、批准、通知、领取", "rebates: reckon, approve, notify, collect"),
            "member": _noun("member", "会员：登记、激活、名单", "members: registered, cards, lists"),
            "points": _noun("points", "积分：补积分、领奖、对账单", "points: topped up, awards, statements"),
            "merchant": _noun(
                "merchant", "特约商户：筛选、签约、回访、续签", "special merchants: contracts, visits, renewals"
            ),
            "activity": _noun("activity", "会员活动：计划、名额、奖励", "activities: plans, places, rewards"),
            "undo": _verb("undo", "撤销我今天的最后一笔", "undo my own last entry of today"),
            "reverse": _verb("reverse", "冲销一笔记录", "reverse a record"),
            "correct": _verb("correct", "更正打错的券号", "put a mistyped span right"),
        },
    ),
    Section(
        Words("查询与核对", "Look up and reconcile"),
        {
            "status": _verb("status", "今天要办的事（直接输入 gb 也可）", "what is due today (bare gb does the same)"),
            "show": _verb("show", "查看一笔记录、券号、支票或客户", "show a record, a serial, a cheque or a client"),
            "log": _verb("log", "按时间列出记录", "list records in time order"),
            "reconcile": _verb("reconcile", "月度对账六项表", "the month's six-point reconciliation sheet"),
            "report": _verb(
                "report",
                "报表：月报、周报、财务审计表、会员、银行调节表等",
                "reports: month, week, audit sheet, members, bank …",
            ),
            "target": _noun("target", "销售目标：定、分、看完成", "sales targets: set, split, actual against them"),
            "print": _verb(
                "print_", "打印表单：单据、月对账表、空白盘点表", "printed forms: of a record, of a month, blank"
            ),
            "verify": _verb("verify", "核验封账、签名和历史", "verify seals, signatures and the history"),
            "check": _verb("check", "检查账本，列出全部问题", "check the book and list all findings"),
            "explain": _verb("explain", "说明一个问题代码", "explain a finding's code"),
        },
    ),
    Section(
        Words("通知、日终与封账", "Notice, day end and closing"),
        {
            "notice": _noun(
                "notice", "17:00 券号通知：发出、送出、签收、查看", "the 17:00 notice: issue, send, sign for, look up"
            ),
            "day": _verb("day", "日终：当天已记完", "end of day: this terminal's day is complete"),
            "handover": _verb("handover", "保管交接：打交接表", "hand over to the next custodian"),
            "preclose": _verb("preclose", "封账前要办的事", "what keeps the month open, and who must act"),
            "accept": _verb("accept", "对问题写处理意见", "answer a finding"),
            "close": _verb("close", "封账", "close the month"),
            "adopt": _verb("adopt", "收编迟到的记录", "take a late record into the open month"),
        },
    ),
    Section(
        Words("账本与设置", "The book and its set-up"),
        {
            "init": _verb("init", "新建账本", "make a new book"),
            "setup": _verb("setup", "逐步设置账本", "set a book up step by step"),
            "doctor": _verb("doctor", "检查本机和账本的设置", "examine this machine and the book's set-up"),
            "operator": _noun("operator", "操作员", "operators"),
            "terminal": _noun("terminal", "终端", "terminals"),
            "login": _verb("login", "登录", "say who works here"),
            "whoami": _verb("whoami", "显示当前操作员", "show who works here"),
            "logout": _verb("logout", "退出登录", "forget who works here"),
            "opening": _verb("opening", "登记期初", "record the opening balances"),
            "waive": _verb("waive", "接受一处手工改动", "accept a hand edit"),
            "sync": _verb("sync", "与其他终端同步（git）", "synchronise with the other terminals (git)"),
            "import": _verb("import_", "从 CSV 或工作簿导入", "import from CSV or a workbook"),
            "export": _noun(
                "export",
                "导出：hledger、beancount、datapackage、csv",
                "export for hledger, beancount, datapackage, csv",
            ),
            "sign": _verb("sign", "给已封的月份签名", "sign a closed month"),
            "keys": _noun("keys", "密钥：签名，个人资料", "keys: for signing, for personal data"),
            "index": _noun("index", "索引（可随时重建）", "the index, which can be rebuilt at any time"),
            "completion": _verb("completion", "命令补全：bash、zsh、fish", "completion for bash, zsh, fish"),
            "guide": _verb(
                "guide", "入门：在用完就删的账本上走一遍", "a first day at the counter, on a book that is thrown away"
            ),
            "chain": _noun("chain", "连锁总部：多店合并对账", "head office: many stores' months as one"),
            "demo": _verb("demo", "演示：一个月的对账", "a demonstration: one month reconciled"),
        },
    ),
)

BARE = "status"
"""What ``gb`` runs when nothing follows it."""

COMMANDS: dict[str, Entry] = {name: entry for section in SECTIONS for name, entry in section.entries.items()}
