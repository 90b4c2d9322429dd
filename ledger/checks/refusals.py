"""Codes of refusals that are no findings: nothing was written, and what to do instead stands in the message."""

from __future__ import annotations

from ledger.checks.explained import Explained
from ledger.core.words import Words

_FIX = Words("按提示改正后再输入", "correct it as the message says and enter it again")

CODES: dict[str, Explained] = {
    "USE-01": Explained(
        Words("命令写法不对", "the command line is off"),
        Words("少了必填项，或内容不合格式", "something required is missing or not in its form"),
        Words("漏打选项、金额或号码打错", "an option left out, an amount or serial mistyped"),
        _FIX,
    ),
    "USE-02": Explained(
        Words("操作者取消", "declined"),
        Words("回答了“否”或按了 Ctrl-C，没有登记", "the answer was no, or Ctrl-C was pressed; nothing was recorded"),
        Words("操作者的决定", "the person's own choice"),
        Words("需要时重新输入命令", "enter the command again when it is wanted"),
    ),
    "REF-01": Explained(
        Words("查无此项", "not known"),
        Words(
            "账上没有这个单据、客户、券号、操作员或终端",
            "the book has no such record, client, serial, operator or terminal",
        ),
        Words("编号打错，或还没有登记", "a mistyped code, or it was never filed"),
        Words("用相应的 list 命令查找", "look it up with the noun's list command"),
    ),
    "ROL-01": Explained(
        Words("岗位无权", "not allowed for the role"),
        Words(
            "rules.yaml 的岗位表不允许这名操作员做这件事",
            "the table of roles in rules.yaml does not give the act to this operator",
        ),
        Words("登录了别人的代码，或岗位没有更新", "logged in under another code, or the roles are out of date"),
        Words("由有权的人办理，或由经理变更岗位", "someone with the role does it, or the manager changes the roles"),
    ),
    "ORD-01": Explained(
        Words("排在后来的记录之前", "would sort before what it depends on"),
        Words(
            "记录的时间早于它涉及的券、请示单等的最后一步",
            "the record's time lies before the last event of a sheet or request that it touches",
        ),
        Words("补录过去的日期，或本机时钟慢了", "an entry dated back, or a slow clock"),
        Words(
            "用今天的日期登记，或先冲销挡在前面的记录；错误的时钟登记的，冲销了也要到它的日期才放开：换一个号码或别的券",
            "date it today, or first reverse the record that blocks it; what a wrong clock recorded keeps its sheets and "
            "numbers until its day, reversed or not: use another number, or other sheets",
        ),
    ),
    "KEY-01": Explained(
        Words("外部编号或重试令牌已用于别的内容", "key used for other content"),
        Words("同一编号已登记，内容却不同", "the same key is recorded with other content"),
        Words("同一令牌用于两张单，或导入文件改过", "one token for two forms, or an import file that was changed"),
        Words("查看已登记的那条；新的单据用新的令牌", "look at what is recorded; a new form takes a new token"),
    ),
    "SIG-01": Explained(
        Words("不能签名", "not signed"),
        Words(
            "签名人、密钥或封签不符合签名的条件，没有写入",
            "the signer, the key or the seal is not what a signature needs; nothing was written",
        ),
        Words(
            "密钥没有登记或不是本人的、同一人签两方、该方已签、没有 ssh-keygen",
            "a key not registered or another's, one person for both sides, signed already, or no ssh-keygen",
        ),
        Words(
            "gb keys sign-setup 登记密钥；没有密钥的用 --paper 姓名",
            "register the key with gb keys sign-setup; without a key use --paper NAME",
        ),
    ),
    "CLK-01": Explained(
        Words("本机时钟不对", "the machine's clock is off"),
        Words(
            "时钟比已登记的记录早（倒退），或相差一天以上；记录会排错先后，没有登记",
            "the clock is before what is recorded, or a day or more off: records would sort wrongly; nothing was recorded",
        ),
        Words(
            "主板电池没电、时区或日期设错、另一终端的时钟快了",
            "an empty clock battery, a wrong time zone or date, another terminal ahead",
        ),
        Words(
            "校准时钟再登记；或用 --at 写单据上的时间。错的要是先前那一笔的时间，由主管 gb accept DAT-01 写明，或冲销它",
            "set the clock and enter it again; or give the paper's time with --at. If it was ahead when that record was made, "
            "a supervisor says so with gb accept DAT-01, or it is reversed",
        ),
    ),
    "SYN-01": Explained(
        Words("不能同步", "cannot synchronise"),
        Words(
            "没有 git、没有远程仓库、没有上游分支，或远程拒绝；本机的账照常可用",
            "no git, no remote, no upstream branch, or the remote refused; the book here works as before",
        ),
        Words("还没有设置远程仓库、网络不通、没有权限", "no remote set up yet, no network, no permission"),
        Words("按提示设置后再 gb sync", "set up what the message names and run gb sync again"),
    ),
    "SYN-02": Explained(
        Words("两边都改了同一个设置文件", "a settings file was changed on both sides"),
        Words(
            "日记账各终端写各自的文件，从不冲突；gb.yaml 或 rules.yaml 两边都改了，要由人决定；没有合并",
            "each terminal writes journals of its own, which never conflict; gb.yaml or rules.yaml was changed on both "
            "sides, and a person must decide; nothing was merged",
        ),
        Words("两台机器分别改了规则", "two machines changed the rules"),
        Words(
            "看两边的改动，把文件改成商定的内容，提交后再 gb sync",
            "look at both, agree on the text, commit it, run gb sync again",
        ),
    ),
    "SYN-03": Explained(
        Words("同一个月在两台机器上封了账", "a month was closed on two machines"),
        Words(
            "远程上已有这个月的封账，本机也封了一次；封签只能有一个，没有合并，两边都没丢。同一方在两台机器上签名也一样",
            "the remote has a closing of this month, and it was closed here as well; there is one seal only. Nothing was merged, "
            "nothing is lost. The same when one side signed on two machines",
        ),
        Words("封账前没有先 gb sync，两个人都封了", "two people closed without gb sync before"),
        Words(
            "已经传开的作准。本机 gb sync --give-up 月份：本机的封账移到 .gb/torn/，记录一条不少；封签没包括的记录成为 CLS-03，"
            "由 gb adopt 收编。纸上的短码改抄远程的，本机签过名的重新签",
            "what the others have stands. Here: gb sync --give-up MONTH moves this closing to .gb/torn/ and keeps every record; what "
            "the other seal does not cover becomes CLS-03, for gb adopt. The digest on paper becomes the remote's, and who signed "
            "here signs again",
        ),
    ),
    "LCK-01": Explained(
        Words("账本正被占用", "the book is locked"),
        Words("另一个命令在限时内没有放开账本", "another command did not let go of the book in time"),
        Words("同时有导入或大批登记", "an import or a long batch at the same time"),
        Words("稍候再试；确认没有别的 gb 在运行", "try again in a moment; see that no other gb is running"),
    ),
    "DSK-01": Explained(
        Words("没有写入", "not written"),
        Words("磁盘满、只读或没有权限；账本和原来一样", "disk full, read-only or no permission; the book is as before"),
        Words("空间不足、U 盘写保护、文件属主不对", "no space left, a write-protected stick, a wrong owner"),
        Words("解决后再登记：gb doctor", "put it right and enter again: gb doctor"),
    ),
    "DSK-02": Explained(
        Words("不知是否写入", "not known whether it was written"),
        Words("系统没有确认落盘，记录可能在也可能不在", "the disk did not confirm; the record may or may not be there"),
        Words("磁盘或网络盘故障", "a failing disk or network drive"),
        Words("先用 gb show 查看，再用同一个 --once 重试", "look with gb show, then retry with the same --once token"),
    ),
    "RUL-01": Explained(
        Words("规则或设置有误", "rules or settings are wrong"),
        Words(
            "rules.yaml 或 gb.yaml 缺规则、有不认识的名称或数值",
            "rules.yaml or gb.yaml lacks a rule, or holds an unknown name or value",
        ),
        Words("手工编辑时写错", "a slip in editing"),
        Words("gb doctor 指出哪一行", "gb doctor names the line"),
    ),
    "RUL-02": Explained(
        Words("施行过的规则被改动", "a rule that was in force was changed"),
        Words(
            "rules.yaml 里已封月份施行过的规则，与随账封存的副本不同；已封的月份仍按副本计算，以后的月份按改过的",
            "a rule of rules.yaml that was in force in a closed month is not as the copy sealed with it; closed months still "
            "go by the copy, later ones by what stands there now",
        ),
        Words(
            "改了旧条目的数值，而不是加一条新日期的",
            "the values of an old entry were edited, instead of adding one with a later date",
        ),
        Words(
            "把旧条目改回（副本在 closings/月份/rules.yaml），新规则另加一条，from 写开始施行的日期",
            "put the old entry back (the copy is closings/MONTH/rules.yaml), and add the new rule as an entry of its own, with "
            "the day from which it holds",
        ),
    ),
    "REF-02": Explained(
        Words("对应几项", "fits several"),
        Words("输入的内容对应不止一个客户、单据或系列", "what was typed fits more than one client, record or series"),
        Words("名称只写了一部分，短编号在几台终端都有", "a part of a name, or a short id that several terminals have"),
        Words("从列出的各项中选一个，写完整代码", "choose one of those listed and type its whole code"),
    ),
    "DAT-01": Explained(
        Words("业务日期不合规则", "the business date is not allowed"),
        Words(
            "日期或 --at 晚于本机时钟，或补记没有写原因；或账上有今天以后的记录；或单据上的几个日期先后颠倒",
            "the date or --at is after this machine's clock, or an entry dated back has no reason; or a record in the book "
            "lies after today; or the days of one form contradict each other",
        ),
        Words(
            "日期打错；补录前几天的单据；记录那天时钟快了，或本机时钟慢了",
            "a mistyped date; a form of some days ago entered now; a clock that was ahead then, or this one is behind",
        ),
        Words(
            "改日期，或加 --reason；今天以后的记录：先核对时钟，登错的 gb reverse 冲销，确有其事的由主管 gb accept 写明，"
            "它动过的券到那天才能再动",
            "correct the date, or add --reason; a record after today: look at the clock, then reverse what was wrong with gb "
            "reverse; of what did happen a supervisor says so with gb accept. Its sheets stay as they are until that day",
        ),
    ),
    "IMP-01": Explained(
        Words("导入文件里有不能登记的行", "rows of the import cannot be recorded"),
        Words(
            "至少一行有误，所以整个文件一行也没有登记",
            "at least one row is wrong, so not one row of the file was recorded",
        ),
        Words("券号已售、客户没有建档、金额写错", "a serial already sold, a client not filed, a mistyped amount"),
        Words("按列出的行号改文件，再导入一次", "correct the file at the lines named and import it again"),
    ),
    "IMP-02": Explained(
        Words("导入文件被电子表格改坏了", "a spreadsheet has spoilt the file"),
        Words(
            "号码成了科学计数或小数，或丢了前面的零；丢掉的位数补不回来",
            "a number became scientific or decimal, or lost its zeros; what was lost cannot be brought back",
        ),
        Words("用 Excel 打开 CSV 后又保存", "the CSV was opened in Excel and saved"),
        Words("从原系统重新导出，不要用电子表格打开", "export it from its system again, and do not open it in between"),
    ),
    "IMP-03": Explained(
        Words("导入文件或 MAP 不合格式", "the file or the map is not in form"),
        Words(
            "编码、列名、列数、日期或 MAP 的字段不对", "its encoding, columns, dates or the fields of the map are off"
        ),
        Words(
            "另存时选错编码，列名改过，日期能读成两种",
            "saved in another encoding, renamed columns, dates that read two ways",
        ),
        Words(
            "看 gb import sales --template 和 --map-template；中文系统导出的用 --encoding gb18030",
            "see gb import sales --template and --map-template; name an encoding with --encoding gb18030",
        ),
    ),
    "OUT-02": Explained(
        Words("已登记，没有送出", "recorded, but not sent"),
        Words(
            "通知已登记，但它的原文没有写成文件，或没有送到 gb.yaml 里 delivery: 所列的某处；或单据已登记，表单没有打出",
            "the notice is recorded, but its text could not be written, or it did not reach an address of delivery: in gb.yaml; or a "
            "record stands and its form was not printed",
        ),
        Words(
            "磁盘满、目录只读；邮件服务器停机、拒收、密码不对；共享文件夹没有挂上；没有设置渠道",
            "a full disk, a read-only folder; a mail server that is down, refuses or wants another password; a share that is not "
            "mounted; no channel set up",
        ),
        Words(
            "排除后再运行 gb notice --catch-up --deliver：缺的文件会补写，没送到的再送，送到过的不重送；没有渠道的，打印两联送签；表单用 gb print 单号 再打",
            "mend it and run gb notice --catch-up --deliver again: a missing file is written anew, what did not go out goes out, "
            "what did is not sent again; without a channel print the copies; a form is printed by "
            "gb print with the record's id",
        ),
    ),
    "PRT-01": Explained(
        Words("没有这张表单", "no such printed form"),
        Words(
            "这类单据没有可打印的表单，或没有这个名称的表单",
            "the kind of record has no printed form, or none of that name",
        ),
        Words(
            "批准、通知等步骤印在原单上，自己没有表单",
            "steps such as an approval stand on the original's form and have none of their own",
        ),
        Words("打印原单：gb print 原单编号", "print the original: gb print with its id"),
    ),
    "OUT-01": Explained(
        Words("结果没能输出", "the answer could not be shown"),
        Words("登记已完成，但结果没能写到标准输出", "the work is done, but stdout did not take the answer"),
        Words("输出到已满的磁盘", "output into a file on a full disk"),
        Words("用 gb show last 看登记的内容", "gb show last shows what was recorded"),
    ),
    "MEM-01": Explained(
        Words("内存不足", "out of memory"),
        Words("系统没有给程序足够的内存", "the system did not give the program the memory it needs"),
        Words("机器太小，或别的程序占满了", "a small machine, or one filled by other programs"),
        Words(
            "关掉别的程序再试；重试前先 gb show last", "close other programs; look with gb show last before retrying"
        ),
    ),
    "BUG-01": Explained(
        Words("程序出错", "a fault of the program"),
        Words(
            "程序遇到了没有预料的情况；已停止，没有写入",
            "the program met what it did not expect; it stopped and wrote nothing",
        ),
        Words("程序缺陷", "a defect"),
        Words("把命令和 .gb/ 里的记录发给维护者", "send the command and the log in .gb/ to the maintainers"),
    ),
    "REF-03": Explained(
        Words("代码已有人用", "the code is taken"),
        Words(
            "这个操作员、终端或客户代码已经登记过", "an operator, terminal or client of this code is registered already"
        ),
        Words("重复登记；两人取了同一个代码", "registered twice; two people chose one code"),
        Words("用另一个代码，或用 change 变更原来的", "take another code, or change the one that is there"),
    ),
}
