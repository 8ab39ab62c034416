from __future__ import annotations

import json
from pathlib import Path

import pytest

from command import call
from rightful.api.keys import Keyring, Wanted, create_key, list_keys, revoke_key, rotate_key
from rightful.api.roles import SCOPES, Principal, Role, Scope
from rightful.errors import LedgerError
from rightful.ledger import Ledger, open_ledger
from rightful.ledger.audit import audit, export_chain

NOW = 1_782_820_800_000_000
DAY = 86_400_000_000


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return open_ledger(tmp_path / "ledger.sqlite")


def test_the_life_of_a_key_is_in_the_audit_chain_without_its_name(ledger: Ledger, tmp_path: Path) -> None:
    text = create_key(ledger, Wanted("web form of ann", Role.MANAGER), at=NOW, actor="ann")
    key_id = text.split("_")[1]
    new_id = rotate_key(ledger, key_id, at=NOW + DAY, overlap_micros=DAY, actor="ann").split("_")[1]
    revoke_key(ledger, new_id, at=NOW + 2 * DAY, actor="bob")
    assert audit(ledger).problems == ()
    export_chain(ledger, tmp_path / "chain.jsonl")
    chain = [json.loads(line) for line in (tmp_path / "chain.jsonl").read_text().splitlines()]
    assert [entry["facts"] for entry in chain] == [
        {f"key:{key_id}": "created"},
        {f"key:{new_id}": "created", f"key:{key_id}": "rotated"},
        {f"key:{new_id}": "revoked"},
    ]
    assert "ann" not in (tmp_path / "chain.jsonl").read_text()
    states = [(key.key_id, key.state(NOW + 3 * DAY)) for key in list_keys(ledger)]
    assert states == [(key_id, "expired"), (new_id, "revoked")]


def test_a_key_with_an_end_keeps_its_span_of_life_when_it_is_rotated(ledger: Ledger) -> None:
    create_key(ledger, Wanted("x", Role.VIEWER, expires_at=NOW + 10 * DAY), at=NOW, actor="ann")
    [old] = list_keys(ledger)
    rotate_key(ledger, old.key_id, at=NOW + 9 * DAY, overlap_micros=5 * DAY, actor="ann")
    ends = {key.key_id: key.expires_at for key in list_keys(ledger)}
    assert ends.pop(old.key_id) == NOW + 10 * DAY, "an overlap makes no key last longer"
    assert list(ends.values()) == [NOW + 19 * DAY]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Wanted("x", Role.REP), "speaks for nobody"),
        (Wanted("x", Role.ADMIN, rep_ids=("R1",)), "speaks for no rep"),
        (Wanted("x", Role.VIEWER, (Scope.ROUTE,)), "a viewer has no scope 'route'"),
        (Wanted("x", Role.REP, rep_ids=("R 1",)), "no identifier of a rep"),
    ],
)
def test_keys_that_make_no_sense_are_refused(ledger: Ledger, wanted: Wanted, said: str) -> None:
    with pytest.raises(LedgerError, match=said):
        create_key(ledger, wanted, at=NOW, actor="ann")
    assert list_keys(ledger) == ()


def test_an_unknown_or_ended_key_is_not_rotated(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="there is no key 'abc'"):
        rotate_key(ledger, "abc", at=NOW, overlap_micros=0, actor="ann")
    key_id = create_key(ledger, Wanted("x", Role.VIEWER), at=NOW, actor="ann").split("_")[1]
    revoke_key(ledger, key_id, at=NOW, actor="ann")
    with pytest.raises(LedgerError, match="is revoked"):
        rotate_key(ledger, key_id, at=NOW, overlap_micros=0, actor="ann")


def test_a_key_of_the_process_alone_is_in_no_table(ledger: Ledger) -> None:
    keyring = Keyring(ledger, lambda: NOW)
    text = keyring.issue(Wanted("watch", Role.VIEWER))
    assert keyring.check(text) == Principal.of(text.split("_")[1], Role.VIEWER, ())
    assert list_keys(ledger) == ()
    assert Keyring(ledger, lambda: NOW).check(text) is None


def test_scopes_narrow_a_role_and_never_widen_it() -> None:
    narrowed = Principal.of("k", Role.VIEWER, ["lists", "route"])
    assert narrowed.scopes == {Scope.LISTS}
    assert Principal.of("k", Role.VIEWER, []).scopes == SCOPES[Role.VIEWER]
    rep = Principal.of("k", Role.REP, ["rep:R1", "rep:R2"])
    assert [rep.speaks_for(each) for each in ("R1", "R3", None)] == [True, False, False]


def test_the_commands(tmp_path: Path) -> None:
    made = call(
        "keys", "create", tmp_path, "--role", "rep", "--rep", "R1", "--name", "Rita", "--days", "30", "--as", "ann"
    )
    assert made.out.startswith("rightful_"), made.said
    key_id = made.out.split("_")[1]
    [listed] = json.loads(call("keys", "list", tmp_path, "--json").out)
    assert (listed["key_id"], listed["role"], listed["scopes"], listed["state"]) == (
        key_id,
        "rep",
        ["rep:R1"],
        "active",
    )
    assert "secret" not in listed
    assert "digest" not in listed
    rotated = call("keys", "rotate", tmp_path, key_id)
    assert rotated.out.startswith("rightful_")
    assert call("keys", "revoke", tmp_path, key_id).out == f"{key_id} is revoked\n"
    assert [each["state"] for each in json.loads(call("keys", "list", tmp_path, "--json").out)] == ["revoked", "active"]
    assert "Rita" in call("keys", "list", tmp_path).out
    wrong = call("keys", "revoke", tmp_path, "nothing")
    assert (wrong.code, "there is no key 'nothing'" in wrong.err) == (3, True)
    assert set(json.loads(call("keys", "roles", "--json").out)) == {role.value for role in Role}
    assert call("keys", "roles").out.count("\n") == len(Role) + 1
