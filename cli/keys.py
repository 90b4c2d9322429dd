"""Keys: the signing key of an operator, and the keys that personal data are sealed under."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.entry import Desk, desk, some_text
from cli.lang import _t, say
from ledger.core.errors import Unknown, Usage
from ledger.core.words import Words

if TYPE_CHECKING:
    from ledger.book.keys import Wrapped

app = typer.Typer()

USUAL = ".ssh/id_ed25519"

KeyOption = Annotated[
    str | None,
    typer.Option(
        "--key", metavar="FILE",
        help=_t("密钥文件；没有就新建，默认 ~/.ssh/id_ed25519", "the key's file, made when missing; by default ~/.ssh/id_ed25519"),
    ),
]  # fmt: skip

NAME = Words("接收者的名字", "the recipient's name")
PUBLIC = Words("公钥", "the public key")
FILE = Words("备份文件", "the file of the backup")
PASSPHRASE = Words("口令", "the passphrase")

FileArgument = Annotated[str | None, typer.Argument(metavar="FILE", help=_t(*FILE))]
PassphraseOption = Annotated[
    str | None,
    typer.Option(
        "--passphrase", metavar="FILE|-",
        help=_t("写有口令的文件，- 为标准输入；不写则询问", "the file that has the passphrase, - for stdin; else asked for"),
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
        "give this machine a key for personal data; it is the book's first recipient where there is none",
    )
)
def init(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME", help=_t("接收者的名字，不写则是终端代码", "its name; by default the terminal's code")
        ),
    ] = None,
    identity: Annotated[
        str | None,
        typer.Option(
            "--identity",
            metavar="FILE",
            help=_t(
                "已有的 age 或 ssh 私钥文件（无口令）", "a secret key of age or ssh that is there, without a passphrase"
            ),
        ),
    ] = None,
) -> None:
    """Running it again changes nothing."""
    from cli.render import emit, emit_json
    from ledger.book.keys import begin

    at = _keeper()
    known = some_text(name, NAME) if name is not None else at.terminal
    done = begin(at.book, known, secret=_path(identity), dry_run=at.call.dry_run)
    if at.call.json:
        emit_json(done._asdict())
        return
    made = Words("新建", "made") if done.made else Words("已有", "there already")
    emit(f"{done.name}  {done.recipient}  {say(made)}")
    _after_init(listed=done.listed, name=done.name, recipient=done.recipient)


def _after_init(*, listed: bool, name: str, recipient: str) -> None:
    from cli.render import note
    from ledger.book.keybackup import HINT

    if listed:
        note(Words(f"现在备份一次：{HINT}", f"now make a backup: {HINT}"))
        return
    how = f"gb keys add-recipient {name} {recipient}"
    note(Words(f"在已有密钥的机器上让本机加入：{how}", f"on a machine that has the keys, let this one in: {how}"))
    note(Words("没有这样的机器了，就用备份：gb keys restore 文件",
               "where none is left, put the keys back from the backup: gb keys restore FILE"))  # fmt: skip


@app.command(
    "add-recipient",
    help=_t("再加一个能打开密钥的人或机器：age 或 ssh 公钥", "one more who opens the keys: a public key of age or ssh"),
)
def add_recipient(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help=_t(*NAME))] = None,
    public: Annotated[
        list[str] | None, typer.Argument(metavar="KEY", help=_t("公钥，或公钥文件", "the public key, or its file"))
    ] = None,
) -> None:
    """Every key is wrapped anew at once; the others get them by ``keys sync``."""
    from ledger.book.keys import add_recipient as add

    at = _keeper()
    known = at.call.ask(name, words=NAME, name="NAME", parse=lambda typed: some_text(typed, NAME))
    text = at.call.ask(" ".join(public) if public else None, words=PUBLIC, name="KEY", parse=_public)
    _tell_wrapped(at, known, add(at.book, known, text, dry_run=at.call.dry_run))


@app.command(
    "drop-recipient",
    help=_t(
        "不再包给某个接收者；已有的密钥要另换：gb keys rotate",
        "wrap for somebody no more; then give new keys: gb keys rotate",
    ),
)
def drop_recipient(name: Annotated[str | None, typer.Argument(metavar="NAME", help=_t(*NAME))] = None) -> None:
    """Who has copied the keys before keeps what was sealed under them."""
    from ledger.book.keys import drop_recipient as drop

    at = _keeper()
    known = at.call.ask(name, words=NAME, name="NAME", parse=lambda typed: some_text(typed, NAME))
    _tell_wrapped(at, known, drop(at.book, known, dry_run=at.call.dry_run))


@app.command(
    help=_t("给每个人换一把新密钥，用于以后的资料；旧密钥重新包给现在的接收者",
            "a new key for everybody, for values to come; the old ones are wrapped for the recipients of today")
)  # fmt: skip
def rotate() -> None:
    """After a recipient has left."""
    from ledger.book.keys import rotate as renew

    at = _keeper()
    _tell_wrapped(at, " ".join(at.book.settings.recipients), renew(at.book, at.book.now(), dry_run=at.call.dry_run))


@app.command(help=_t("把全部密钥备份到一个用口令锁住的文件", "copy all keys into one file that a passphrase locks"))
def backup(file: FileArgument = None, passphrase: PassphraseOption = None) -> None:
    """Refused where a key would be missing from it; the act is on record."""
    from ledger.book.keybackup import pack, put

    at = _keeper()
    path = at.call.ask(file, words=FILE, name="FILE", parse=lambda typed: Path(typed).expanduser())
    data, keys = pack(at.book, _passphrase(at, passphrase, twice=True))
    if not at.call.dry_run:
        put(path, data)
    at.record("access", "backup", {"keys": keys})


@app.command(
    help=_t("从备份恢复缺少的密钥；已删除的人不恢复", "put keys back from a backup; nobody who was erased comes back")
)
def restore(file: FileArgument = None, passphrase: PassphraseOption = None) -> None:
    """Wrapped for the recipients of today and this machine, so ``keys init`` comes first on a new one."""
    from cli.render import emit, emit_json
    from ledger.book.keybackup import restore as put_back
    from ledger.book.keybackup import unpack
    from ledger.book.keys import erased_subjects

    at = _keeper()
    path = at.call.ask(file, words=FILE, name="FILE", parse=lambda typed: Path(typed).expanduser())
    content = unpack(at.book, path, _passphrase(at, passphrase))
    done = put_back(at.book, content, erased_subjects(at.book.state()), at.terminal, dry_run=at.call.dry_run)
    if at.call.json:
        emit_json({**done._asdict(), "let_in": done.let_in or None, **_tried(at)})
        return
    emit(_dry(at) + say(Words(f"恢复 {done.done} 个，已有 {done.there} 个，重新包 {done.anew} 个，已删除的人的 {done.erased} 个不恢复",
                         f"put back {done.done}, there already {done.there}, wrapped anew {done.anew}, "
                         f"of erased people and left out {done.erased}")))  # fmt: skip
    if done.let_in:
        _tell_let_in(done.let_in, [name for name in at.book.settings.recipients if name != done.let_in])


def _tell_let_in(name: str, others: list[str]) -> None:
    """That this machine became a recipient; and how to part with the one that is lost, which only the person knows."""
    from cli.render import note

    note(Words(f"本机已成为接收者 {name}", f"this machine is a recipient now: {name}"))
    if others:
        how = f"gb keys drop-recipient {others[0]}"
        listed = " ".join(others)
        note(Words(f"其他接收者 {listed}；机器已丢失的去掉，如 {how}，再 gb keys rotate",
                   f"the others: {listed}; drop one that is lost, such as {how}, then gb keys rotate"))  # fmt: skip


@app.command(
    help=_t("通过一个文件夹（共享盘、U 盘）与其他终端交换密钥；文件夹记住一次即可",
            "exchange keys with the other terminals through a folder (a share, a stick); it is remembered")
)  # fmt: skip
def sync(
    folder: Annotated[
        str | None, typer.Argument(metavar="FOLDER", help=_t("不在 git 里的文件夹", "a folder outside git"))
    ] = None,
) -> None:
    """Never through the book's git; keys of erased people are destroyed on both sides."""
    from cli.render import emit, emit_json
    from ledger.book.exchange import exchange
    from ledger.book.keys import erased_subjects

    at = desk()
    done = exchange(at.book, folder or "", erased_subjects(at.book.state()), dry_run=at.call.dry_run)
    if at.call.json:
        emit_json({**done._asdict(), **_tried(at)})
        return
    emit(say(Words(f"取来 {done.taken} 个密钥，给出 {done.given} 个，重新包 {done.anew} 个，销毁 {done.deleted} 个文件",
                   f"took {done.taken}, gave {done.given}, wrapped anew {done.anew}, destroyed {done.deleted}")))  # fmt: skip


@app.command(
    help=_t("检查个人资料的密钥，销毁已删除的人的密钥；有错误时退出码为 1",
            "examine the keys of personal data, destroy those of erased people; exit 1 on errors")
)  # fmt: skip
def doctor() -> int:
    """Every value that stands is opened, where its key is here."""
    from cli.doctor import tell_signs
    from ledger.book.keydoctor import examine_keys

    at = desk()
    return tell_signs(examine_keys(at.book, dry_run=at.call.dry_run), as_json=at.call.json)


def _keeper() -> Desk:
    """The desk of somebody who may look after keys; raises :class:`NotAllowed` naming who may."""
    from ledger.book.keys import may

    at = desk()
    may(at.book, at.by, at.today())
    return at


def _tried(at: Desk) -> dict[str, bool]:
    """What the JSON of a dry run has besides."""
    return {"dry_run": True} if at.call.dry_run else {}


def _dry(at: Desk) -> str:
    """What a line of a dry run begins with."""
    return say(Words("（试算）", "(dry run) ")) if at.call.dry_run else ""


def _path(typed: str | None) -> Path | None:
    return Path(typed).expanduser() if typed is not None else None


def _public(typed: str) -> str:
    """A public key as typed, or from the file of that name."""
    path = Path(typed).expanduser()
    if not typed.startswith(("age1", "ssh-")) and path.is_file():
        from cli.entry import read_file

        return read_file(str(path), 64 * 1024).decode("utf-8", "replace").strip()
    return typed


def _passphrase(at: Desk, typed: str | None, *, twice: bool = False) -> str:
    """From a file or stdin, or typed without an echo; a new one of at least so many letters."""
    from ledger.book.keybackup import LEAST

    if typed is not None:
        from cli.entry import read_file

        text = read_file(typed, 4096, "--passphrase").decode("utf-8", "replace").rstrip("\r\n")
    elif at.call.interactive:
        text = _typed_hidden(twice=twice)
    else:
        raise at.call.missing("--passphrase", PASSPHRASE)
    if twice and len(text) < LEAST:
        raise Usage(Words(f"口令至少 {LEAST} 个字", f"a passphrase has at least {LEAST} letters"))
    return text


def _typed_hidden(*, twice: bool) -> str:
    text = _hidden(PASSPHRASE)
    if twice and _hidden(Words("再输一次", "once more")) != text:
        raise Usage(Words("两次输入的口令不同", "the two passphrases differ"))
    return text


def _hidden(words: Words) -> str:
    """Ask without an echo; an interrupt or the end of input declines, as at any question."""
    from getpass import getpass

    from cli.shared import interrupted

    try:
        return getpass(f"{say(words)}: ")
    except (KeyboardInterrupt, EOFError):
        raise interrupted() from None


def _tell_wrapped(at: Desk, name: str, done: Wrapped) -> None:
    from cli.render import emit, emit_json, note

    if at.call.json:
        closed = [one.code for one in done.closed]
        emit_json({"name": name, "wrapped": done.done, "closed": closed, **_tried(at)})
        return
    emit(_dry(at) + say(Words(f"{name}  重新包了 {done.done} 个密钥", f"{name}  keys wrapped anew: {done.done}")))
    if done.closed:
        names = " ".join(one.code for one in done.closed[:5])
        note(Words(f"{len(done.closed)} 人的密钥本机打不开，没有动：{names}；在打得开的机器上 gb keys sync",
                   f"closed to this machine and left alone, people: {len(done.closed)} ({names}); "
                   "gb keys sync on one that opens them"))  # fmt: skip


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
