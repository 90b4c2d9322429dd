"""The keys looked after: recipients, rotation, backup, exchange between terminals, and what ``keys doctor`` says."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from ledger.book.keybackup import HINT
from ledger.book.keys import last_files
from ledger.book.open import Book
from ledger.book.phones import FILE
from tests.cli.counter import BOOK_ID, Counter
from tests.privacy.shop import ENC, PERSON, UNIT, filled, journal, personal, with_keys

SECRET = "correct horse battery staple"


@pytest.fixture
def at(tmp_path: Path) -> Counter:
    return filled(tmp_path)


@pytest.fixture
def machines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machines:
    return Machines(tmp_path, monkeypatch)


class Machines:
    """Several machines' own memories: each has its secret keys."""

    def __init__(self, root: Path, patch: pytest.MonkeyPatch) -> None:
        self.root, self.patch, self.first = root, patch, os.environ["XDG_STATE_HOME"]

    def use(self, name: str) -> None:
        self.patch.setenv("XDG_STATE_HOME", str(self.root / f"state-{name}"))

    def home(self) -> None:
        """The machine that made the book."""
        self.patch.setenv("XDG_STATE_HOME", self.first)


def ssh_key(folder: Path, kind: str = "ed25519") -> Path:
    """An SSH key without a passphrase."""
    path = folder / f"id_{kind}"
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", str(path)], check=True)
    return path


def files(folder: Path) -> set[str]:
    """The key files below a folder."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*.age")}


# -- recipients --------------------------------------------------------------------------------------------------------


def test_init_twice_changes_nothing(at: Counter) -> None:
    settings = (at.book / "gb.yaml").read_bytes()
    first = at.done("keys", "init", "--json", by="li").json
    assert (first["made"], first["listed"], first["name"]) == (False, True, "K1")
    assert (at.book / "gb.yaml").read_bytes() == settings


def test_settings_keep_their_comments(tmp_path: Path) -> None:
    """Only the recipients are new in gb.yaml."""
    at = with_keys(tmp_path)
    text = (at.book / "gb.yaml").read_text()
    before, _, after = text.partition("recipients:")
    assert "# 银行工作日" in before
    assert after.count("age1") == 1


@pytest.mark.parametrize("kind", ["age", "ed25519", "rsa"])
@pytest.mark.debian
def test_one_recipient_lost_the_other_opens(at: Counter, machines: Machines, tmp_path: Path, kind: str) -> None:
    """The office, with an age key or an SSH key, is let in by the counter; then the counter's secret key is gone."""
    if kind == "age":
        machines.use("office")
        public = at.done("keys", "init", "office", "--json", by="li").json["recipient"]
        secret = None
    else:
        secret = ssh_key(tmp_path, kind)
        public = str(secret) + ".pub"
    machines.home()
    at.done("keys", "add-recipient", "office", public, by="li")
    machines.use("office")
    if secret is not None:
        at.done("keys", "init", "--identity", str(secret), by="li")
    assert personal(at, "C001", reveal=True) == UNIT
    assert personal(at, "C002", reveal=True) == PERSON
    machines.use("nobody")
    assert at("client", "show", "C001", "--reveal", "--reason", "look", by="li").error == "PRV-01"


def test_who_may_not_look_after_keys(at: Counter) -> None:
    for words in (("init",), ("add-recipient", "x", "age1x"), ("rotate",), ("backup", "x")):
        refused = at("keys", *words)
        assert (refused.error, "who may: li" in refused.err) == ("ROL-01", True)


@pytest.mark.parametrize("secret", ["AGE-SECRET-KEY-1QQQQ", "-----BEGIN OPENSSH PRIVATE KEY-----", "no key"])
def test_a_secret_key_is_not_taken_for_a_public_one(at: Counter, tmp_path: Path, secret: str) -> None:
    """From a file, as a person would mistake one for the other."""
    (tmp_path / "id").write_text(secret)
    refused = at("keys", "add-recipient", "x", str(tmp_path / "id"), by="li")
    assert (refused.code, "SECRET" in refused.err, "PRIVATE" in refused.err) == (2, False, False)
    assert "x:" not in (at.book / "gb.yaml").read_text()


def test_a_keystore_that_git_would_take_is_refused(tmp_path: Path) -> None:
    at = with_keys(tmp_path)
    subprocess.run(["git", "-C", str(at.book), "init", "--quiet"], check=True)
    (at.book / ".gitignore").write_text(".gb/\n")
    refused = at("keys", "init", by="li")
    assert (refused.code, refused.error) == (3, "PRV-04")
    assert f"next: echo 'keystore/' >> {at.book.absolute() / '.gitignore'}" in refused.err  # pasted wherever one stands
    filed = ("client", "add", "--unit", "东风厂", "--kind", "enterprise", "--personal", "-")
    assert at(*filed, stdin="phone: 13911110055").error == "PRV-04"
    assert not [*at.book.glob("journals/*/clients.*"), *files(at.book / "keystore")]
    assert at("keys", "doctor").code == 1
    (at.book / ".gitignore").write_text(".gb/\nkeystore/\n")
    at.done("keys", "init", by="li")
    at.done(*filed, stdin="phone: 13911110055")
    (at.book / ".gitignore").write_text(".gb/\n")
    held = files(at.book / "keystore")
    assert at("keys", "rotate", by="li").error == "PRV-04"
    assert files(at.book / "keystore") == held


def test_rotation_gives_new_keys_and_old_values_still_open(at: Counter) -> None:
    """Two clients: two keys wrapped anew, two new ones; the next value is under the new key."""
    before = {file.key for file in last_files(Book(at.book))}
    at.done("keys", "rotate", by="li")
    after = {file.key for file in last_files(Book(at.book))}
    assert (len(before), len(after), before < after) == (2, 4, True)
    at.done("client", "change", "C001", "--personal", "-", stdin="phone: 13911110055")
    sealed = ENC.findall(journal(at, "clients").read_bytes())
    assert sealed[-1] == sealed[len(UNIT) - 1]  # the e-mail has not changed
    assert {value[7:23] for value in sealed[-len(UNIT) :]} == {sealed[0][7:23], sealed[-3][7:23]}
    assert personal(at, "C001", reveal=True) == {**UNIT, "phone": "13911110055"}


def test_the_last_recipient_stays(at: Counter) -> None:
    assert at("keys", "drop-recipient", "K1", by="li").code == 3
    assert at("keys", "drop-recipient", "K7", by="li").error == "REF-01"


# -- backup ------------------------------------------------------------------------------------------------------------


def secret_file(folder: Path, text: str = SECRET) -> str:
    path = folder / "passphrase"
    path.write_text(f"{text}\n")
    return str(path)


def test_a_backup_brings_everything_back(at: Counter, machines: Machines, tmp_path: Path) -> None:
    """Every machine and the keystore are lost: a new machine, the file and the passphrase are enough."""
    words = secret_file(tmp_path)
    at.done("keys", "backup", str(tmp_path / "keys.age"), "--passphrase", words, by="li")
    assert (tmp_path / "keys.age").stat().st_mode & 0o077 == 0
    shutil.rmtree(at.book / "keystore")
    machines.use("new")
    (at.book / "gb.yaml").write_text((at.book / "gb.yaml").read_text().partition("recipients:")[0])
    at.done("keys", "init", by="li")
    done = at.done("keys", "restore", str(tmp_path / "keys.age"), "--passphrase", words, "--json", by="li").json
    assert done == {"done": 2, "there": 0, "erased": 0, "anew": 0, "let_in": None}
    assert personal(at, "C002", reveal=True) == PERSON
    again = at.done("keys", "restore", str(tmp_path / "keys.age"), "--passphrase", words, "--json", by="li").json
    assert again == {"done": 0, "there": 2, "erased": 0, "anew": 0, "let_in": None}


@pytest.mark.parametrize("share", [False, True])
def test_a_lost_machine_and_a_new_clone(at: Counter, machines: Machines, tmp_path: Path, *, share: bool) -> None:
    """The machine K1 is lost and stays in gb.yaml; its clone, K1 again, has the backup of two keys.

    Its keystore is empty, and both are put back; or a share has brought both, closed, and they are wrapped anew.
    """
    words, kept = secret_file(tmp_path), str(tmp_path / "keys.age")
    at.done("keys", "backup", kept, "--passphrase", words, by="li")
    if not share:
        shutil.rmtree(at.book / "keystore")
    machines.use("new")
    assert at("keys", "restore", kept, "--passphrase", words, by="li").error == "PRV-01"
    began = at.done("keys", "init", by="li")
    assert (began.out.split()[0], "gb keys restore" in began.err) == ("K1-2", True)
    before = (at.book / "gb.yaml").read_bytes()
    trial = at.done("keys", "restore", kept, "--passphrase", words, "--dry-run", "--json", by="li").json
    assert (at.book / "gb.yaml").read_bytes() == before
    done = at.done("keys", "restore", kept, "--passphrase", words, "--json", by="li").json
    expected = {"done": 0 if share else 2, "there": 0, "erased": 0, "anew": 2 if share else 0, "let_in": "K1-2"}
    assert (done, trial) == (expected, {**expected, "dry_run": True})
    assert personal(at, "C001", reveal=True) == UNIT
    assert personal(at, "C002", reveal=True) == PERSON
    assert at.done("keys", "drop-recipient", "K1", "--json", by="li").json["wrapped"] == 2
    at.done("keys", "rotate", by="li")
    signs = {one["name"]: one["level"] for one in at.done("keys", "doctor", "--json").json["checks"]}
    assert signs == {"recipients": "warning", "keystore": "ok", "values": "ok", "backup": "warning"}


def test_a_backup_needs_its_passphrase_and_is_not_overwritten(at: Counter, tmp_path: Path) -> None:
    file = str(tmp_path / "keys.age")
    assert at("keys", "backup", file, by="li").code == 2
    assert at("keys", "backup", file, "--passphrase", secret_file(tmp_path, "short"), by="li").code == 2
    at.done("keys", "backup", file, "--passphrase", secret_file(tmp_path), by="li")
    assert at("keys", "backup", file, "--passphrase", secret_file(tmp_path), by="li").code == 5
    refused = at("keys", "restore", file, "--passphrase", secret_file(tmp_path, "another one, wrong"), by="li")
    assert (refused.code, refused.error) == (3, "PRV-06")
    subprocess.run(["git", "init", "--quiet", str(tmp_path / "repository")], check=True)
    inside = str(tmp_path / "repository/keys.age")
    assert at("keys", "backup", inside, "--passphrase", secret_file(tmp_path), by="li").error == "PRV-04"
    data = (tmp_path / "keys.age").read_bytes()
    assert data.startswith(b"age-encryption.org/v1\n-> scrypt ")


def test_reminded_until_there_is_a_backup(at: Counter, tmp_path: Path) -> None:
    """None: reminded; made: silent; another client's key, or one destroyed: reminded again."""

    def due() -> bool:
        said = at.done("status", "--json").json["open"]["keys_backup_due"]
        assert said == (HINT in at.done("status").out)
        assert said == (HINT in at("doctor").out) == (HINT in at("keys", "doctor").out)
        return bool(said)

    words = secret_file(tmp_path)
    assert due()
    at.done("keys", "backup", str(tmp_path / "1"), "--passphrase", words, by="li")
    assert not due()
    at.done("client", "add", "--unit", "西风厂", "--kind", "enterprise", "--personal", "-", stdin="phone: 13911110055")
    assert due()
    at.done("keys", "backup", str(tmp_path / "2"), "--passphrase", words, by="li")
    assert not due()


def test_a_book_without_keys_is_not_reminded(tmp_path: Path) -> None:
    at = with_keys(tmp_path)
    (at.book / "gb.yaml").write_text((at.book / "gb.yaml").read_text().partition("recipients:")[0])
    assert at.done("status", "--json").json["open"]["keys_backup_due"] is False


# -- exchange ----------------------------------------------------------------------------------------------------------


def test_keys_travel_through_a_folder(at: Counter, machines: Machines, tmp_path: Path) -> None:
    """The office has the book and no keys; it is let in, and takes them from the share; both end with the same files."""
    share = tmp_path / "share"
    share.mkdir()
    office = Counter(tmp_path / "office", day=at.day)
    machines.use("office")
    shutil.copytree(at.book, office.book, ignore=shutil.ignore_patterns(".gb", "keystore"))
    public = office.done("keys", "init", "office", "--json", by="li").json
    assert (public["made"], public["listed"]) == (True, False)
    machines.home()
    at.done("keys", "add-recipient", "office", public["recipient"], by="li")
    shutil.copy(at.book / "gb.yaml", office.book / "gb.yaml")  # as the book's git brings it
    assert at.done("keys", "sync", str(share), "--json").json == {"taken": 0, "given": 2, "anew": 0, "deleted": 0}
    machines.use("office")
    assert office.done("keys", "sync", str(share), "--json").json["taken"] == 2
    assert personal(office, "C002", reveal=True) == PERSON
    assert files(at.book / "keystore") == files(office.book / "keystore") == files(share / f"gb-keys-{BOOK_ID}")
    assert office.done("keys", "sync", "--json").json == {"taken": 0, "given": 0, "anew": 0, "deleted": 0}


def test_a_key_made_before_its_machine_was_let_in(at: Counter, machines: Machines, tmp_path: Path) -> None:
    """The office records C003 for K1 alone, which it cannot open; let in, it gets it back from K1's ``keys sync``."""
    share = tmp_path / "share"
    share.mkdir()
    office = Counter(tmp_path / "office", day=at.day)
    machines.use("office")
    shutil.copytree(at.book, office.book, ignore=shutil.ignore_patterns(".gb", "keystore"))
    public = office.done("keys", "init", "office", "--json", by="li").json["recipient"]
    office.done(
        "client", "add", "--unit", "西风厂", "--kind", "enterprise", "--personal", "-", stdin="phone: 13911110055"
    )
    assert "gb keys init" in office.done("keys", "doctor").out
    machines.home()
    at.done("keys", "add-recipient", "office", public, by="li")
    at.done("keys", "sync", str(share))
    machines.use("office")
    shutil.copy(at.book / "gb.yaml", office.book / "gb.yaml")
    office.done("keys", "sync", str(share))
    assert office("client", "show", "C003", "--reveal", "--reason", "look", by="li").error == "PRV-01"
    assert office.done("keys", "rotate", "--json", by="li").json["closed"] == ["C003"]
    machines.home()
    assert at.done("keys", "sync", "--json").json["anew"] == 1
    assert at.done("keys", "sync", "--json").json["anew"] == 0
    machines.use("office")
    office.done("keys", "sync")
    assert personal(office, "C003", reveal=True) == {"phone": "13911110055"}


def test_both_sides_wrapped_anew(at: Counter, machines: Machines, tmp_path: Path) -> None:
    """The share and the keystore have different second wrappings of one key: it is wrapped a third time, for today's."""
    share = tmp_path / "share"
    share.mkdir()
    at.done("keys", "sync", str(share))
    at.done("keys", "add-recipient", "one", ssh_key(tmp_path).with_suffix(".pub").read_text(), by="li")
    place = share / f"gb-keys-{BOOK_ID}"
    for path in place.rglob("*.1.age"):
        path.rename(path.with_name(path.name.replace(".1.age", ".2.age")))
    assert at.done("keys", "sync", "--json").json == {"taken": 0, "given": 2, "anew": 2, "deleted": 0}
    assert all(name.endswith(".3.age") for name in files(place))
    assert personal(at, "C001", reveal=True) == UNIT


def test_the_share_is_not_in_git(at: Counter, tmp_path: Path) -> None:
    share = tmp_path / "share"
    refused = at("keys", "sync", str(share))
    assert (refused.code, refused.error) == (3, "PRV-05")
    subprocess.run(["git", "init", "--quiet", str(share)], check=True)
    assert at("keys", "sync", str(share)).error == "PRV-04"
    assert files(share) == set()
    assert at("keys", "sync").error == "PRV-05"


def test_a_share_that_is_away_is_said(at: Counter, tmp_path: Path) -> None:
    """Erasing goes through all the same, and the next exchange does the rest."""
    share = tmp_path / "share"
    share.mkdir()
    at.done("keys", "sync", str(share))
    share.rename(tmp_path / "away")
    assert at("keys", "sync").error == "PRV-05"
    done = at.done("client", "erase", "C002", "--reason", "asked for", by="li")
    assert str(share) in done.err
    (tmp_path / "away").rename(share)
    assert at.done("keys", "sync", "--json").json["deleted"] == 1
    assert not list(share.rglob("C002/*"))


# -- doctor ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
def test_doctor_tells_what_is_missing(at: Counter, machines: Machines, language: str) -> None:
    at.language = language
    signs = {one["name"]: one["level"] for one in at.done("keys", "doctor", "--json").json["checks"]}
    assert signs == {"recipients": "warning", "keystore": "ok", "values": "ok", "backup": "warning"}
    machines.use("nobody")
    signs = {one["name"]: one["level"] for one in at.done("keys", "doctor", "--json").json["checks"]}
    assert signs == {
        "recipients": "warning",
        "identity": "note",
        "keystore": "note",
        "values": "note",
        "backup": "warning",
    }
    machines.home()
    shutil.rmtree(at.book / "keystore")
    ran = at.done("keys", "doctor", "--json")
    signs = {one["name"]: one["level"] for one in ran.json["checks"]}
    assert (signs["keystore"], signs["values"]) == ("ok", "warning"), "no key is left, and eleven values are closed"
    assert {one["name"] for one in ran.json["checks"] if one["level"] != "ok" and not one["next"]} == set()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_doctor_says_what_to_do_about_each_thing(
    at: Counter, machines: Machines, tmp_path: Path, language: str
) -> None:
    """Whatever is wrong has a command behind ``next:``: an SSH identity whose public half is gone is told beside the rest."""
    at.language = language
    machines.use("office")
    key = ssh_key(tmp_path)
    at.done("keys", "init", "--identity", str(key), by="li")
    (tmp_path / "id_ed25519.pub").unlink()
    ran = at("keys", "doctor", "--json")
    checks = ran.json["checks"]
    assert ran.code == 1
    assert [one["name"] for one in checks if one["level"] == "error"] == ["keys"]
    assert {"keystore", "values", "backup"} <= {one["name"] for one in checks}
    assert [one for one in checks if one["level"] != "ok" and not one["next"]] == []


# -- files that a person names ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", ["pipe", "folder", "missing"])
def test_a_file_that_is_none_is_the_persons_mistake(at: Counter, tmp_path: Path, kind: str, language: str) -> None:
    """``--passphrase <(…)`` is a pipe: USE-01, nothing of the book is damaged, and what is told reads standard input."""
    at.language = language
    named = tmp_path / "named"
    if kind == "pipe":
        os.mkfifo(named)
    elif kind == "folder":
        named.mkdir()
    backup = ("keys", "backup", str(tmp_path / "keys.age"), "--passphrase", str(named))
    for line in (backup, ("client", "change", "C001", "--personal", str(named))):
        ran = at(*line, by="li")
        assert (ran.code, ran.error, str(named) in ran.err) == (2, "USE-01", True), ran.err
        assert (f"{line[-2]} -" in ran.err) == (kind == "pipe")
    link = tmp_path / "link"
    if kind == "pipe":
        (tmp_path / "words").write_text(SECRET)
        link.symlink_to(tmp_path / "words")
        at.done(*backup[:-1], str(link), by="li")


# -- looking up by phone -------------------------------------------------------------------------------------------------


def by_phone(at: Counter, number: str) -> list[str]:
    return [one["code"] for one in at.done("client", "find", "--json", stdin=f"{number}\n").json["found"]]


def test_found_by_phone_and_forgotten_with_the_index(at: Counter) -> None:
    """Written in several ways; only hashes are in .gb, with a key that is not there; a changed number is found no more."""
    assert by_phone(at, "139 1111 0002") == by_phone(at, "+86 139-1111-0002") == ["C001"]
    assert by_phone(at, "13900000000") == []
    kept = (at.book / FILE).read_bytes()
    assert b"13911110002" not in kept
    assert len(json.loads(kept)["numbers"]) == 2
    at.done("client", "change", "C001", "--personal", "-", stdin="phone: 13911110055")
    assert (by_phone(at, "13911110002"), by_phone(at, "13911110055")) == ([], ["C001"])
    (at.book / FILE).write_bytes(b"spoilt")
    assert by_phone(at, "13911110007") == ["C002"]
    assert at("client", "find", stdin="nobody\n").code == 2


@pytest.mark.parametrize("language", ["zh", "en"])
def test_who_is_found_is_named(at: Counter, language: str) -> None:
    at.language = language
    said = {"zh": ("客户  C001 东风厂", "没有人登记这个号码"), "en": ("client  C001 东风厂", "nobody has that number")}[
        language
    ]
    assert at.done("client", "find", stdin="13911110002").out.strip() == said[0]
    assert said[1] in at.done("client", "find", stdin="13900000000").err


def test_without_keys_nobody_is_found_by_phone(at: Counter) -> None:
    """And it is said that two numbers were not looked at."""
    shutil.rmtree(at.book / "keystore")
    assert at.done("client", "find", "--json", stdin="13911110002").json == {"found": [], "closed": 2}
    assert "cannot open: 2" in at.done("client", "find", stdin="13911110002").err
