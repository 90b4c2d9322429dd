"""`gb sync` through real git: what travels, what is refused and in which words, what a merge brings to light."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from ledger.book import sync as syncing
from ledger.book.gitrepo import Repo
from tests.cli.counter import Result
from tests.sync.clones import git
from tests.sync.machines import LANGS, Machine, Store


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    return Store(tmp_path, monkeypatch)


def line_of(machine: Machine, name: str, record: str) -> str:
    """``file:line`` of a record in a CSV journal."""
    lines = machine.file(name).read_text("utf-8").splitlines()
    number = next(at for at, line in enumerate(lines, 1) if line.startswith(record))
    return f"journals/2026-10/{name}:{number}"


@LANGS
def test_a_double_sale_is_two_records_until_a_named_person_reverses_one(store: Store, lang: str) -> None:
    """Both terminals sell A0010001: the second to synchronise is told, with both lines; so is everybody after."""
    one, two = store.pair()
    one.ok("sell C001 200 A0010001")
    two.ok("sell C001 100 A0010001")
    one.ok("sync")
    merged = two("sync", lang=lang)
    assert merged.code == 1
    assert "NUM-02" in merged.out
    assert line_of(two, "sales.K1.csv", "SA20261008-K1-0001") in merged.out
    assert line_of(two, "sales.K2.csv", "SA20261008-K2-0001") in merged.out
    assert ("合并带来 1 个问题" if lang == "zh" else "the merge brought 1 finding:") in merged.out
    assert one("sync", lang=lang).code == 1
    again = one("sync", lang=lang)
    assert again.code == 1
    assert ("原有的问题" if lang == "zh" else "from before: gb check") in again.out
    one.ok("reverse SA20261008-K2-0001 --reason 重复", by="sun")
    assert one("sync", lang=lang).code == 0
    assert two("sync", lang=lang).code == 0
    assert one.files() == two.files()


@LANGS
def test_takings_that_two_machines_deposit_are_told_beside_a_double_sale(store: Store, lang: str) -> None:
    """K1 and K2 both sell A0010001, K2 A0010002 too; each deposits what lies in the drawer by the book, 300.

    300 taken at most, the double sale's 100 among them, and 600 handed over: REC-05 on the later deposit.
    """
    one, two = store.pair()
    one.ok("sell C001 100 A0010001")
    two.ok("sell C001 100 A0010001")
    two.ok("sell C001 100 A0010002")
    one.ok("sync")
    two("sync")
    one("sync")
    one.ok("cash deposit --slip J1")
    two.ok("cash deposit --slip J2")
    one("sync")
    merged = two("sync", lang=lang)
    assert ("交款比账上货款多 300.00" if lang == "zh" else "hands over 300.00 more than the takings") in merged.out
    one("sync")
    wrong = one("reverse SA20261008-K2-0001 --reason 重复", by="sun", lang=lang)
    assert wrong.code == 3  # its cash is with finance: the deposit that was one too many goes first
    one.ok("reverse CA20261008-K2-0001 --reason 多交", by="sun")
    assert [found["code"] for found in one("check REC --json").json["findings"]] == []


def test_findings_are_judged_on_the_day_that_is_given(store: Store) -> None:
    """Cash of the 8th, and the clock stands at the 9th: late today, not late as of the 8th, as with ``gb check``."""
    one, _ = store.pair()
    one.ok("sell C001 100 A0010001")
    store.time += dt.timedelta(days=1)
    assert one("check CSH --json").json["findings"] != []
    assert one("check CSH --at '2026-10-08 16:00' --json").json["findings"] == []
    assert one("sync --at '2026-10-08 16:00' --json").json["findings"] == 0
    assert one("sync --json").json["findings"] > 0


def test_json_tells_what_was_done(store: Store) -> None:
    one, two = store.pair()
    one.ok("sell C001 100 A0010001")
    two.ok("sell C001 100 A0010001")
    one.ok("sync")
    told = two("sync --json").json
    assert told["committed"] == ["journals/2026-10/sales.K2.csv"]
    assert told["brought"] == ["journals/2026-10/sales.K1.csv"]
    assert (told["merged_commits"], told["pushed_commits"], told["errors"]) == (1, 2, 1)
    assert [one["code"] for one in told["new"]] == ["NUM-02"]
    assert {place["id"] for place in told["new"][0]["where"]} == {"SA20261008-K1-0001", "SA20261008-K2-0001"}


def test_a_dry_run_says_it_and_does_nothing(store: Store) -> None:
    one, two = store.pair()
    one.ok("sell C001 100 A0010001")
    one.ok("sync")
    two.ok("sell C001 100 A0010002")
    before, head = two.files(), git(two.book, "rev-parse", "HEAD")
    told = two.ok("sync --dry-run --json").json
    assert (told["committed"], told["brought"]) == (
        ["journals/2026-10/sales.K2.csv"],
        ["journals/2026-10/sales.K1.csv"],
    )
    assert (two.files(), git(two.book, "rev-parse", "HEAD")) == (before, head)
    assert git(two.book, "status", "--porcelain", "-uall").strip() == "?? journals/2026-10/sales.K2.csv"


def test_a_book_in_a_subfolder_leaves_others_work_alone(store: Store) -> None:
    """Somebody has staged one file and changed another elsewhere in the repository: neither is committed nor lost."""
    top = store.root / "shop"
    (top / "site").mkdir(parents=True)
    git(top, "init", "--quiet")
    (top / "site" / "index.html").write_text("one\n")
    git(top, "add", "-A")
    git(top, "commit", "--quiet", "-m", "site")
    one = store.first("shop/ledger", git_there=False)
    git(store.root, "init", "--quiet", "--bare", "remote.git")
    git(top, "remote", "add", "origin", str(store.root / "remote.git"))
    (top / "site" / "staged.html").write_text("staged\n")
    git(top, "add", "site/staged.html")
    (top / "site" / "index.html").write_text("changed\n")
    one.ok("sync")
    two = store.clone("two", "K2", "state2", "ledger")
    assert not (store.root / "two" / "site" / "staged.html").exists()
    two.ok("sell C001 100 A0010001")
    two.ok("sync")
    one.ok("sell C001 100 A0010002")
    one.ok("sync")
    assert one.file("sales.K2.csv").exists()
    assert git(top, "status", "--porcelain").splitlines() == [" M site/index.html", "A  site/staged.html"]


@LANGS
def test_what_is_missing_is_named(store: Store, lang: str) -> None:
    """No repository, no remote, several without an upstream, one that is not there, no branch, no git at all."""
    one = store.first(git_there=False)

    def refused(zh: str, en: str, hint: str) -> None:
        before = one.files()
        ran = one("sync", lang=lang)
        assert (ran.code, ran.error) == (3, "SYN-01"), ran
        assert (zh if lang == "zh" else en) in ran.err
        assert any(line.startswith(hint) for line in ran.next), ran.next
        assert one.files() == before

    refused("不在 git 仓库里", "in no git repository", "git -C")
    git(one.book, "init", "--quiet")
    refused("没有远程仓库", "no remote", "git remote add origin")
    git(one.book, "remote", "add", "origin", str(store.root / "nowhere.git"))
    refused("连不上远程", "cannot reach the remote", "gb sync")
    git(one.book, "remote", "add", "backup", str(store.root / "elsewhere.git"))
    refused("没有上游", "no upstream", "git push -u")
    git(one.book, "checkout", "--quiet", "--detach")
    refused("没有在分支上", "no branch", "git switch")
    store.patch.setenv("PATH", str(store.root))
    refused("没有找到 git", "there is no git", "gb doctor")


@LANGS
def test_settings_changed_on_both_sides_are_a_persons(store: Store, lang: str) -> None:
    one, two = store.pair()
    for machine, mark in ((one, "一"), (two, "二")):
        with (machine.book / "rules.yaml").open("a", encoding="utf-8") as rules:
            rules.write(f"# {mark}\n")
    one.ok("sync")
    two.ok("sell C001 100 A0010001")
    before = two.files()
    ran = two("sync", lang=lang)
    assert (ran.code, ran.error) == (3, "SYN-02")
    assert "rules.yaml" in ran.err
    assert ("要由人决定" if lang == "zh" else "a person decides") in ran.err
    assert two.files() == before
    assert git(two.book, "status", "--porcelain") == ""
    assert not (two.book / ".git" / "MERGE_HEAD").exists()


@LANGS
def test_one_terminal_on_two_machines_is_named_with_both_records(store: Store, lang: str) -> None:
    """K1's folder was copied; both go on as K1 and synchronise: refused, nothing merged, both records shown."""
    one, _ = store.pair()
    copy = store.copy(one, "copy", "state9")
    one.ok("sell C001 100 A0010001")
    copy.ok("sell C001 200 A0010005")
    one.ok("sync")
    before = copy.files()
    ran = copy("sync", lang=lang)
    assert (ran.code, ran.error) == (3, "JRN-07")
    assert ("在两台机器上登记过" if lang == "zh" else "written to on two machines") in ran.err
    assert ran.err.count("journals/2026-10/sales.K1.csv:2: SA20261008-K1-0001") == 2
    assert "A0010001" in ran.err
    assert "A0010005" in ran.err
    assert copy.files() == before


def test_a_journal_that_is_older_than_its_commit_is_put_back(store: Store) -> None:
    """The journals alone were restored from a backup: the committed text has all they have and more."""
    one, _ = store.pair()
    one.ok("sell C001 100 A0010001")
    old = one.file("sales.K1.csv").read_bytes()
    one.ok("sell C001 100 A0010002")
    one.ok("sync")
    new = one.file("sales.K1.csv").read_bytes()
    one.file("sales.K1.csv").write_bytes(old)
    one.file("clients.K1.yaml").unlink()
    told = one.ok("sync --json").json
    assert sorted(told["restored"]) == ["journals/2026-10/clients.K1.yaml", "journals/2026-10/sales.K1.csv"]
    assert one.file("sales.K1.csv").read_bytes() == new
    one.ok("sell C001 100 A0010003")


def test_a_spoilt_file_stays_at_home(store: Store) -> None:
    """Excel saved a journal: it does not read, so no other terminal gets it."""
    one, two = store.pair()
    one.ok("sell C001 100 A0010001")
    text = one.file("sales.K1.csv").read_bytes()
    one.file("sales.K1.csv").write_bytes(b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n"))
    head = git(one.book, "rev-parse", "HEAD")
    ran = one("sync")
    assert (ran.code, ran.error) == (4, "JRN-04")
    assert "Excel" in ran.err
    assert git(one.book, "rev-parse", "HEAD") == head
    one.file("sales.K1.csv").write_bytes(text)
    one.ok("sync")
    two.ok("sync")


def test_ignore_rules_keep_no_journal_back(store: Store) -> None:
    """Somebody's own rules say that no CSV belongs into git."""
    one, two = store.pair()
    (one.book / ".git" / "info" / "exclude").write_text("*.csv\n")
    one.ok("sell C001 100 A0010001")
    assert one.ok("sync --json").json["committed"] == ["journals/2026-10/sales.K1.csv"]
    two.ok("sync")
    assert one.files() == two.files()


def test_a_torn_tail_is_set_aside_before_it_gets_into_history(store: Store) -> None:
    one, _ = store.pair()
    one.ok("sell C001 100 A0010001")
    whole = one.file("sales.K1.csv").read_bytes()
    one.file("sales.K1.csv").write_bytes(whole + b"SA20261008-K1-0002,2026")
    one.ok("sync")
    assert one.file("sales.K1.csv").read_bytes() == whole
    assert git(one.book, "show", "HEAD:journals/2026-10/sales.K1.csv").encode() == whole
    assert [path.read_bytes() for path in (one.book / ".gb" / "torn").iterdir()] == [b"SA20261008-K1-0002,2026"]


def test_a_lost_race_is_run_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other terminal pushes between our fetch and our push, twice."""
    one, two = store.pair()
    one.ok("sell C001 100 A0010001")
    usual = syncing._push
    raced: list[int] = []

    def overtaken(repo: Repo, up: syncing._Upstream, *, last: bool) -> bool:
        if repo.root == one.book and len(raced) < 2:
            raced.append(last)
            monkeypatch.setattr(syncing, "_push", usual)
            two.ok(f"sell C001 100 A00100{10 + len(raced)}")
            two.ok("sync")
            monkeypatch.setattr(syncing, "_push", overtaken)
        return usual(repo, up, last=last)

    monkeypatch.setattr(syncing, "_push", overtaken)
    told = one.ok("sync --json").json
    assert (told["rounds"], raced) == (3, [False, False])
    two.ok("sync")
    assert one.files() == two.files()


def test_races_have_an_end(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A remote that always takes another's push first: told after a bounded number, everything merged here."""
    one, two = store.pair()
    one.ok("sell C001 100 A0010001")
    monkeypatch.setattr(syncing, "ROUNDS", 2)
    usual, serials = syncing._push, iter(range(10, 99))

    def overtaken(repo: Repo, up: syncing._Upstream, *, last: bool) -> bool:
        if repo.root == one.book:
            monkeypatch.setattr(syncing, "_push", usual)
            two.ok(f"sell C001 100 A00100{next(serials)}")
            two.ok("sync")
            monkeypatch.setattr(syncing, "_push", overtaken)
        return usual(repo, up, last=last)

    monkeypatch.setattr(syncing, "_push", overtaken)
    ran = one("sync")
    assert (ran.code, ran.error, ran.next) == (3, "SYN-01", [f"gb sync --book {one.book} --terminal K1 --by wang"])
    monkeypatch.setattr(syncing, "_push", usual)
    one.ok("sync")


def test_another_book_is_never_merged(store: Store) -> None:
    one = store.first()
    store.remote(one)
    other = store.first("other")
    git(other.book, "remote", "add", "origin", str(store.root / "remote.git"))
    before = other.files()
    ran = other("sync")
    assert (ran.code, ran.error) == (3, "SYN-01")
    assert "another book" in ran.err
    assert other.files() == before


def test_git_asks_nothing_and_speaks_one_language(store: Store) -> None:
    one = store.first()
    store.patch.setenv("LC_ALL", "zh_CN.UTF-8")
    store.patch.setenv("GIT_DIR", "/nowhere")
    env = Repo(one.book)._env
    assert (env["LC_ALL"], env["GIT_TERMINAL_PROMPT"]) == ("C", "0")
    assert "GIT_DIR" not in env


@LANGS
def test_what_arrives_late_in_a_sealed_month_is_told_by_the_sync_that_brings_it(store: Store, lang: str) -> None:
    """K2 was offline when K1 closed October: its sale is there, named as late, until a manager adopts it."""
    one, two = store.pair()
    one.ok("sell C001 100 A0010001")
    two.ok("sell C001 100 A0010050")
    one.ok("day --mark")
    store.time += dt.timedelta(days=23)
    one.ok("voucher count A0010002-A0010100 --second li")
    one.ok("day --mark")
    store.time += dt.timedelta(days=2)
    one.ok("close 2026-10", by="li")
    one.ok("sync")
    sealed = {name: data for name, data in one.files().items() if name.startswith("closings/")}
    late = two("sync", lang=lang)
    assert (late.code, "CLS-03" in late.out) == (1, True)
    assert "journals/2026-10/sales.K2.csv:2" in late.out
    assert {name: data for name, data in two.files().items() if name.startswith("closings/")} == sealed
    assert one("sync", lang=lang).code == 1
    one.ok("adopt SA20261008-K2-0001 --reason 断网", by="li")
    again = one("sync --json")
    assert "CLS-03" not in {finding["code"] for finding in again.json["new"]}
    assert (again.json["errors"], again.code) == (0, 0), again


def test_two_clones_give_no_code_twice(store: Store) -> None:
    """Each files a client and a member by default between syncs: K1 goes on with C002 and M0001, K2 has rows of its own.

    A code that was typed stays as typed, and the row of K2 does not go on from it.
    """
    one, two = store.pair()
    personal = "--personal - --identified"
    ours = [one.ok("client add --unit 甲一公司 --kind enterprise --json").json["code"]]
    ours.append(one.ok(f"member register {personal} --json", stdin="{}").json["code"])
    theirs = [two.ok("client add --unit 乙二公司 --kind enterprise --json").json["code"]]
    two.ok("client add --unit 丙三公司 --kind enterprise --code C050")
    theirs.append(two.ok("client add --unit 丁四公司 --kind enterprise --json").json["code"])
    theirs.append(two.ok(f"member register {personal} --json", stdin="{}").json["code"])
    assert (ours, theirs) == (["C002", "M0001"], ["CK2-001", "CK2-002", "MK2-0001"])
    for machine in (one, two, one):
        machine.ok("sync")
    units = {row["code"]: row["unit"] for row in one.ok("client list --json").json["clients"]}
    assert units == {
        "C001": "东风厂",
        "C002": "甲一公司",
        "C050": "丙三公司",
        "CK2-001": "乙二公司",
        "CK2-002": "丁四公司",
    }
    assert one.ok("client add --unit 戊五公司 --kind enterprise --json").json["code"] == "C051"
    assert one.ok("check", by="li").code == 0


@LANGS
def test_one_code_typed_for_two_parties_shows_both(store: Store, lang: str) -> None:
    """C011 is typed at K1 for 丙三厂 and at K2 for 丁四院, M0009 at both; K2 sells A0010031 to 丁四院 as C011.

    NUM-01 of each names both records; of the clients the sale too.  The card stays K1's and both units are found by it, until the
    pasted command files the later one anew, at K1 as C012; the sale stays where it is, and is named until it is reversed.
    """
    one, two = store.pair()
    made = []
    for machine, unit in ((one, "丙三厂"), (two, "丁四院")):
        made.append(machine.ok(f"client add --unit {unit} --kind enterprise --code C011 --json").json["id"])
        line = "member register --code M0009 --identified --personal - --json"
        made.append(machine.ok(line, stdin="{}").json["id"])
    sold = two.ok("sell C011 100 A0010031 --json").json["id"]
    for machine in (one, two, one):
        machine("sync")
    for unit in ("丙三厂", "丁四院"):
        assert one.ok(f"client show {unit} --json").json["unit"] == "丙三厂"
        assert unit in one.ok("client list", lang=lang).out
    ran = one("check NUM-01", by="li", lang=lang)
    found = {item["where"][0]["id"]: item for item in one("check NUM-01 --json", by="li", lang=lang).json["findings"]}
    assert sorted(found) == made[2:]
    assert made[1] in found[made[3]]["message"]
    assert made[0] in found[made[2]]["message"]
    assert sold in found[made[2]]["message"]
    assert [where["id"] for where in found[made[2]]["where"]] == [made[2], sold]
    assert f"gb client refile {made[2]}" in one.ok("client show C011", lang=lang).out
    done = one.ok(pasted(ran, "client refile"), lang=lang)
    assert "C012" in done.out
    assert sold in done.out
    for code, unit, sales in (("C011", "丙三厂", 1), ("C012", "丁四院", 0)):
        card = one.ok(f"client show {unit} --json").json
        assert (card["code"], card["unit"], card["aliases"], card["sales"]) == (code, unit, [], sales)
    again = one(f"client refile {made[2]}", lang=lang)
    assert (again.code, "gb client show C012" in again.err) == (3, True)
    one.ok(f"reverse {sold} --reason 错记", by="sun")
    ran = one("check NUM-01", by="li", lang=lang)
    assert "C012" in ran.out
    assert sold not in ran.out
    one.ok(pasted(ran, "accept NUM-01 CL").replace("…", "已分开"), by="li", lang=lang)
    later = one("check NUM-01 --json", by="li").json["findings"]
    assert [bool(item["disposition"]) for item in later if item["where"][0]["id"] == made[2]] == [True]


def pasted(ran: Result, what: str) -> str:
    """The command that is told, as typed behind ``gb``."""
    way = next(line for line in (ran.out + ran.err).splitlines() if f"gb {what}" in line)
    return way[way.index(what) :]
