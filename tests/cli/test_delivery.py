"""Notices sent out: a real mail server with TLS and login, a real web address, a folder; each up, down, slow and refusing (N1)."""

from __future__ import annotations

import json
import os
import socket
import stat
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from tests.cli.counter import Counter, Result, english_again, open_counter
from tests.cli.outside import LOST, PASSWORD, USER, Hook, Mailbox, certificate, mail_server, web_server
from tests.cli.start import START, environment, press_ctrl_c

FIVE, SIX = "2026-10-08 17:00", "2026-10-08 18:00"
ADDRESS = "zhao@store.example"
ONE = "TZ2026-K1-0001"


@pytest.fixture(params=["zh", "en"])
def at(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Counter]:
    """A book in Chinese with one sale of 8 October."""
    counter = open_counter(tmp_path)
    counter.language = request.param
    settings = counter.book / "gb.yaml"
    settings.write_text(settings.read_text(encoding="utf-8").replace('"en"', '"zh"'), encoding="utf-8")
    counter.done("sale", "cash", "--client", "C001", "--vouchers", "A0010001-A0010010")
    yield counter
    english_again()


@pytest.fixture
def zh(tmp_path: Path) -> Counter:
    """As ``at``, where the language makes no difference."""
    counter = open_counter(tmp_path)
    counter.done("sale", "cash", "--client", "C001", "--vouchers", "A0010001-A0010010")
    return counter


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    return certificate(tmp_path)


@pytest.fixture
def hook() -> Iterator[Hook]:
    with web_server() as found:
        yield found


def channels(at: Counter, *told: str, tries: int = 1, timeout: int = 5, more: str = "") -> None:
    """Set the channels up: ``finance mail zhao@…``."""
    lines = [f"delivery:\n  tries: {tries}\n  timeout: {timeout}\n{more}  channels:\n"]
    for one in told:
        to, by, where = one.split(" ")
        lines.append(f"    - to: {to}\n      by: {by}\n      at: '{where}'\n")
    with (at.book / "gb.yaml").open("a", encoding="utf-8") as out:
        out.write("".join(lines))


def by_mail(
    at: Counter, box: Mailbox | int, pem: Path, security: str = "starttls", tries: int = 1, timeout: int = 5
) -> None:
    port = box if isinstance(box, int) else box.port
    server = (
        f"  mail:\n    host: localhost\n    port: {port}\n    security: {security}\n    sender: gb@store.example\n"
        f"    user: {USER}\n    ca_file: '{pem}'\n"
    )
    channels(at, f"finance mail {ADDRESS}", tries=tries, timeout=timeout, more=server)


def deliver(at: Counter, when: str = FIVE) -> Result:
    return at("notice", "--deliver", at=when)


def told(at: Counter) -> list[dict[str, str]]:
    """The records of deliveries, as the book holds them."""
    found = map(json.loads, at.done("log", "--json").out.splitlines())
    return [at.done("show", one["id"], "--json").json for one in found if one["kind"] == "delivered"]


def failed(at: Counter, result: Result) -> str:
    """Recorded as failed, exit 6, and `gb status` says so; what it said."""
    assert (result.code, result.error) == (6, "OUT-02")
    assert [one["outcome"] for one in told(at)] == ["failed"]
    assert at.done("status", "--json").json["notice"]["undelivered"] == [ONE]
    said = " ".join(at.done("status").out.split())
    side = ("财务总收 ", "收银部 ") if at.language == "zh" else ("finance main cashier, ", "cashiers' department, ")
    assert any(f"{ONE} {who}" in said for who in side), said
    return result.err


# -- mail --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_notice_by_mail(at: Counter, pem: Path, monkeypatch: pytest.MonkeyPatch, security: str) -> None:
    """The letter holds the notice byte for byte, twice; a second run sends nothing, nor does a supplement send the first again."""
    monkeypatch.setenv("GB_SMTP_PASSWORD", PASSWORD)
    with mail_server(pem, security=security) as box:
        by_mail(at, box, pem, security)
        assert deliver(at).code == 0
        assert deliver(at, SIX).code == 0
        at.done("sale", "cash", "--client", "C001", "--vouchers", "A0010011", at=SIX)
        assert deliver(at, "2026-10-08 18:10").code == 0
    assert [letter["Subject"] for letter in box.letters] == [
        f"东方商厦 券号通知 2026-10-08 TZ2026-K1-{n:04d}" for n in (1, 2)
    ]
    letter, file = box.letters[0], at.book / f"notices/2026-10/{ONE}.txt"
    text = file.read_bytes()
    body = letter.get_body()
    assert body is not None
    assert body.get_content().replace("\r\n", "\n").encode() == text
    (attached,) = letter.iter_attachments()
    assert (attached.get_filename(), attached.get_payload(decode=True)) == (f"{ONE}.txt", text)
    assert (box.to, letter["To"], letter["From"]) == ([ADDRESS] * 2, ADDRESS, "gb@store.example")
    first = told(at)[0]
    assert (first["outcome"], first["to"], first["channel"], first["address"]) == ("sent", "finance", "mail", ADDRESS)
    assert first["copy"] == sha256(text).hexdigest()
    assert at.done("check").code == 0


def test_the_same_notice_has_the_same_key(zh: Counter, pem: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused once and taken then: the servers see one letter, by its Message-ID."""
    monkeypatch.setenv("GB_SMTP_PASSWORD", PASSWORD)
    with mail_server(pem) as box:
        by_mail(zh, box, pem, tries=2)
        box.answers = ["451 try later"]
        assert deliver(zh).code == 0
        assert (box.tries, len(box.letters), [one["outcome"] for one in told(zh)]) == (2, 1, ["sent"])
    assert box.letters[0]["Message-ID"].startswith(f"<{ONE}.")


def test_the_server_is_down_and_comes_back(at: Counter, pem: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The notice is recorded, the failure too; the next run sends it once, and the line of `gb status` goes."""
    monkeypatch.setenv("GB_SMTP_PASSWORD", PASSWORD)
    with mail_server(pem) as box:
        by_mail(at, box, pem)
        port = box.port
    said = failed(at, deliver(at))
    assert ("连不上邮件服务器" if at.language == "zh" else "the mail server:") in said
    settings = at.book / "gb.yaml"
    with mail_server(pem) as box:
        settings.write_text(
            settings.read_text(encoding="utf-8").replace(f"port: {port}", f"port: {box.port}"), encoding="utf-8"
        )
        assert at("notice", "--catch-up", "--deliver", at=SIX).code == 0
        assert at("notice", "--catch-up", "--deliver", at="2026-10-08 18:05").code == 0
    assert len(box.letters) == 1
    assert at.done("status", "--json").json["notice"]["undelivered"] == []


@pytest.mark.parametrize(
    ("answer", "tries"), [("451 not now", 2), ("554 not here", 1)], ids=["for now", "for good"]
)  # fmt: skip
def test_the_server_refuses(at: Counter, pem: Path, monkeypatch: pytest.MonkeyPatch, answer: str, tries: int) -> None:
    """A 4xx is tried again in the same run, a 5xx is not."""
    monkeypatch.setenv("GB_SMTP_PASSWORD", PASSWORD)
    with mail_server(pem) as box:
        by_mail(at, box, pem, tries=2)
        box.answers = [answer] * 3
        assert answer in failed(at, deliver(at))
    assert box.tries == tries


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_letter_whose_answer_is_lost_is_not_sent_again_in_the_run(
    at: Counter, pem: Path, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    """Three tries are allowed; the server has the letter and loses the connection: one letter, and what is not known is said."""
    monkeypatch.setenv("GB_SMTP_PASSWORD", PASSWORD)
    with mail_server(pem, security=security) as box:
        by_mail(at, box, pem, security=security, tries=3)
        box.answers = [LOST]
        told = failed(at, deliver(at))
        assert ("可能已收到" if at.language == "zh" else "it may have it") in told
        assert len(box.letters) == 1
        deliver(at)
    assert len({letter["Message-ID"] for letter in box.letters}) == 1


def test_the_server_says_nothing(zh: Counter, pem: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes the connection and is silent: the command gives up after the time of the settings."""
    monkeypatch.setenv("GB_SMTP_PASSWORD", PASSWORD)
    with socket.create_server(("localhost", 0)) as silent:
        by_mail(zh, silent.getsockname()[1], pem, timeout=1)
        assert "timed out" in failed(zh, deliver(zh))


def test_a_wrong_password(at: Counter, pem: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GB_SMTP_PASSWORD", "Tr0ub4dor")
    with mail_server(pem) as box:
        by_mail(at, box, pem, tries=3)
        said = failed(at, deliver(at))
    assert ("用户名或密码不对" if at.language == "zh" else "wrong user or password") in said
    assert "Tr0ub4dor" not in said
    assert not any(b"Tr0ub4dor" in data for data in at.files().values())


def test_no_password(zh: Counter, pem: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GB_SMTP_PASSWORD", raising=False)
    with mail_server(pem) as box:
        by_mail(zh, box, pem)
        assert "GB_SMTP_PASSWORD" in failed(zh, deliver(zh))
    assert box.tries == 0


def test_a_certificate_of_somebody_else(
    zh: Counter, pem: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The password is not told to a server that is not the one."""
    monkeypatch.setenv("GB_SMTP_PASSWORD", PASSWORD)
    other = certificate(tmp_path, "other.example")
    with mail_server(other) as box:
        by_mail(zh, box, pem)
        assert "certificate" in failed(zh, deliver(zh))
    assert box.tries == 0


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_a_password_file_is_for_its_owner_alone(at: Counter, pem: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GB_SMTP_PASSWORD", raising=False)
    secret = at.book.parent / "smtp.password"
    secret.write_text(PASSWORD + "\n", encoding="utf-8")
    with mail_server(pem) as box:
        by_mail(at, box, pem)
        settings = at.book / "gb.yaml"
        text = settings.read_text(encoding="utf-8").replace(
            f"    user: {USER}\n", f"    user: {USER}\n    password_file: ../smtp.password\n"
        )
        settings.write_text(text, encoding="utf-8")
        secret.chmod(0o640)
        assert "chmod 600 ../smtp.password" in failed(at, deliver(at))
        secret.chmod(stat.S_IRUSR | stat.S_IWUSR)
        assert deliver(at, SIX).code == 0
    assert len(box.letters) == 1


# -- web address, folder -----------------------------------------------------------------------------------------------


def test_a_notice_to_a_web_address(at: Counter, hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GB_WEBHOOK_TOKEN", "sesame")
    channels(at, f"cashiers webhook {hook.url}")
    assert deliver(at).code == 0
    assert deliver(at, SIX).code == 0
    (posted,) = hook.posted
    text = (at.book / f"notices/2026-10/{ONE}.txt").read_text(encoding="utf-8")
    assert posted.body == {
        "store": "东方商厦", "number": ONE, "date": "2026-10-08", "text": text, "digest": sha256(text.encode()).hexdigest(),
    }  # fmt: skip
    assert posted.heads["Authorization"] == "Bearer sesame"
    assert posted.heads["Idempotency-Key"].startswith(f"{ONE}.")
    assert not any(b"sesame" in data for data in at.files().values())


@pytest.mark.parametrize(("status", "tries"), [(503, 2), (429, 2), (403, 1), (302, 1)])
def test_a_web_address_that_refuses(zh: Counter, hook: Hook, status: int, tries: int) -> None:
    """Its own trouble is tried again, ours is not; a redirect is not followed."""
    channels(zh, f"cashiers webhook {hook.url}", tries=2)
    hook.answers = [status] * 3
    assert str(status) in failed(zh, deliver(zh))
    assert len(hook.posted) == tries


def test_a_web_address_that_is_not_there(zh: Counter) -> None:
    with socket.create_server(("localhost", 0)) as server:
        port = server.getsockname()[1]
    channels(zh, f"cashiers webhook http://localhost:{port}/")
    failed(zh, deliver(zh))


def test_a_notice_into_a_folder(at: Counter, tmp_path: Path) -> None:
    """From the book on; a share that is not mounted is no folder, and none is made in its place."""
    channels(at, "cashiers folder ../tills")
    said = failed(at, deliver(at))
    assert ("没有这个文件夹" if at.language == "zh" else "no such folder") in said
    assert not (tmp_path / "tills").exists()
    (tmp_path / "tills").mkdir()
    assert deliver(at, SIX).code == 0
    text = (at.book / f"notices/2026-10/{ONE}.txt").read_bytes()
    assert {one.name: one.read_bytes() for one in (tmp_path / "tills").iterdir()} == {f"{ONE}.txt": text}


def test_one_channel_fails_the_other_does_not(zh: Counter, hook: Hook, tmp_path: Path) -> None:
    (tmp_path / "tills").mkdir()
    channels(zh, f"finance webhook {hook.url}", "cashiers folder ../tills")
    hook.answers = [403]
    result = zh("notice", "--deliver", "--json", at=FIVE)
    assert result.code == 6
    assert [(one["by"], one["outcome"]) for one in result.json["delivered"]] == [
        ("webhook", "failed"),
        ("folder", "sent"),
    ]
    assert deliver(zh, SIX).code == 0
    assert [(one["channel"], one["outcome"]) for one in told(zh)] == [
        ("webhook", "failed"), ("folder", "sent"), ("webhook", "sent"),
    ]  # fmt: skip


def test_a_trial_sends_nothing(at: Counter, hook: Hook) -> None:
    at.done("notice", at=FIVE)
    channels(at, f"cashiers webhook {hook.url}")
    before = at.files()
    done = at.done("notice", "--deliver", "--dry-run", at=SIX)
    assert f"{ONE} → cashiers webhook {hook.url}" in done.err
    assert (hook.posted, at.files()) == ([], before)


def test_a_notice_whose_command_died_before_it_was_sent(zh: Counter, hook: Hook) -> None:
    """Issued and not sent: the next day's run sends both; one of ten days ago is no news any more."""
    zh.done("notice", at=FIVE)
    channels(zh, f"cashiers webhook {hook.url}")
    zh.done("notice", "--catch-up", "--deliver", at="2026-10-09 17:00")
    assert [one.body["number"] for one in hook.posted] == [ONE, "TZ2026-K1-0002"]


@pytest.mark.skipif(os.name == "nt", reason="a terminal needs a Unix")
def test_status_names_a_notice_whose_sending_was_broken_off(at: Counter, hook: Hook) -> None:
    """Ctrl-C while the web address keeps silent: issued, no record of a try; status names it until the next run has sent it."""
    pexpect = pytest.importorskip("pexpect", reason="a terminal needs a Unix")
    with socket.create_server(("localhost", 0)) as silent:
        url = f"http://localhost:{silent.getsockname()[1]}/gb"
        channels(at, f"cashiers webhook {url}", timeout=60)
        shared = ["--book", str(at.book), "--terminal", "K1", "--by", "wang", "--at", FIVE]
        child = pexpect.spawn(
            sys.executable, ["-c", START, "notice", "--deliver", *shared], env=environment(), timeout=30
        )
        sending, _ = silent.accept()
        with sending:
            assert sending.recv(1)
            press_ctrl_c(child)
            child.expect(pexpect.EOF)
            child.close()
    assert (child.exitstatus, told(at)) == (130, [])
    assert at.done("status", "--json", at=SIX).json["notice"]["undelivered"] == [ONE]
    said = " ".join(at.done("status", at=SIX).out.split())
    assert ("通知没有送到" if at.language == "zh" else "not delivered:") + f" {ONE} " in said
    assert "gb notice --catch-up --deliver" in said
    settings = at.book / "gb.yaml"
    settings.write_text(settings.read_text(encoding="utf-8").replace(url, hook.url), encoding="utf-8")
    at.done("notice", "--catch-up", "--deliver", at=SIX)
    assert [one.body["number"] for one in hook.posted] == [ONE]
    assert at.done("status", "--json", at=SIX).json["notice"]["undelivered"] == []


def test_an_old_notice_is_sent_when_its_day_is_named(zh: Counter, hook: Hook) -> None:
    zh.done("notice", at=FIVE)
    zh.done("notice", "--catch-up", at="2026-10-20 17:00")
    channels(zh, f"cashiers webhook {hook.url}")
    zh.done("notice", "--deliver", "--date", "2026-10-08", at="2026-10-20 17:05")
    assert hook.posted[0].body["number"] == ONE
    assert min(one.body["date"] for one in hook.posted[1:]) == "2026-10-13"


# -- settings ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "told",
    [
        "finance webhook http://store.example/gb",
        "finance webhook https://user:pw@store.example/gb",
        "finance webhook ftp://store.example/gb",
        "finance mail zhao",
        "finance mail zhao@a.example",
        "finance pigeon x",
        "boss folder ../x",
    ],
)
def test_settings_that_are_refused(zh: Counter, told: str) -> None:
    """No clear text over the net, no address that is none, no mail without a server; the book says so at once."""
    channels(zh, told)
    assert (zh("status").code, zh("status").error) == (4, "RUL-01")


def test_a_password_in_the_clear_is_refused(zh: Counter, pem: Path) -> None:
    by_mail(zh, 25, pem, security="none")
    assert zh("status").error == "RUL-01"
    assert "the password would travel in the clear - at `$.delivery.mail`" in zh("status").err
    zh.language = "zh"
    assert "gb.yaml 有误：security: none 又写了 user：密码会明文传送（`$.delivery.mail`）" in zh("status").err
    english_again()


def test_without_channels(at: Counter) -> None:
    result = deliver(at)
    assert (result.code, result.error) == (6, "OUT-02")
    assert at.done("notice", "list", "--json").json["notices"][0]["number"] == ONE
