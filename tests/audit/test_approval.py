"""Signed approvals: made by the real command with real keys, judged by ``gb verify`` and ``gb check``, and forged.

The forger writes behind the program's back and computes the chain anew, so nothing but the signature can tell.
OpenSSH is no part of a bare machine: like the tests of signed months these are of ``make test-all`` (marker ``debian``).
"""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ledger.audit import openssh
from ledger.audit.approval import namespace, text
from ledger.book.open import Book
from ledger.book.text import whole_text
from ledger.core.forms import Line
from ledger.core.records.requests import Approval
from tests.audit.small import BOOK_ID, Small, make_key
from tests.audit.test_by_hand import APPROVAL
from tests.audit.test_sign import raw_sign
from tests.cli.shop import BOOK_ID as SHOP_ID
from tests.cli.shop import open_shop
from tests.forge import Forge

pytestmark = pytest.mark.debian

OWN = "--by wang --terminal K1"
LI = "--by li --terminal K1"
DAY = "2026-11-04 09:"


@pytest.fixture
def small(signed: Small) -> Small:
    """The book signed with keys; September and October are closed, the keys were registered on 09-01."""
    return signed


def asked(small: Small, what: str = "void 1x100", minute: int = 0) -> str:
    """A request by wang of 11-04."""
    found: str = small.ok(f"request {what} --reason torn --json {OWN}", at=f"{DAY}{minute:02d}").json["id"]
    return found


def approved(small: Small, request: str, who: str = "li", minute: int = 5, key: str = "") -> str:
    """The id of its signed approval."""
    line = f"request approve {request} --key {small.keys / (key or who)} --by {who} --terminal K1 --json"
    found: str = small.ok(line, at=f"{DAY}{minute:02d}").json["id"]
    return found


def verdicts(small: Small) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Code and subject of what verify finds, and of what check says of approvals."""
    checked = small("check APR JRN --json", at="2026-11-05 10:00").json["findings"]
    return [(one.code, one.subject) for one in small.found()], [(one["code"], one["subject"]) for one in checked]


def signature(small: Small, request: str, approval: str, who: str = "li", space: str = "", **changed: Any) -> str:
    """A signature by any key over the two records as given, by ``ssh-keygen`` alone."""
    made = msgspec.structs.replace(small.forge.record(approval), **changed)
    data = text(BOOK_ID, small.forge.record(request).encode(), made.encode())
    return openssh.bare(raw_sign(small, who, data, space or namespace(BOOK_ID)))


# -- the way it is meant ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_signed_approval_stands(small: Small, lang: str) -> None:
    """Signed, recorded in one line, shown with its key, in force like any other."""
    request = asked(small)
    small.lang = lang
    said = small.ok(f"request approve {request} --key {small.keys / 'li'} {LI}", at=f"{DAY}05").out
    assert said.rstrip().endswith({"zh": "已签名", "en": "signed"}[lang])
    assert verdicts(small) == ([], [])
    shown = small.ok(f"request show {request} {LI}").out
    assert {"zh": "已签名，有效", "en": "signed, valid"}[lang] in shown
    assert openssh.fingerprint(openssh.public_half(small.keys / "li")) in shown
    history = small.ok(f"request show {request} --json {LI}").json["history"]
    assert [one["signature"] and one["signature"]["valid"] for one in history] == [None, True]
    small.ok(f"voucher void A0007 --reason torn --approval {request} {OWN}", at=f"{DAY}10")


def test_the_queue_signs_too(small: Small) -> None:
    """`gb approve ID ID --key` signs each with its own text; the list without ids repeats the key in its commands."""
    first, second = asked(small), asked(small, "lost 1x100", 1)
    key = small.keys / "li"
    listed = small.ok(f"approve --key {key} {LI}", at=f"{DAY}03").out
    assert f"gb approve {first} --key {key}" in listed
    small.ok(f"approve {first} {second} --key {key} {LI}", at=f"{DAY}05")
    assert len(set(re.findall(r'signature: "(.*)"', journal(small)))) == 2
    assert verdicts(small) == ([], [])


def journal(small: Small) -> str:
    return small.read("journals/2026-11/requests.K1.yaml").decode()


def test_it_can_be_checked_by_hand(small: Small) -> None:
    """As docs/security.md tells, with sed and ssh-keygen: the two records out of the journal, without ``h`` and without the signature."""
    request = asked(small)
    approval = approved(small, request)
    shutil.copy(small.keys / "li.pub", small.folder / "li.pub")
    script = f"request={request} approval={approval}\n{APPROVAL}"
    done = subprocess.run(["bash", "-c", script], cwd=small.root, capture_output=True, text=True, check=False)
    assert done.stdout.startswith(f'Good "gb-approval-1@{BOOK_ID}" signature for li'), done.stderr


def test_a_retry_is_recorded_once(small: Small) -> None:
    request = asked(small)
    line = f"request approve {request} --key {small.keys / 'li'} --once T1 --json {LI}"
    first = small.ok(line, at=f"{DAY}05").json["id"]
    assert small.ok(line, at=f"{DAY}06").json["id"] == first
    assert journal(small).count('kind: "approval"') == 1


def test_a_trial_signs_and_writes_nothing(small: Small) -> None:
    request = asked(small)
    before = journal(small)
    small.ok(f"request approve {request} --key {small.keys / 'li'} --dry-run {LI}", at=f"{DAY}05")
    assert journal(small) == before


def test_the_machines_own_clock_is_signed_and_not_marked(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --at; another entry of the terminal comes in while the key is unlocked: it is signed again, and stands."""
    request = asked(small)
    moment = dt.datetime.fromisoformat("2026-11-04T10:00:00+08:00")

    class Standing:
        def now(self, zone: dt.tzinfo) -> dt.datetime:
            return moment.astimezone(zone)

    from ledger.audit import approval as signing
    from ledger.book.draft import Draft
    from ledger.book.signed import approve
    from ledger.book.write import record

    book = Book(small.root, Standing())
    real, times = signing.sign, []

    def slowly(*given: Any) -> str:
        times.append(1)
        if len(times) == 1:
            values = {"purpose": "other", "lines": (Line(10000, 1),)}
            other = Draft(journal="requests", kind="request", values=values, by="wang", terminal="K1", reason="x")
            record(Book(small.root, Standing()), other)
        return real(*given)

    monkeypatch.setattr(signing, "sign", slowly)
    draft = Draft(journal="requests", kind="approval", values={}, by="li", terminal="K1", ref=request)
    done = approve(book, draft, small.keys / "li").record
    assert isinstance(done, Approval)
    assert (len(times), done.clock, done.at) == (2, "", moment + dt.timedelta(seconds=1))
    assert verdicts(small) == ([], [])


# -- what is refused at entry ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "key", "code"),
    [
        ("li", "bo", "SIG-01"),  # registered to another
        ("li", "stranger", "SIG-01"),  # registered to nobody
        ("li", "missing", "SIG-01"),
        ("wang", "li", "ROL-01"),  # a clerk with the manager's key
        ("ghost", "li", "REF-01"),
    ],
)
def test_a_wrong_key_or_person_is_refused(small: Small, who: str, key: str, code: str) -> None:
    request, before = asked(small), journal(small)
    before = journal(small)
    ran = small(f"request approve {request} --key {small.keys / key} --by {who} --terminal K1", at=f"{DAY}05")
    assert (ran.code, ran.error) == (3, code), ran.err
    assert journal(small) == before


def test_the_rules_may_ask_for_a_signature(small: Small) -> None:
    """`signed: [manager]`: without a key the approval is refused and the queue still shows it; with one it is made.

    What was approved without one by an older program is APR-05, an error.
    """
    rules = small.root / "rules.yaml"
    plain = asked(small, minute=0)
    small.ok(f"request approve {plain} {LI}", at=f"{DAY}01")
    request = asked(small, minute=2)
    given = rules.read_text(encoding="utf-8")
    rules.write_text(given.replace("    signed: []\n", "    signed: [manager]\n"), encoding="utf-8")
    ran = small(f"request approve {request} {LI}", at=f"{DAY}05")
    assert (ran.code, ran.error) == (3, "APR-05")
    assert f"next: gb request approve {request} --key ~/.ssh/id_ed25519" in ran.err
    assert small(f"approve {request} {LI}", at=f"{DAY}05").error == "APR-05"
    assert request in small.ok(f"approve {LI}", at=f"{DAY}05").out
    approved(small, request, minute=6)
    found, checked = verdicts(small)
    assert (found, [code for code, _ in checked]) == ([], ["APR-05"])
    rules.write_text(rules.read_text(encoding="utf-8").replace("[manager]", "[boss]"), encoding="utf-8")
    assert small("check").code == 4


# -- forgeries -------------------------------------------------------------------------------------------------------------


def wrong_namespace(small: Small, request: str, approval: str) -> None:
    small.forge.change(approval, signature=signature(small, request, approval, space="file"))


def namespace_of_a_month(small: Small, request: str, approval: str) -> None:
    small.forge.change(approval, signature=signature(small, request, approval, space=f"gb-seal-1@{BOOK_ID}"))


def namespace_of_another_store(small: Small, request: str, approval: str) -> None:
    small.forge.change(approval, signature=signature(small, request, approval, space=namespace("f" * 32)))


def over_another_store(small: Small, request: str, approval: str) -> None:
    """The right namespace, but the text names another book."""
    forge = small.forge
    data = text("f" * 32, forge.record(request).encode(), forge.record(approval).encode())
    forge.change(approval, signature=openssh.bare(raw_sign(small, "li", data, namespace(BOOK_ID))))


def of_another_request(small: Small, request: str, approval: str) -> None:
    """A signature that li really made, under another request of the same day."""
    other = approved(small, asked(small, minute=20), minute=25)
    small.forge.change(approval, signature=small.forge.record(other).signature)


def moved_to_another_request(small: Small, request: str, approval: str) -> None:
    """The approval itself is made to name a request that li never saw."""
    small.forge.change(approval, ref=asked(small, "void 20x100", 20))


def more_sheets(small: Small, request: str, approval: str) -> None:
    small.forge.change(request, lines=(Line(10000, 100),))


def another_face(small: Small, request: str, approval: str) -> None:
    small.forge.change(request, lines=(Line(100000, 1),))


def another_purpose(small: Small, request: str, approval: str) -> None:
    small.forge.change(request, purpose="gift")


def another_reason(small: Small, request: str, approval: str) -> None:
    small.forge.change(request, reason="something else")


def another_requester(small: Small, request: str, approval: str) -> None:
    small.forge.change(request, by="bo")


def another_approver(small: Small, request: str, approval: str) -> None:
    """The signer swapped: bo is a manager with a key, and did not sign."""
    small.forge.change(approval, by="bo")


def by_another_key(small: Small, request: str, approval: str) -> None:
    """Bo's key, registered to bo, under li's name."""
    small.forge.change(approval, signature=signature(small, request, approval, who="bo"))


def by_a_strangers_key(small: Small, request: str, approval: str) -> None:
    small.forge.change(approval, signature=signature(small, request, approval, who="stranger"))


def another_clock(small: Small, request: str, approval: str) -> None:
    """A time typed by hand passed off as the machine's own."""
    small.forge.change(approval, clock="")


def another_instant(small: Small, request: str, approval: str) -> None:
    at = small.forge.record(approval).at
    small.forge.change(approval, at=at + dt.timedelta(seconds=1))


def another_note(small: Small, request: str, approval: str) -> None:
    small.forge.change(approval, note="and twice as many")


def replayed(small: Small, request: str, approval: str) -> None:
    """Undone, and put in once more under a new number with the old signature."""
    small.ok(f"undo {LI}", at=f"{DAY}10")
    small.forge.add(approval, "K1", dt.datetime.fromisoformat("2026-11-04T09:30:00+08:00"))


def cut_short(small: Small, request: str, approval: str) -> None:
    blob = small.forge.record(approval).signature
    small.forge.change(approval, signature=blob[: len(blob) // 2 // 4 * 4])


def of_one_who_had_left(small: Small, request: str, approval: str) -> None:
    """Bo leaves in the morning, and signs at noon with a key that is still his."""
    small.ok(f"operator leave bo {LI}", at=f"{DAY}10")
    noon = dt.datetime.fromisoformat("2026-11-04T12:00:00+08:00")
    changed: dict[str, Any] = {"by": "bo", "at": noon, "signature": ""}
    small.forge.change(approval, **{**changed, "signature": signature(small, request, approval, "bo", **changed)})


def of_one_registered_later(small: Small, request: str, approval: str) -> None:
    """A new manager of 11-05 cannot have approved on 11-04, whatever the record says."""
    make_key(small.keys / "new")
    small.ok(f"operator add new --name 新 --role manager --key {small.keys / 'new.pub'} {LI}", at="2026-11-05 09:00")
    changed = {"by": "new", "signature": ""}
    small.forge.change(approval, **{**changed, "signature": signature(small, request, approval, "new", **changed)})


def by_a_key_replaced_before(small: Small, request: str, approval: str) -> None:
    """Li changes the key in the morning; the old one was stolen and signs at noon."""
    make_key(small.keys / "li2")
    small.ok(f"keys sign-setup --key {small.keys / 'li2'} {LI}", at=f"{DAY}10")
    noon: dict[str, Any] = {"at": dt.datetime.fromisoformat("2026-11-04T12:00:00+08:00"), "signature": ""}
    small.forge.change(approval, **{**noon, "signature": signature(small, request, approval, **noon)})


def of_one_without_a_key(small: Small, request: str, approval: str) -> None:
    small.ok(f"operator add keyless --name 无 --role manager {LI}", at="2026-11-03 12:00")
    changed = {"by": "keyless", "signature": ""}
    small.forge.change(approval, **{**changed, "signature": signature(small, request, approval, **changed)})


FORGERIES: list[Callable[[Small, str, str], None]] = [
    wrong_namespace, namespace_of_a_month, namespace_of_another_store, over_another_store, of_another_request,
    moved_to_another_request, more_sheets, another_face, another_purpose, another_reason, another_requester,
    another_approver, by_another_key, by_a_strangers_key, another_clock, another_instant, another_note, replayed, cut_short,
    of_one_who_had_left, of_one_registered_later, by_a_key_replaced_before, of_one_without_a_key,
]  # fmt: skip


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
def test_a_forged_approval_does_not_stand(small: Small, forge: Callable[[Small, str, str], None]) -> None:
    """Found by verify as integrity and by check as an error, with file and line; exit 1 of both."""
    request = asked(small)
    forge(small, request, approved(small, request))
    result = small.verify()
    (found,) = [one for one in result.integrity if one.code == "APR-04"]
    assert found.where[0].file == "journals/2026-11/requests.K1.yaml"
    assert found.where[0].line > 0
    assert "APR-04" in [code for code, _ in verdicts(small)[1]]
    assert small("verify").code == small("check APR-04").code == 1


def test_the_forged_signature_alone_is_found(small: Small) -> None:
    """Nothing else is said of it: one trouble, one code; and reversed, it is answered."""
    request = asked(small)
    approval = approved(small, request)
    by_another_key(small, request, approval)
    assert verdicts(small) == ([("APR-04", approval)], [("APR-04", approval)])
    assert "DOES NOT STAND" in small(f"request show {request} {LI}").out
    shutil.rmtree(small.folder / "state")  # this machine remembers another last record
    small.ok(f"reverse {approval} --reason forged {LI}", at="2026-11-05 10:00")
    assert verdicts(small) == ([], [])


def test_a_month_is_not_closed_over_a_forged_approval(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """October of a real shop, ready but for a request that was enlarged after li had signed: APR-04 blocks, and stands
    on the sheet; answered, the month closes.
    """
    shop = open_shop(tmp_path, monkeypatch)
    make_key(tmp_path / "keys" / "li")
    shop.ok(f"keys sign-setup --key {tmp_path / 'keys' / 'li'} --by li")
    request = shop.ok("request gift 1x100 --reason 节日 --json").json["id"]
    approval = shop.ok(f"request approve {request} --by li --key {tmp_path / 'keys' / 'li'} --json").json["id"]
    shop.ok("day --mark")
    assert shop("preclose --month 2026-10", at="2026-11-02 10:00").code == 0
    Forge(shop.root, SHOP_ID).change(request, lines=(Line(10000, 50),))
    shutil.rmtree(tmp_path / "state")
    blocks = shop("preclose --month 2026-10 --json", at="2026-11-02 10:00").json["blocks"]
    assert {"APR-04", "JRN-10"} <= {one["code"] for one in blocks}  # rewritten behind a day-end mark, too
    assert shop("close --month 2026-10 --by li --terminal K1", at="2026-11-02 10:00").code == 3
    found = shop("reconcile --month 2026-10 --json", at="2026-11-02 10:00").json["findings"]
    assert ("APR-04", approval) in [(one["code"], one["subject"]) for one in found]


def test_without_openssh_it_is_said_that_nobody_looked(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    request = asked(small)
    approval = approved(small, request)
    monkeypatch.setenv("PATH", os.devnull)
    ran = small("check APR --json")
    assert [(one["code"], one["severity"], one["subject"]) for one in ran.json["findings"]] == [
        ("APR-04", "warning", approval)
    ]
    assert "not judged" in small(f"request show {request} {LI}").out


def test_a_signed_approval_that_came_late_is_judged_when_adopted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """K2's approval of 10-08 comes in behind October's closing: forged, its adoption is refused; rightly signed, it is
    taken in with its signature, which stands in the adoption; changed there, it is APR-04.
    """
    shop = open_shop(tmp_path, monkeypatch)
    key = tmp_path / "keys" / "li"
    make_key(key)
    shop.ok(f"keys sign-setup --key {key} --by li")
    shop.ok("terminal add K2 --by li")
    shop.approved("gift 1x50")
    request = shop.ok("request gift 1x100 --reason 节日 --json").json["id"]
    shop.ok("day --mark")
    shop.ok("close --month 2026-10 --by li", at="2026-11-02 10:00")
    forge = Forge(shop.root, SHOP_ID)
    like = next(entry.id for entry in whole_text(Book(shop.root)).entries if entry.kind == "approval")
    late = forge.add(like, "K2", dt.datetime.fromisoformat("2026-10-08T22:00:00+08:00"), ref=request)

    def signed(over: str) -> None:
        data = text(SHOP_ID, forge.record(over).encode(), forge.record(late).encode())
        done = subprocess.run(
            ["ssh-keygen", "-Y", "sign", "-f", str(key), "-n", namespace(SHOP_ID)],
            input=data, capture_output=True, check=True,
        )  # fmt: skip
        forge.change(late, signature=openssh.bare(done.stdout))

    signed(like.replace("-0002", "-0001"))
    assert shop(f"adopt {late} --reason 迟到 --by li", at="2026-11-02 11:00").error == "APR-04"
    signed(request)
    adoption = shop.ok(f"adopt {late} --reason 迟到 --by li --json", at="2026-11-02 11:00").json["id"]
    shop.ok("check APR", at="2026-11-02 12:00")
    shop.ok("verify", at="2026-11-02 12:00")
    taken = forge.record(adoption).taken
    forge.change(adoption, taken=msgspec.structs.replace(taken, note="and more"))
    found = shop("check APR-04 --json", at="2026-11-02 12:00").json["findings"]
    assert [(one["code"], one["subject"], one["where"][0]["id"]) for one in found] == [("APR-04", late, adoption)]
    verified = shop("verify --forget --json", at="2026-11-02 12:00").json["integrity"]["findings"]
    assert [one["subject"] for one in verified] == [late]
