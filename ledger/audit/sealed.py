"""The files of one sealed month against its seal: what was done to each, named by file and record.

The seal's sha256 says that a file was changed; the chain inside the file, the numbers of its records and the seal's
count say where and how.  Only a chain that was computed anew hides the place: then an older copy, if there is one, shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from ledger.audit.facts import Facts, Journals, Stands, of_error
from ledger.audit.seal import (
    FILE,
    FOLDER,
    Seal,
    SealedFile,
    SealedState,
    Seals,
    over,
    read_seal,
    seal_path,
    sealed_months,
    sealed_prefix,
)
from ledger.audit.signature import SIDES
from ledger.audit.trouble import Trouble, changed, missing, not_recorded, put_there
from ledger.core.errors import GbError, Where
from ledger.core.findings import Finding, trouble
from ledger.core.words import Words, many
from ledger.disk import Disk
from ledger.journal.damage import CHAIN, TORN, excerpt
from ledger.journal.entry import Entry
from ledger.journal.paths import FOLDER as JOURNALS
from ledger.journal.paths import is_month, parse_path
from ledger.journal.reader import scan

Originals = Callable[[SealedFile | SealedState], bytes | None]
"""Finds an older copy of a sealed file, its sealed bytes intact; None when there is none."""

_MOST = 5
"""So many places of one file are named; a file saved by a spreadsheet has them in every line."""


def file_troubles(
    journals: Journals, seal: Seal, originals: Originals, adopted: Collection[tuple[str, int]]
) -> Iterator[Trouble]:
    """Every journal file of the month, and what came in behind or beside them."""
    for one in seal.files:
        try:
            yield from _file(journals, one, originals, adopted)
        except GbError as error:
            yield _unreadable(error, one.path)
    listed = {one.path for one in seal.files}
    for path in journals.paths:
        if path.startswith(f"{JOURNALS}/{seal.month}/") and path not in listed:
            yield from _new_file(journals.facts(path), adopted)


def state_troubles(disk: Disk, seal: Seal, originals: Originals) -> Iterator[Trouble]:
    """The carried state and the rules' copy, and what else lies in the folder."""
    for one in seal.state:
        try:
            yield from _state(disk, one, originals)
        except GbError as error:
            yield _unreadable(error, one.path)
    folder = f"{FOLDER}/{seal.month}"
    own = {f"{side}.{end}" for side in SIDES for end in ("sig", "signature.yaml")} | {FILE}
    known = {one.path for one in seal.state} | {f"{folder}/{name}" for name in own}
    for path in sorted({*disk.walk(folder), *disk.strangers(folder)} - known):
        words = Words(f"{path} 不在封签中，是后来放进来的", f"{path} is not in the seal: it was put there later")
        yield put_there(words, Where(path))


def _unreadable(error: GbError, path: str) -> Trouble:
    found = of_error(error, path)
    return changed(Words(f"已封的文件{found.words.zh}", f"a sealed file: {found.words.en}"), Where(path))


def _state(disk: Disk, one: SealedState, originals: Originals) -> Iterator[Trouble]:
    now = sealed_prefix(disk, one)
    if now.condition == "missing":
        yield missing(Words(f"封账文件 {one.path} 不见了", f"{one.path} of the closing is gone"), Where(one.path))
    elif now.condition == "shorter":
        words = Words(
            f"{one.path} 只剩 {now.size} 字节，封账时是 {one.bytes}",
            f"{one.path} has {now.size} bytes, {one.bytes} were sealed",
        )
        yield missing(words, _at_difference(disk, one, originals))
    elif now.condition == "changed" or now.tail:
        rules = one.path.endswith(".yaml")
        kept = (
            Words("规则、设置的封账副本", "the sealed copy of rules or settings")
            if rules
            else Words("封账状态", "the carried state")
        )
        words = Words(f"{kept.zh} {one.path} 被改动", f"{kept.en}, {one.path}, was changed")
        yield changed(words, _at_difference(disk, one, originals))


def _file(
    journals: Journals, one: SealedFile, originals: Originals, adopted: Collection[tuple[str, int]]
) -> Iterator[Trouble]:
    now = sealed_prefix(journals.disk, one)
    if now.condition == "missing":
        words = Words(
            f"{one.path} 不见了，封账时有 {one.records} 条记录",
            f"{one.path} is gone; it was sealed with {many(one.records, 'record')}",
        )
        yield missing(words, Where(one.path))
    elif now.condition != "sealed":
        yield from _diagnosed(journals, one, originals)
    elif now.tail:
        yield from _late(journals, one, adopted)


# -- what came later ---------------------------------------------------------------------------------------------------


def _new_file(facts: Facts, adopted: Collection[tuple[str, int]]) -> Iterator[Trouble]:
    for one in facts.records:
        if (facts.path, one.line) not in adopted:
            yield _arrived(facts.path, one)
    for damage in facts.damage[:_MOST]:
        words = Words(
            f"封账之后多出的文件：{damage.words.zh}", f"in a file that came after the closing: {damage.words.en}"
        )
        yield not_recorded(words, damage, damage.where[0] if damage.where else Where(facts.path))
    if not facts.records and not facts.damage:
        words = Words(f"{facts.path} 不在封签中，也没有记录", f"{facts.path} is not in the seal, and has no record")
        yield put_there(words, Where(facts.path))


def _late(journals: Journals, one: SealedFile, adopted: Collection[tuple[str, int]]) -> Iterator[Trouble]:
    line = journals.disk.read(one.path)[: one.bytes].count(b"\n")
    behind = scan(
        journals.disk, one.path, journals.book_id, offset=one.bytes, previous_h=one.last_h, line=line
    )  # fmt: skip
    for item in behind:
        if not isinstance(item, Entry):
            words = Words(f"封账内容之后多出：{item.words.zh}", f"behind what was sealed: {item.words.en}")
            yield not_recorded(words, item, item.where[0])
        elif (one.path, item.line) not in adopted:
            yield _arrived(one.path, Stands(0, item.id, item.line, item.h), item.where().text)


def _arrived(path: str, one: Stands, text: str = "") -> Trouble:
    words = Words(f"{one.id} 封账之后才来，不计入数字", f"{one.id} came after the closing and is in no figure")
    found = trouble(
        "CLS-03", words, subject=one.id, where=(Where(path, one.line, one.id, text),),
        next=(f"gb adopt {one.id} --reason '…'", "gb explain CLS-03"),
    )  # fmt: skip
    return Trouble("integrity", found)


# -- what was done to sealed bytes -------------------------------------------------------------------------------------


def _diagnosed(journals: Journals, one: SealedFile, originals: Originals) -> Iterator[Trouble]:
    facts = journals.facts(one.path)
    # With more records than were sealed the numbers tell nothing: what was put in may have any.
    found = list(_holes(facts)) if facts.whole < one.records else []
    found += _out_of_place(facts) if facts.whole <= one.records or not facts.damage else []
    places = {trouble.finding.where[0].line for trouble in found}
    found += [_damaged(damage, facts, one) for damage in facts.damage[:_MOST] if not _follows(damage, places, facts)]
    if not found:
        found.append(_anew(journals, facts, one, originals))
    yield from found


def _follows(damage: Finding, places: Collection[int], facts: Facts) -> bool:
    """Whether a chain that does not fit only shows what is reported at that record or the one before it."""
    if damage.code != CHAIN or not damage.where:
        return False
    line = damage.where[0].line
    before = facts.before(line)
    return line in places or (before is not None and before.line in places)


def _damaged(damage: Finding, facts: Facts, one: SealedFile) -> Trouble:
    where = damage.where[0] if damage.where else Where(one.path)
    if damage.code == TORN:
        last = facts.records[-1].id if facts.records else "—"
        words = Words(
            f"已封的 {one.path} 末尾被截断：封账时 {one.records} 条，完整的最后一条是 {last}",
            f"the sealed {one.path} is cut off: {many(one.records, 'record')} sealed, the last whole one is {last}",
        )
        return missing(words, where)
    return changed(
        Words(f"已封的记录被改动：{damage.words.zh}", f"a sealed record was changed: {damage.words.en}"), where
    )


def _groups(facts: Facts) -> dict[str, list[Stands]]:
    """The records per business date, as their ids say, in the order of the file."""
    found: dict[str, list[Stands]] = {}
    for one in facts.records:
        found.setdefault(one.id[: one.id.rindex("-")], []).append(one)
    return found


def _number(record_id: str) -> int:
    return int(record_id[record_id.rindex("-") + 1 :])


def _holes(facts: Facts) -> Iterator[Trouble]:
    """Numbers that no record of the file has, damaged ones apart: those records were taken out."""
    name = parse_path(facts.path)
    unread = facts.whole - len(facts.records)
    for stem, group in _groups(facts).items():
        numbers = sorted({_number(one.id) for one in group})
        first = 1 if name is not None and name.part == 1 else numbers[0]
        gone = sorted(set(range(first, numbers[-1])) - set(numbers)) if numbers[-1] - first < 10**6 else []
        if len(gone) > unread:
            after = next(one for one in group if _number(one.id) > gone[0])
            ids = f"{stem}-{gone[0]:04d}" + (f" … {stem}-{gone[-1]:04d}" if len(gone) > 1 else "")
            words = Words(
                f"已封的记录被删除：{ids}（共 {len(gone)} 条）", f"sealed records were taken out: {ids} ({len(gone)})"
            )
            yield missing(words, Where(facts.path, after.line, after.id), subject=f"{stem}-{gone[0]:04d}")


def _out_of_place(facts: Facts) -> Iterator[Trouble]:
    """Records that stand behind one with a higher number, or twice."""
    for group in _groups(facts).values():
        highest = 0
        for one in group:
            number = _number(one.id)
            if number <= highest:
                words = Words(
                    f"{one.id} 不在封账时的位置：被移动或重复插入",
                    f"{one.id} is not where it was sealed: it was moved, or inserted twice",
                )
                yield changed(words, Where(facts.path, one.line, one.id))
                break
            highest = number


def _anew(journals: Journals, facts: Facts, one: SealedFile, originals: Originals) -> Trouble:
    """The chain fits: records were cut off whole, or somebody computed it anew."""
    last = facts.records[-1] if facts.records else Stands(0, "", 0, "")
    if facts.whole < one.records:
        words = Words(
            f"已封的 {one.path} 少了末尾 {one.records - facts.whole} 条记录：现在最后一条是 {last.id or '—'}",
            f"the sealed {one.path} lacks {many(one.records - facts.whole, 'record')} at its end: the last is now {last.id or '—'}",
        )
        return missing(words, Where(one.path, last.line, last.id))
    where = _at_difference(journals.disk, one, originals)
    if not where.line:
        where = Where(one.path, last.line, last.id)
    near = facts.before(where.line + 1)
    if not where.id and near is not None:
        where = Where(where.file, where.line, near.id, where.text)
    more = facts.whole - one.records
    words = Words(
        f"已封的 {one.path} 被改写并重算了校验链" + (f"，多出 {more} 条" if more else ""),
        f"the sealed {one.path} was rewritten and its chain computed anew"
        + (f", with {more} more records" if more else ""),
    )
    return changed(words, where)


def _at_difference(disk: Disk, one: SealedFile | SealedState, originals: Originals) -> Where:
    """The first line that differs from the older copy; the file alone when there is none."""
    original = originals(one)
    if original is None:
        return Where(one.path)
    now = disk.read(one.path).split(b"\n")
    then = original[: one.bytes].split(b"\n")
    line = next(
        (at for at, (new, old) in enumerate(zip(now, then, strict=False)) if new != old), min(len(now), len(then)) - 1
    )
    return Where(one.path, line + 1, "", excerpt(now[line]))


def sealed_damage(disk: Disk, book_id: str, damage: Sequence[Finding]) -> list[Finding]:
    """Damage as a check reports it: in a sealed month CLS-01 alone, whatever was done to it; elsewhere as it is.

    A seal that does not read is CLS-01 itself, and its month's damage stays as the reader found it.
    """
    months = sealed_months(disk)
    if not months:
        return list(damage)
    journals = Journals(disk, book_id)
    found: list[Finding] = []
    read: set[str] = set()
    for month in months:
        try:
            known = read_seal(disk, month)
        except (ValueError, GbError):
            words = Words(f"{month} 的封签损坏", f"the seal of {month} is damaged")
            found.append(changed(words, Where(seal_path(month)), subject=month).finding)
            continue
        if known is None:
            continue
        seal = known[0]
        if (seal.month, seal.book) != (month, book_id):
            words = Words(
                f"{month} 的封签是 {seal.month}、账本 {seal.book} 的",
                f"the seal in {month} is that of {seal.month} of the book {seal.book}",
            )
            found.append(changed(words, Where(seal_path(month)), subject=month).finding)
            continue
        if not over(seal):
            found.append(not_over(seal).finding)
            continue
        read.add(month)
        troubles = [*file_troubles(journals, seal, _no_copy, ()), *state_troubles(disk, seal, _no_copy)]
        found += [one.finding for one in troubles if one.finding.code == "CLS-01"]
    return [*found, *(one for one in damage if not (one.where and _month(one.where[0].file) in read))]


def not_over(seal: Seal) -> Trouble:
    """A seal that no closing made, since its month was not over."""
    words = Words(
        f"{seal.month} 的封签写于 {seal.at}，那时这个月还没过完：不是封账写的，不采信",
        f"the seal of {seal.month} is dated {seal.at}, before the month was over: no closing wrote it, and it is not believed",
    )
    return put_there(words, Where(seal_path(seal.month)), subject=seal.month)


def _no_copy(_: SealedFile | SealedState) -> bytes | None:
    """A check looks at the book alone."""
    return None


def unsealed(disk: Disk) -> Iterator[Trouble]:
    """CLS-01 for each folder in ``closings/`` without a seal, and for what no closing puts there: none of it is read.

    What a close that was cut short left is a warning, since closing again writes it anew; below a later seal, or with
    a signature, the seal was removed.
    """
    sealed, seals = sealed_months(disk), Seals(disk)
    folders: dict[str, list[str]] = {}
    try:
        files, odd = disk.walk(FOLDER), disk.strangers(FOLDER)
    except GbError as error:
        yield changed(error.words, Where(FOLDER))
        return
    for path in odd:
        if path.split("/")[1] not in sealed:  # beside a seal it is told with the month
            yield _no_closing(path)
    for path in files:
        folders.setdefault(path.split("/")[1], []).append(path)
    for name in sorted(folders.keys() - set(sealed)):
        yield _without_seal(name, folders[name], seals)


def _without_seal(name: str, paths: Sequence[str], seals: Seals) -> Trouble:
    passed_over = name < seals.last() and not seals.named_by(name)  # the chain of seals says that there was none
    if not is_month(name) or passed_over:
        return _no_closing(paths[0])
    if name < seals.last() or any(path.endswith((".sig", ".signature.yaml")) for path in paths):
        words = Words(
            f"{name} 的封签不见了，封账的其他文件还在，不读取",
            f"the seal of {name} is gone, other files of its closing are there; they are not read",
        )
        return missing(words, Where(seal_path(name)), subject=name)
    return Trouble("integrity", begun(name))


def _no_closing(path: str) -> Trouble:
    words = Words(f"{path} 不是封账写的，不读取", f"{path} is nothing that a closing writes; it is not read")
    return put_there(words, Where(path))


def begun(month: str) -> Finding:
    """CLS-01 as a warning: files of a closing that has no seal."""
    words = Words(
        f"{month} 的封账没有做完：没有封签，其中的文件不读取",
        f"the close of {month} was not finished: there is no seal; its files are not read",
    )
    where = (Where(seal_path(month)),)
    return Finding(
        code="CLS-01", severity="warning", words=words, subject=month, where=where, next=(f"gb close --month {month}",)
    )


def _month(path: str) -> str:
    folder, _, rest = path.partition("/")
    return rest.partition("/")[0] if folder == JOURNALS else ""
