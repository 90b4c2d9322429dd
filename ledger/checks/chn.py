"""CHN: what keeps a store out of the chain's sums, and what keeps the chain from being folded at all."""

from __future__ import annotations

from ledger.checks.explained import Explained
from ledger.core.findings import Finding, trouble
from ledger.core.words import Words

CODES: dict[str, Explained] = {
    "CHN-01": Explained(
        Words("同一账本给了两次", "the same book twice"),
        Words(
            "两个目录是同一个账本（编号相同），只计入先给的一个",
            "two folders are the same book (by its id); only the one named first is in the sums",
        ),
        Words("通配符把备份也带上了，或同一目录写了两次", "a pattern that also matches a backup, or a folder named twice"),
        Words("把副本从参数里去掉，再对一次账", "leave the copy out and reconcile again"),
    ),
    "CHN-02": Explained(
        Words("币种不同", "another currency"),
        Words(
            "这家店的币种和第一家不同，没有计入合计",
            "the store's currency is not that of the first store: it is not in the sums",
        ),
        Words("gb.yaml 的 currency 写错，或是境外门店", "a wrong currency in gb.yaml, or a store abroad"),
        Words("分币种各对各的账", "reconcile the stores of each currency by themselves"),
    ),
    "CHN-03": Explained(
        Words("读账的进程中断", "the process that read it ended"),
        Words(
            "读这个账本的进程一再中断（单独重试过），这家店没有计入合计",
            "the process that read this book ended again and again, also when it had nothing else to do; the store is not in "
            "the sums",
        ),
        Words("内存不够，或磁盘、网络盘读不动", "too little memory, or a disk that cannot be read"),
        Words(
            "在那台机器上单独运行 gb reconcile，看它说什么",
            "run gb reconcile on that book alone, on that machine, and see what it says",
        ),
    ),
    "CHN-04": Explained(
        Words("程序版本不同", "another version of the program"),
        Words(
            "集群上的 gb-ledger 和这里的版本不同，得数可能不同，所以没有计入",
            "the cluster runs another gb-ledger than this machine; it might come to other figures, so the store is not in the "
            "sums",
        ),
        Words("集群没有升级", "a cluster that was not upgraded"),
        Words("在集群各机器上装同一版本", "install the same version on the machines of the cluster"),
    ),
    "CHN-05": Explained(
        Words("没有装 Dask", "Dask is not installed"),
        Words("gb chain 用 Dask 分配工作，基本安装里没有", "gb chain hands out its work with Dask, which the base install lacks"),
        Words("只装了 gb-ledger", "only gb-ledger was installed"),
        Words("运行 pip install 'gb-ledger[chain]'", "run pip install 'gb-ledger[chain]'"),
    ),
    "CHN-06": Explained(
        Words("连不上 Dask 集群", "the Dask cluster cannot be reached"),
        Words("--scheduler 的地址没有应答，或中途断开；什么也没有算出", "nobody answers at --scheduler, or the cluster went away in "
              "mid-run; there is no result"),
        Words("地址写错、集群没有启动、防火墙", "a mistyped address, a cluster that is not running, a firewall"),
        Words("不写 --scheduler 就在本机算", "without --scheduler the work is done on this machine"),
    ),
}  # fmt: skip


def twice(place: str, first: str) -> Finding:
    """CHN-01 for a folder that is the book of another one."""
    words = Words(
        f"{place} 和 {first} 是同一个账本，没有再计入", f"{place} is the same book as {first} and is not added again"
    )
    return trouble("CHN-01", words, subject=place)


def other_currency(place: str, currency: str, usual: str) -> Finding:
    """CHN-02."""
    words = Words(
        f"{place} 的币种是 {currency}，不是 {usual}，没有计入",
        f"{place} is kept in {currency}, not {usual}: it is not added",
    )
    return trouble("CHN-02", words, subject=place)


def died(place: str) -> Finding:
    """CHN-03."""
    words = Words(
        f"读 {place} 的进程一再中断，没有计入", f"the process that read {place} ended every time: it is not added"
    )
    return trouble("CHN-03", words, subject=place, next=(f"gb --book {place} reconcile",))


def other_version(place: str, theirs: str, ours: str) -> Finding:
    """CHN-04."""
    words = Words(
        f"读 {place} 的是 gb-ledger {theirs}，这里是 {ours}，没有计入",
        f"{place} was read by gb-ledger {theirs}, this one is {ours}: it is not added",
    )
    return trouble("CHN-04", words, subject=place)
