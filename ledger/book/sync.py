"""One clone per terminal: commit the book's own files, fetch, merge, check, push.

Each terminal writes files of its own, so a merge never changes a line of text.  It is made in git's object store first
and only then put into the folder: a merge that conflicts has touched nothing.  What others have staged or changed in
the same repository stays as it is.
"""

from __future__ import annotations

import datetime as dt
import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from ledger.book.gitrepo import NoSync, Ran, Repo, unlocking
from ledger.book.write import set_aside
from ledger.core.errors import Refused, Unreadable, Where
from ledger.core.findings import Finding
from ledger.core.words import Words
from ledger.journal.damage import excerpt
from ledger.journal.paths import is_record_id, parse_path

if TYPE_CHECKING:
    from ledger.book.open import Book

ROUNDS = 10
"""So often a push that lost a race is tried again."""
_SPOILT = frozenset({"JRN-03", "JRN-04", "JRN-05", "JRN-08", "JRN-09"})


class Synced(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it.  ``committed`` and ``brought`` are files; ``new`` the findings that the merge brought.

    ``kept`` tells per file of a closing that was given up where it is now.
    """

    branch: str
    remote: str
    committed: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()
    brought: tuple[str, ...] = ()
    merged: int = 0
    pushed: int = 0
    rounds: int = 0
    dry: bool = False
    kept: dict[str, str] = {}
    findings: tuple[Finding, ...] = ()
    new: tuple[Finding, ...] = ()


class Diverged(Refused):
    """A journal went on in two places: two machines write as one terminal."""

    default_code = "JRN-07"
    retry = "no"


class SettingsApart(Refused):
    """A file of settings was changed on both sides; a person decides."""

    default_code = "SYN-02"


class _Upstream(msgspec.Struct, frozen=True):
    """Where this branch goes: ``ref`` on the remote, ``local`` the name it is fetched to; ``set`` already or to be set."""

    branch: str
    remote: str
    ref: str
    local: str
    set: bool


def sync(
    book: Book, terminal: str = "", *, give_up: str = "", dry_run: bool = False, today: dt.date | None = None
) -> Synced:
    """Bring this clone and the others together.

    ``give_up`` is a month whose closing or signature here gives way to that on the remote.  Raises :class:`NoSync`
    (SYN-01), :class:`SettingsApart` (SYN-02), :class:`ClosedTwice` (SYN-03), :class:`Diverged` (JRN-07); the merge is not
    begun then.  ``dry_run`` fetches, and says what would be done.  ``today`` is the day that the findings are judged on, that of the
    machine's clock when none is given.
    """
    repo = Repo(book.root)
    up = _upstream(repo)
    with book.disk.lock(who=f"sync {terminal}".strip()):
        restored = _restore(book, repo, dry_run=dry_run)
        _mend(book, repo, dry_run=dry_run)
        committed = _commit(repo, terminal, dry_run=dry_run)
    before = _findings(book, today)
    kept = _give_up(book, repo, up, give_up, dry_run=dry_run) if give_up else {}
    merged, brought, rounds = 0, [], 0
    while True:
        rounds += 1
        _fetch(repo, up)
        with book.disk.lock(who=f"sync {terminal}".strip()):
            count, files = _merge(book, repo, up, dry_run=dry_run)
        merged += count
        brought += files
        ahead = _ahead(repo, up)
        if dry_run or not ahead or _push(repo, up, last=rounds == ROUNDS):
            break
    if merged and not dry_run:
        book.refresh()
        _forget_erased(book)
    after = _findings(book, today) if merged and not dry_run else before
    known = {_key(one) for one in before}
    return Synced(
        branch=up.branch, remote=up.remote, committed=tuple(committed), restored=tuple(restored), merged=merged,
        brought=tuple(dict.fromkeys(brought)), pushed=ahead + (1 if dry_run and committed else 0), rounds=rounds, dry=dry_run,
        kept=kept, findings=tuple(after), new=tuple(one for one in after if _key(one) not in known),
    )  # fmt: skip


def _forget_erased(book: Book) -> None:
    """Whom another terminal has erased, this one forgets too (C8); a place of exchange that is away waits for next time."""
    if book.settings.recipients:
        from ledger.book.erasing import forget_erased

        forget_erased(book)


def _findings(book: Book, today: dt.date | None) -> list[Finding]:
    from ledger.book.month import check

    return check(book, today=today)


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.code, finding.subject, finding.words.en


# -- where to --------------------------------------------------------------------------------------------------------


def _upstream(repo: Repo) -> _Upstream:
    """The branch here and where it goes; the one remote there is, when nobody has said."""
    branch = repo.run("symbolic-ref", "--quiet", "--short", "HEAD").text
    if not branch:
        words = Words("没有在分支上（HEAD 是游离的）", "no branch is checked out (HEAD is detached)")
        raise NoSync(words, next=("git switch main",))
    remotes = repo.run("remote").text.split()
    if not remotes:
        words = Words("没有远程仓库可同步", "there is no remote to synchronise with")
        raise NoSync(words, next=("git remote add origin URL", "gb sync"))
    remote = repo.run("config", f"branch.{branch}.remote").text
    ref = repo.run("config", f"branch.{branch}.merge").text
    if remote and ref:
        if remote not in remotes:
            words = Words(
                f"分支 {branch} 的远程 {remote} 不存在", f"the remote {remote} of branch {branch} is not there"
            )
            raise NoSync(words, next=("git remote -v", f"git branch --set-upstream-to={remotes[0]}/{branch}"))
        return _Upstream(branch, remote, ref, f"refs/remotes/{remote}/{ref.removeprefix('refs/heads/')}", set=True)
    if len(remotes) > 1:
        names = " ".join(remotes)
        words = Words(
            f"分支 {branch} 没有上游，远程有几个：{names}",
            f"branch {branch} has no upstream, and there are several remotes: {names}",
        )
        raise NoSync(words, next=tuple(f"git push -u {one} {branch}" for one in remotes))
    only = remotes[0]
    return _Upstream(branch, only, f"refs/heads/{branch}", f"refs/remotes/{only}/{branch}", set=False)


def _fetch(repo: Repo, up: _Upstream) -> None:
    """Only the branch that matters; a remote without it is an empty one."""
    ran = repo.run("fetch", "--quiet", up.remote, f"+{up.ref}:{up.local}")
    if ran.code and "couldn't find remote ref" not in ran.err:
        raise _unreachable(up.remote, ran)


def _unreachable(remote: str, ran: Ran) -> NoSync:
    said = " / ".join(ran.err.splitlines()[:3])
    words = Words(
        f"连不上远程 {remote}（{said}）；本机的账已提交，照常可用",
        f"cannot reach the remote {remote} ({said}); the work here is committed",
    )
    return NoSync(words, next=("gb sync", "git remote -v"))


# -- this side ---------------------------------------------------------------------------------------------------------


def _restore(book: Book, repo: Repo, *, dry_run: bool) -> list[str]:
    """Journals that are shorter than what was committed are an older backup: the committed text is put back.

    Nothing is lost by it: the file is a beginning of the committed one, or it is gone.
    """
    if not repo.has("HEAD"):
        return []
    changed = repo.run(
        "diff", "--name-only", "--relative", "--no-renames", "-z", "HEAD", "--", "journals", "closings"
    ).names
    behind = [path for path in _kept(book, changed) if _is_behind(book, repo, path)]
    if behind and not dry_run:
        repo.must("checkout", "--quiet", "HEAD", "--", *behind)
    return behind


def _kept(book: Book, paths: Sequence[str]) -> list[str]:
    """Those of the paths that nobody may take away: journals, and what a committed seal covers."""
    from ledger.audit.history import open_git
    from ledger.audit.prereceive import is_kept

    git = open_git(book.root) if paths else None
    if git is None:
        return []
    try:
        return [path for path in paths if is_kept(git, "HEAD", path)]
    finally:
        git.close()


def _is_behind(book: Book, repo: Repo, path: str) -> bool:
    committed = repo.blob("HEAD", path)
    if committed is None:
        return False
    return book.disk.stat(path) is None or committed.startswith(book.disk.read(path))


def _mend(book: Book, repo: Repo, *, dry_run: bool) -> None:
    """What an interrupted write left goes aside before it gets into history; text that does not read stays at home."""
    book.refresh()
    for finding in book.damage():
        path = finding.where[0].file if finding.where else ""
        name = parse_path(path)
        if finding.code == "JRN-02" and name is not None and not dry_run:
            set_aside(book, path)
        elif finding.code in _SPOILT and not _is_committed(book, repo, path):
            words = Words(
                f"没有同步：{path} 有读不出来的内容（{finding.words.zh}），不能传给其他终端",
                f"not synchronised: {path} does not read ({finding.words.en}) and must not reach the other terminals",
            )
            raise Unreadable(
                words, code=finding.code, where=finding.where, next=("gb check JRN", f"git diff HEAD -- {path}")
            )


def _is_committed(book: Book, repo: Repo, path: str) -> bool:
    """Whether the damage is in history already: holding it back would only keep its mending away."""
    return book.disk.stat(path) is not None and repo.blob("HEAD", path) == book.disk.read(path)


def _commit(repo: Repo, terminal: str, *, dry_run: bool) -> list[str]:
    """Commit the book's own paths, and only those; returns the files."""
    own = repo.own_paths()
    if not own:
        return []
    status = repo.must("status", "--porcelain", "-z", "--untracked-files=all", "--no-renames", "--", *own).names
    ignored = _ignored(repo)
    files = [repo.inside(line[3:]) for line in status] + ignored
    if not files or dry_run:
        return files
    repo.must("add", "--all", "--", *own)
    if ignored:
        repo.must("add", "--force", "--", *ignored)
    message = f"gb sync {terminal}: {len(files)} files".replace(" :", ":")
    repo.must(*repo.author(terminal), "commit", "--quiet", "--no-verify", "--only", "-m", message, "--", *own)
    return files


def _ignored(repo: Repo) -> list[str]:
    """Journals that somebody's ignore rules, ``*.csv`` say, would keep out of git without a word."""
    listed = repo.must(
        "ls-files", "--others", "--ignored", "--exclude-standard", "-z", "--", "journals", "closings"
    ).names
    return [path for path in listed if parse_path(path) is not None or path.startswith("closings/")]


def _give_up(book: Book, repo: Repo, up: _Upstream, month: str, *, dry_run: bool) -> dict[str, str]:
    """Our closing gives way to the remote's; returns where its files are kept.  Whoever tries it gives up nothing."""
    from ledger.book.twice import forget, give_up

    if dry_run:
        return {}
    _fetch(repo, up)
    with book.disk.lock(who="sync"):
        ours = repo.must("rev-parse", "HEAD").text
        given = give_up(book, repo, month, ours, repo.must("rev-parse", up.local).text)
        _take_over(repo, up, given.commit, ours, dry_run=False)
        forget(book, repo, given)
    return given.kept


# -- the other side ------------------------------------------------------------------------------------------------------


def _merge(book: Book, repo: Repo, up: _Upstream, *, dry_run: bool) -> tuple[int, list[str]]:
    """Take over what the remote has more; returns the commits and the files that came."""
    if not repo.has(up.local) or (repo.has("HEAD") and repo.is_ancestor(up.local, "HEAD")):
        return 0, []
    _refuse_other_book(book, repo, up)
    theirs = repo.must("rev-parse", up.local).text
    if not repo.has("HEAD"):
        return _take_over(repo, up, theirs, "", dry_run=dry_run)
    ours = repo.must("rev-parse", "HEAD").text
    if repo.is_ancestor("HEAD", up.local):
        return _take_over(repo, up, theirs, ours, dry_run=dry_run)
    from ledger.audit.history import UNSHALLOW

    if repo.is_shallow() and repo.run("merge-base", ours, theirs).code:
        words = Words(
            "浅克隆：看不出本机和远程从哪里分开，没有合并；先取全历史",
            "a shallow clone: where this side and the remote went apart is not here; nothing was merged. Fetch it all first",
        )
        raise NoSync(words, next=(UNSHALLOW, "gb sync"))
    tree = _merged_tree(repo, ours, theirs)
    message = f"gb sync: {up.remote}/{up.branch}"
    commit = repo.must(*repo.author(""), "commit-tree", tree, "-p", ours, "-p", theirs, "-m", message).text
    return _take_over(repo, up, commit, ours, dry_run=dry_run)


def _take_over(repo: Repo, up: _Upstream, commit: str, ours: str, *, dry_run: bool) -> tuple[int, list[str]]:
    """Put a commit into the folder and make it the branch's; local changes elsewhere are carried along."""
    span = [f"{ours}..{up.local}"] if ours else [up.local]
    count = int(repo.must("rev-list", "--count", *span).text)
    empty = repo.must("hash-object", "-t", "tree", "--stdin").text
    files = repo.must("diff", "--name-only", "--relative", "-z", ours or empty, commit).names
    if dry_run:
        return count, files
    moved = repo.run("read-tree", "-m", "-u", *([ours] if ours else []), commit)
    if moved.code:
        said = " / ".join(moved.err.splitlines()[:4])
        words = Words(
            f"没有合并：仓库里有别的未提交的改动会被覆盖（{said}）",
            f"not merged: uncommitted changes would be overwritten ({said})",
        )
        raise NoSync(words, next=("git status", "gb sync"))
    repo.must("update-ref", "-m", "gb sync", "HEAD", commit, *([ours] if ours else []))
    return count, files


def _refuse_other_book(book: Book, repo: Repo, up: _Upstream) -> None:
    """Two books must never become one."""
    from ledger.book.open import SETTINGS
    from ledger.book.yamlfile import read_mapping

    text = repo.blob(up.local, SETTINGS)
    theirs = str(read_mapping(text, SETTINGS).get("book", "")) if text is not None else ""
    if text is not None and theirs != book.settings.book:
        words = Words(
            f"远程 {up.remote} 上是另一本账（{theirs[:8]}…，本机是 {book.settings.book[:8]}…）",
            f"the remote {up.remote} holds another book ({theirs[:8]}…; here it is {book.settings.book[:8]}…)",
        )
        raise NoSync(words, next=("git remote -v",))


def _merged_tree(repo: Repo, ours: str, theirs: str) -> str:
    """The merged tree, made without touching the folder; raises what a conflict means."""
    ran = repo.run("merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", ours, theirs)
    tree, *paths = ran.names or [""]
    if ran.code == 0:
        return tree
    if ran.code != 1:
        said = ran.err.splitlines()[0] if ran.err else f"exit {ran.code}"
        words = Words(f"不能合并：{said}", f"cannot merge: {said}")
        raise NoSync(words, next=("git log --oneline --all -5",))
    from ledger.book.twice import closed_twice

    inside = [repo.inside(path) for path in dict.fromkeys(paths)]
    forked = [path for path in inside if parse_path(path) is not None]
    if forked:
        raise _diverged(repo, forked, ours, theirs)
    if (twice := closed_twice(repo, inside, ours, theirs)) is not None:
        raise twice
    names = " ".join(inside)
    words = Words(
        f"两边都改了 {names}，要由人决定；没有合并",
        f"{names} was changed on both sides, and a person decides; nothing was merged",
    )
    hints = tuple(f"git diff HEAD...{theirs[:12]} -- {path}" for path in inside[:3])
    raise SettingsApart(words, next=(*hints, "git merge", "gb sync"), where=tuple(Where(path) for path in inside))


def _diverged(repo: Repo, paths: Sequence[str], ours: str, theirs: str) -> Diverged:
    """Name, per file, the two records where it went apart."""
    places = [place for path in paths for place in _where_apart(path, repo.blob(ours, path), repo.blob(theirs, path))]
    name = parse_path(paths[0])
    terminal = name.terminal if name is not None else ""
    records = " / ".join(place.id for place in places[:2] if place.id)
    words = Words(
        f"终端 {terminal} 在两台机器上登记过：{paths[0]} 从 {records or '开头'} 起各写各的；没有合并。"
        f"其中一台让步（git rebase 只放弃它写的这个文件），改用新的终端，把放弃的单据重新登记",
        f"terminal {terminal} was written to on two machines: {paths[0]} went apart at {records or 'its start'}; nothing "
        f"was merged. One of them gives way (git rebase gives up this file alone), takes a new terminal and enters again "
        f"what it gave up",
    )
    # Their file stays as it is; what is only here, of every other file, is committed anew behind theirs.
    settings = " ".join(shlex.quote(word) for word in repo.author(terminal))
    give_way = " ".join(part for part in ("git", settings, f"rebase --autostash -X ours {theirs[:12]}") if part)
    hints = (f"git diff {theirs[:12]} -- {paths[0]}", "gb explain JRN-07", give_way, "gb sync")
    return Diverged(words, where=places, next=hints)


def _where_apart(path: str, ours: bytes | None, theirs: bytes | None) -> list[Where]:
    """The first lines that differ, of this side and of the other."""
    mine, other = (ours or b"").split(b"\n"), (theirs or b"").split(b"\n")
    same = next(
        (at for at, pair in enumerate(zip(mine, other, strict=False)) if pair[0] != pair[1]), min(len(mine), len(other))
    )
    return [_record_at(path, lines, same) for lines in (mine, other)]


def _record_at(path: str, lines: Sequence[bytes], at: int) -> Where:
    """The record that the line at that index belongs to."""
    start = min(at, len(lines) - 1)
    if path.endswith(".yaml"):
        start = next((one for one in range(start, -1, -1) if lines[one].startswith(b"- ")), start)
    line = lines[start]
    name = line.removeprefix(b'- id: "').replace(b'"', b",").partition(b",")[0].decode("ascii", "replace")
    return Where(path, start + 1, name if is_record_id(name) else "", excerpt(line))


# -- giving ours ---------------------------------------------------------------------------------------------------------


def _ahead(repo: Repo, up: _Upstream) -> int:
    """Commits that the remote does not have."""
    if not repo.has("HEAD"):
        return 0
    span = f"{up.local}..HEAD" if repo.has(up.local) else "HEAD"
    return int(repo.must("rev-list", "--count", span).text)


def _push(repo: Repo, up: _Upstream, *, last: bool) -> bool:
    """Push; False when another terminal was quicker, so that its work is fetched first."""
    ran = repo.run("push", "--quiet", "--porcelain", *([] if up.set else ["-u"]), up.remote, f"HEAD:{up.ref}")
    if ran.code == 0:
        return True
    said = f"{ran.err}\n{ran.text}"
    raced = any(mark in said for mark in ("fetch first", "non-fast-forward", "failed to update ref", "cannot lock ref"))
    if raced and not last:
        return False
    if locks := unlocking(said):
        words = Words(
            f"远程 {up.remote} 上有 git 的锁文件，像是被中断的推送留下的；已合并在本机。确认没有别人在推送，再删去",
            f"the remote {up.remote} has a lock file of git, as an interrupted push leaves it; all is merged here. Remove it "
            f"once nobody else is pushing",
        )
        raise NoSync(words, next=(*locks, "gb sync"))
    if raced:
        words = Words(
            f"推送 {ROUNDS} 次都被别的终端抢先；已合并在本机，稍后再试",
            f"other terminals were quicker {ROUNDS} times; all is merged here, try again in a moment",
        )
        raise NoSync(words, next=("gb sync",))
    rejected = [line for line in said.splitlines() if line.strip() and not line.startswith(("To ", "Done"))]
    why = " / ".join(rejected[:3])
    words = Words(
        f"远程 {up.remote} 没有接受（{why}）；已合并在本机",
        f"the remote {up.remote} refused ({why}); all is merged here",
    )
    raise NoSync(words, next=("git remote -v", "gb sync"))
