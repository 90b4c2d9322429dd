"""Requests: asked by purpose, approved by another, prepared, listed with what is left on them (V1, V2)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.shop import Shop, open_shop


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    return open_shop(tmp_path, monkeypatch)


FORMS = [
    "--face 100 --sheets 500 --reason 节日",
    "500x100 --reason 节日",
    "500×100 --reason 节日",
    "--face １００元 --sheets ５００张 --reason 节日",
]


@pytest.mark.parametrize("form", FORMS)
def test_lines_and_options_mean_the_same(shop: Shop, form: str) -> None:
    assert shop.ok(f"request voucher {form} --json").json["lines"] == "100.00*500"


@pytest.mark.parametrize("purpose", ["voucher", "void", "lost", "found", "discount", "gift", "use", "exchange", "iou",
                                     "correction", "other"])  # fmt: skip
def test_every_purpose_has_its_verb(shop: Shop, purpose: str) -> None:
    ran = shop.ok(f"request {purpose} 500x100 200x50 --client 东风 --reason plan --json")
    assert {name: ran.json[name] for name in ("purpose", "lines", "client", "reason")} == {
        "purpose": purpose, "lines": "100.00*500 50.00*200", "client": "C001", "reason": "plan",
    }  # fmt: skip


REFACES = [
    ("--face 200 --sheets 10", "old face 100.00, new face 200.00"),
    ("--face 200 --sheets 10 --from-face 100", ""),
    ("10x100 --to 200", ""),
    ("10x100 --face 200", ""),
]


@pytest.mark.parametrize(("form", "told"), REFACES)
def test_a_change_of_face_names_the_new_one(shop: Shop, form: str, told: str) -> None:
    """The store has sheets of 100 only, so the contract's form is clear; what was derived is said."""
    shop.received("A0010001+100")
    ran = shop.ok(f"request reface {form} --reason wanted --json")
    assert (ran.json["lines"], ran.json["face"]) == ("100.00*10", "200.00")
    assert told in ran.err


def test_a_change_of_face_is_not_guessed_among_several(shop: Shop) -> None:
    shop.received("A0010001+100")
    shop.received("B0010001+100", 50)
    before = shop.bytes()
    ran = shop("request reface --face 200 --sheets 10 --reason wanted")
    assert (ran.code, ran.error, shop.bytes() == before) == (2, "USE-01", True)
    assert [hint.partition(" --from-face ")[2] for hint in ran.next] == ["100", "50"]
    assert shop.paste(ran.next[1]).out.count("50.00*10") == 1
    assert shop("request reface 10x100 --face 200 --to 300 --reason x").code == 2
    assert shop("request reface 10x100 --to 100 --reason x").code == 2


@pytest.mark.parametrize("reason", ["", " --reason wanted"])
def test_lines_of_a_face_that_nobody_holds_were_meant_as_the_new_one(shop: Shop, reason: str) -> None:
    """The safe has 100 only: `10x200` is ten sheets to become 200; what is named asks for that."""
    shop.received("A0010001+100")
    before = shop.bytes()
    ran = shop(f"request reface 10x200{reason}")
    assert (ran.code, ran.error, shop.bytes() == before) == (2, "USE-01", True)
    assert "at their old face: missing --to" in ran.err
    assert ran.next[0].startswith(f"gb request reface 10x100 --to 200{reason or ' --reason '}")
    assert shop.paste(ran.next[0].replace("'…'", "x")).out.count("100.00*10") == 1


def test_lines_of_a_face_in_the_safe_lack_the_new_one(shop: Shop) -> None:
    shop.received("A0010001+100")
    ran = shop("request reface 10x100 --reason wanted --lang zh")
    assert "100.00*10 是要改的券，按原面值写；还缺 --to（新面值）" in ran.err
    assert [one.split(" --book")[0] for one in ran.next] == ["gb request reface --help"]


MISSING = ["voucher --face 100", "voucher --sheets 5", "voucher 5x100", "reface 5x100 --reason x", "reject {id}",
           "prepared {id} --finance Chen", "approve"]  # fmt: skip


@pytest.mark.parametrize("line", MISSING)
def test_what_a_form_needs_is_a_usage_error(shop: Shop, line: str) -> None:
    made = shop.ok("request voucher 5x100 --reason plan --json").json["id"]
    before = shop.bytes()
    ran = shop(f"request {line.format(id=made)}")
    assert (ran.code, ran.error, shop.bytes() == before) == (2, "USE-01", True)
    assert shop.paste(ran.next[0].replace("'…'", "x")).code in (0, 3)


def test_the_short_id_of_an_approval_leads_to_its_request(shop: Shop) -> None:
    """RQ-2 is the approval of RQ-1; a clerk who types it means the request."""
    made = shop.approved("voucher 10x100")
    ran = shop.ok("voucher receive A0010001+10 --request RQ-2 --finance Zhao --json")
    assert ran.json["request"] == made
    assert f"request {made}" in ran.err


def test_prepared_is_finances(shop: Shop) -> None:
    made = shop.approved("voucher 10x100")
    refused = shop(f"request prepared {made} --finance Chen --collect 10-09")
    assert (refused.code, refused.error) == (3, "ROL-01")
    shop.ok("operator add chen --name 陈 --role finance --by li")
    ran = shop.ok(f"request prepared {made} --finance Chen --collect 明天 --by chen --json")
    assert (ran.json["collect"], ran.json["ref"]) == ("2026-10-09", made)


def test_a_list_shows_what_was_approved_and_what_has_been_drawn(shop: Shop) -> None:
    made = shop.approved("voucher 500x100")
    shop.ok(f"voucher receive A0010001+200 --request {made} --finance Zhao")
    shop.ok("request void 2x100 --reason torn")
    rows = shop.ok("request list --json").json["requests"]
    assert [(row["purpose"], row["lines"], row["used"], row["left"], row["status"]) for row in rows] == [
        ("voucher", "100.00*500", "100.00*200", "100.00*300", "approved"),
        ("void", "100.00*2", "", "100.00*2", "open"),
    ]
    assert len(shop.ok("request list --purpose void --json").json["requests"]) == 1
    assert len(shop.ok("request list --status approved --json").json["requests"]) == 1
    shown = shop.ok(f"request show {made} --json").json
    assert [step["kind"] for step in shown["history"]] == ["request", "approval", "receipt"]
    assert shown["left"] == "100.00*300"
    assert "100.00*300" in shop.ok("request list").out


def test_a_rejected_request_is_closed(shop: Shop) -> None:
    made = shop.ok("request void 2x100 --reason torn --json").json["id"]
    shop.ok(f"request reject {made} --reason 'not torn' --by li")
    ran = shop(f"request approve {made} --by li")
    assert (ran.code, ran.error) == (3, "APR-03")


# -- the queue -----------------------------------------------------------------------------------------------------------


def test_the_queue_holds_what_i_may_approve(shop: Shop) -> None:
    """Three are open, one of them li's own: li sees two with ready commands, a clerk is told who may."""
    first = shop.ok("request voucher 5x100 --reason plan --json").json["id"]
    second = shop.ok("request void 1x100 --reason torn --json").json["id"]
    shop.ok("request voucher 9x100 --reason mine --by li")
    ran = shop.ok("approve --by li")
    commands = [line for line in ran.out.splitlines() if line.startswith("gb approve ")]
    assert [command.split()[2] for command in commands] == [first, second]
    assert [row["id"] for row in shop.ok("approve --by li --json").json["requests"]] == [first, second]
    assert [shop.paste(command).code for command in commands] == [0, 0]
    clerk = shop("approve")
    assert (clerk.code, clerk.error, " --by li" in clerk.next[0]) == (3, "ROL-01", True)


def test_ids_are_approved_all_or_none(shop: Shop) -> None:
    first = shop.ok("request voucher 5x100 --reason plan --json").json["id"]
    own = shop.ok("request voucher 9x100 --reason mine --by li --json").json["id"]
    before = shop.bytes()
    ran = shop(f"approve {first} {own} --by li")
    assert (ran.code, ran.error, shop.bytes() == before) == (3, "APR-02", True)
    second = shop.ok("request void 1x100 --reason torn --json").json["id"]
    assert len(shop.ok(f"approve {first} {second} --by li").out.splitlines()) == 2
    assert "nothing waits" in shop.ok("approve --by li").err


def test_a_request_above_the_managers_limit_waits_for_the_general_manager(shop: Shop) -> None:
    rules = shop.root / "rules.yaml"
    rules.write_text(rules.read_text(encoding="utf-8").replace('manager_limit: ""', 'manager_limit: "1000.00"'))
    shop.ok("operator add zong --name 总 --role general-manager --by li")
    big = shop.ok("request voucher 50x100 --reason plan --json").json["id"]
    assert shop.ok("approve --by li --json").json["requests"] == []
    ran = shop(f"approve {big} --by li")
    assert (ran.code, ran.error) == (3, "APR-01")
    assert shop.ok("approve --by zong --json").json["requests"][0]["id"] == big
    shop.ok(f"approve {big} --by zong")
