"""RED: what the tills redeemed against what the book says of the sheet.  The judge finds it; here it is explained."""

from __future__ import annotations

from ledger.checks.explained import Explained
from ledger.core.words import Words

CODES: dict[str, Explained] = {
    "RED-01": Explained(
        Words("没有交出的券被消费", "redeemed but never out to a client"),
        Words(
            "收款台收了一张券，账上它当时不在客户手里：没有领过、还在保险柜、已退回，或后来才交出",
            "a till took a sheet that was not with a client then: never received, in the safe, returned, or handed out later",
        ),
        Words(
            "漏登售券或返扣、券被拿走、收款台号码扫错",
            "a sale or a collection that was not entered, a sheet taken, a number misread at the till",
        ),
        Words(
            "先核对实物券和小票；漏登的补登，其余报告主管",
            "look at the sheet and the till receipt first; enter what is missing, report the rest to the supervisor",
        ),
    ),
    "RED-02": Explained(
        Words("一张券消费两次", "redeemed twice"),
        Words("同一券号在收款台收了两次", "the tills took the same serial twice"),
        Words(
            "假券、收过的券没有剪角、文件里一行重复",
            "a copied sheet, a taken sheet not cancelled, a line doubled in the file",
        ),
        Words(
            "两张小票和实物券对照；文件重复的冲销一笔",
            "compare both till receipts with the sheets; reverse one where only the file was doubled",
        ),
    ),
    "RED-03": Explained(
        Words("遗失、作废或冻结的券被消费", "redeemed while lost, void or frozen"),
        Words(
            "收款台收券那天，这张券已报遗失、作废或冻结",
            "on the till's day the sheet was reported lost, void or frozen",
        ),
        Words("收款台没有看当天的通知", "the till had not seen the day's notice"),
        Words(
            "按实物券查来源；遗失找回的登记 gb voucher found，冻结原因已消除的 gb voucher unfreeze",
            "find out where the sheet came from; gb voucher found or gb voucher unfreeze where that is the truth",
        ),
    ),
}
