"""The command that serves: the first key, the warning, and what it refuses."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from command import Done, call
from desks import DeskScene
from rightful.api.keys import list_keys
from rightful.api.roles import Role
from rightful.api.service import Service
from rightful.cli import serve as command
from rightful.ledger import open_ledger


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Service]:
    """Serve nothing, but keep what would be served."""
    services: list[Service] = []
    monkeypatch.setattr(command, "serve", lambda service, *_: services.append(service))
    return services


def test_on_the_first_start_alone_an_admins_key_is_told(
    desk_scene: DeskScene, tmp_path: Path, seen: list[Service]
) -> None:
    def served() -> Done:
        return call(
            "serve", desk_scene.folder, "--port", "0", "--ledger", f"sqlite:///{tmp_path / 'l.sqlite'}", "--rate", "7"
        )

    first, second = served(), served()
    assert (first.code, second.code) == (0, 0), first.said
    [text] = re.findall(r"shown this once: (\S+)", first.out)
    assert "shown this once" not in second.out
    assert f"http://127.0.0.1:{re.findall(r'127.0.0.1:([0-9]+)', first.out)[0]} (plan " in first.out
    assert first.err == ""
    with open_ledger(tmp_path / "l.sqlite") as ledger:
        [key] = list_keys(ledger)
    assert key.role is Role.ADMIN
    assert key.is_of(text.split("_", 2)[2])
    assert [each.limits.per_second for each in seen] == [7, 7]
    assert not (desk_scene.folder / ".serving.json").exists()


def test_another_address_without_tls_is_warned_of(desk_scene: DeskScene, tmp_path: Path, seen: list[Service]) -> None:
    ledger = f"sqlite:///{tmp_path / 'l.sqlite'}"
    done = call("serve", desk_scene.folder, "--host", "0.0.0.0", "--port", "0", "--ledger", ledger)  # noqa: S104 - nobody listens
    assert done.err.startswith("Warning: 0.0.0.0 can be reached by others, and without TLS")
    assert len(seen) == 1


def test_what_cannot_be_served_is_told(desk_scene: DeskScene, seen: list[Service]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = call("serve", desk_scene.folder, "--port", taken.getsockname()[1])
    assert (done.code, "cannot be listened at" in " ".join(done.err.replace("│", " ").split())) == (2, True)
    alone = call("serve", desk_scene.folder, "--tls-certificate", desk_scene.folder / "plan.yaml")
    assert (alone.code, "come together" in alone.err) == (2, True)
    assert seen == []
