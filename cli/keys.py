"""Keys: the signing key of an operator, and the keys that personal data are sealed under."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.entry import Desk, desk
from cli.lang import _t, say
from ledger.core.errors import Unknown
from ledger.core.words import Words

app = typer.Typer()

USUAL = ".ssh/id_ed25519"

KeyOption = Annotated[
    str | None,
    typer.Option(
        "--key", metavar="FILE",
        help=_t("密钥文件；没有就新建，默认 ~/.ssh/id_ed25519", "the key's file, made when missing; by default ~/.ssh/id_ed25519"),
    ),
]  # fmt: skip


@app.command(
    "sign-setup",
    help=_t(
        "准备本人的签名密钥：没有就生成，并登记公钥",
        "set up your own signing key: make it if missing, register its public half",
    ),
)
def sign_setup(key: KeyOption = None) -> None:
    """One step; running it again changes nothing."""
    from ledger.audit import openssh
    from ledger.core.parties import Operator

    at = desk()
    who = at.book.state().thing(Operator, at.by)
    if who is None or who.left:
        words = Words(f"操作员 {at.by} 没有登记或已离岗", f"operator {at.by} is not registered, or has left")
        raise Unknown(words, next=("gb operator list",))
    _ = at.terminal  # refused before a key is made
    file = (Path(key) if key else Path("~") / USUAL).expanduser().absolute()
    made = not _there(file)
    if made and not at.call.dry_run:
        openssh.make_key(file, f"{at.by}@gb")
    if made and at.call.dry_run:
        _tell(at, file, "", made=True, recorded="")
        return
    public = openssh.public_half(file)
    done = None
    if openssh.public_key(who.public_key) != public:
        done = at.write("staff", "operator-key", {"code": at.by, "public_key": public})
    _tell(at, file, openssh.fingerprint(public), made=made, recorded=done.record.id if done else "")


def _there(file: Path) -> bool:
    from ledger.disk import Disk

    return Disk(file.parent).stat(file.name) is not None


def _tell(at: Desk, file: Path, fingerprint: str, *, made: bool, recorded: str) -> None:
    from cli.render import emit, emit_json, note

    if at.call.json:
        emit_json({"by": at.by, "key": str(file), "made": made, "fingerprint": fingerprint, "record": recorded or None})
        return
    state = Words("新建", "made") if made else Words("已有", "there already")
    listed = Words("已登记公钥", "public key registered") if recorded else Words("公钥没有变化", "public key unchanged")
    emit("  ".join(one for one in (at.by, str(file), say(state), fingerprint, recorded, say(listed)) if one))
    note(
        Words(
            "把指纹抄到纸上交对方保管；私钥文件不要给任何人",
            "copy the fingerprint to paper for the other side to keep; give the private file to nobody",
        )
    )


# -- keys of personal data -----------------------------------------------------------------------------------------------


@app.command(
    help=_t(
        "给本机一把个人资料的密钥；账本还没有接收者时成为第一个",
        "give this machine a key for personal data; the book's first recipient where it has none",
    )
)
def init(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME",
            help=_t("接收者的名字，不写则是终端代码", "the recipient's name; by default the terminal's code"),
        ),
    ] = None,
    identity: Annotated[
        str | None,
        typer.Option(
            "--identity",
            metavar="FILE",
            help=_t(
                "已有的 age 或 ssh 私钥文件（无口令）",
                "a secret key of age or ssh that is there already, without a passphrase",
            ),
        ),
    ] = None,
) -> None:
    """Running it again changes nothing."""
    from cli.render import emit, emit_json
    from ledger.book.keys import begin, may

    at = desk()
    may(at.book, at.by, at.today())
    path = Path(identity).expanduser() if identity is not None else None
    known = name or at.terminal
    done = begin(at.book, known, secret=path, dry_run=at.call.dry_run)
    if at.call.json:
        emit_json(
            {
                "name": known,
                "recipient": done.recipient,
                "made": done.made,
                "listed": done.listed,
                "identity": done.identity,
            }
        )
        return
    made = Words("新建", "made") if done.made else Words("已有", "there already")
    emit(f"{known}  {done.recipient}  {say(made)}")
    _next_of_init(done.listed, known, done.recipient)


def _next_of_init(listed: bool, name: str, recipient: str) -> None:
    from cli.render import note

    if listed:
        note(Words("现在备份一次：gb keys backup 文件", "now make a backup: gb keys backup FILE"))
        return
    words = Words(
        f"在已有密钥的机器上登记本机：gb keys add-recipient {name} {recipient}",
        f"on a machine that has the keys, let this one in: gb keys add-recipient {name} {recipient}",
    )
    note(words)


@app.command("list", help=_t("列出登记过的签名公钥和起止时间", "list the registered signing keys and when they held"))
def list_keys() -> None:
    """As verification uses them."""
    from cli.render import emit, emit_json, table
    from ledger.audit.people import read_people

    at = desk()
    found = [one for one in read_people(at.book.disk, at.book.settings.book) if one.key]
    if at.call.json:
        emit_json({"keys": [_json(one) for one in found]})
    elif found:
        heads = [
            Words("操作员", "operator"),
            Words("姓名", "name"),
            Words("指纹", "fingerprint"),
            Words("起", "from"),
            Words("止", "to"),
        ]
        emit(
            table(
                heads,
                [[row["code"], row["name"], row["fingerprint"], row["from"], row["to"]] for row in map(_json, found)],
            )
        )


def _json(one: Any) -> dict[str, Any]:
    from ledger.audit.openssh import fingerprint

    return {
        "code": one.code, "name": one.name, "roles": list(one.roles), "fingerprint": fingerprint(one.key),
        "public_key": one.key, "from": one.since.isoformat(), "to": one.until.isoformat() if one.until else None,
    }  # fmt: skip
