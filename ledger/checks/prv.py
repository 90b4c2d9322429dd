"""PRV: personal data and their keys.  The judge finds PRV-03; the others are refusals and what ``keys doctor`` finds."""

from __future__ import annotations

from ledger.checks.explained import Explained
from ledger.core.words import Words

CODES: dict[str, Explained] = {
    "PRV-01": Explained(
        Words("打不开个人资料的密钥", "no key of personal data"),
        Words(
            "账本还没有密钥，或本机没有、打不开这个人的密钥；没有写入",
            "the book has no keys yet, or this machine has not that person's or cannot open it; nothing was written",
        ),
        Words(
            "没有 keys init；密钥还在别的终端；本机不是接收者；私钥文件有口令",
            "no keys init; the key is on another terminal still; this machine is no recipient; a secret key with a passphrase",
        ),
        Words(
            "gb keys doctor 看缺什么；gb keys sync 取来密钥；或在别的机器上 add-recipient",
            "gb keys doctor says what is missing; gb keys sync fetches keys; or add-recipient on another machine",
        ),
    ),
    "PRV-02": Explained(
        Words("个人资料的密文不对", "a personal value that was not sealed for its place"),
        Words(
            "密文不是为这本账、这个人、这一栏加密的，或被改过",
            "the value was not sealed for this book, person and field, or it was changed",
        ),
        Words(
            "有人改了日记账，或把一个人的密文搬到另一个人名下",
            "a journal was edited, or one person's value moved to another",
        ),
        Words(
            "gb check 看校验链；用 client change 重新登记这一项",
            "gb check shows the chain; record the item anew with client change",
        ),
    ),
    "PRV-03": Explained(
        Words("个人资料已删除", "personal data were erased"),
        Words(
            "这个人的密钥已经销毁，不再登记他的个人资料",
            "the person's key was destroyed for good: no personal data of theirs are recorded any more",
        ),
        Words(
            "另一终端还不知道删除就登记了；或删除后又想登记",
            "another terminal recorded before it knew, or somebody wants to record again after all",
        ),
        Words("本人同意重新登记的，用新代码建档", "file them under a new code, when they agree to be filed again"),
    ),
    "PRV-04": Explained(
        Words("密钥会进 git", "keys would get into git"),
        Words(
            "密钥夹或交换夹在 git 里；git 什么也不忘，删除就没有用了",
            "the keystore or the place of exchange is inside git, which forgets nothing: erasing would mean nothing",
        ),
        Words("没有写进 .gitignore，或选错了文件夹", "not in .gitignore, or the wrong folder"),
        Words("写进 .gitignore，或换一个文件夹", "put it into .gitignore, or take another folder"),
    ),
    "PRV-05": Explained(
        Words("交换密钥的文件夹不在", "the folder where keys are exchanged is not there"),
        Words("没有记住文件夹，或共享盘、U 盘没有接上", "none is known, or the share or stick is not connected"),
        Words("没有接上，或路径变了", "not connected, or its path has changed"),
        Words("接上后 gb keys sync，或 gb keys sync 新文件夹", "connect it and gb keys sync, or gb keys sync FOLDER"),
    ),
    "PRV-06": Explained(
        Words("密钥备份打不开", "a backup of the keys does not open"),
        Words("口令不对、不是密钥备份，或是另一本账的", "a wrong passphrase, no backup of keys, or another book's"),
        Words("拿错了文件或口令", "the wrong file or passphrase"),
        Words("换一个文件或口令", "take the right file or passphrase"),
    ),
}
