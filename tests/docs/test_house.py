"""The project's own files agree with each other."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from pages import PAGES, REPOSITORY, module_at, name_of

PACKAGE = REPOSITORY / "src" / "rightful"
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
LOCKED = dict(
    re.findall(r"^([\w.-]+)==([^ ;\\]+)", (REPOSITORY / "requirements.lock").read_text("utf-8"), re.MULTILINE)
)


def test_the_architecture_names_every_folder_and_no_other() -> None:
    folders = {f"{path.name}/" for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
    rows = [line for line in (REPOSITORY / "ARCHITECTURE.md").read_text("utf-8").splitlines() if line.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`([\w./]+)`", row.split(" | ")[0])}
    assert named == folders | {"errors.py"}


def test_the_layers_are_those_of_the_architecture() -> None:
    layers = PROJECT["tool"]["importlinter"]["contracts"][0]["layers"]
    text = (REPOSITORY / "ARCHITECTURE.md").read_text("utf-8")
    names = [name for layer in layers for name in re.findall(r"\w+", layer)]
    places = [text.index(f"`{name}/`" if name != "errors" else "| `errors.py`") for name in names]
    assert places == sorted(places)


@pytest.mark.parametrize("wanted", [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]])
def test_every_dependency_is_locked_in_its_range(wanted: str) -> None:
    requirement = Requirement(wanted)
    version = LOCKED.get(canonicalize_name(requirement.name))
    assert version, f"run `just lock`: {requirement.name} is not locked"
    assert requirement.specifier.contains(version)


def test_the_lock_names_no_registry_and_has_a_hash_for_everything() -> None:
    text = (REPOSITORY / "requirements.lock").read_text("utf-8")
    assert "://" not in text
    assert all("--hash=sha256:" in entry for entry in re.split(r"\n(?=[\w])", text) if "==" in entry)


def test_nothing_installed_is_under_the_gpl() -> None:
    bound = []
    for name in LOCKED:
        try:
            about = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue  # for another system than this
        stated = [about.get("License-Expression") or "", (about.get("License") or "")[:60]]
        stated += [each for each in about.get_all("Classifier") or [] if each.startswith("License")]
        words = " ".join(stated).replace("Lesser General Public", "").replace("Library or Lesser", "")
        if re.search(r"\bA?GPL|(?<!Lesser )General Public License", words) and " OR " not in words:
            bound.append(name)
    assert bound == []


def test_the_continuous_integration_calls_recipes_and_the_readme() -> None:
    script = (REPOSITORY / ".ci" / "run").read_text("utf-8")
    recipes = set(
        re.findall(r"^([\w-]+)(?: [^:\n]+)?:(?!=)", (REPOSITORY / "justfile").read_text("utf-8"), re.MULTILINE)
    )
    called = script.partition("for recipe in ")[2].partition(";")[0].split()
    assert set(called) <= recipes
    assert {"lint", "types", "layers"} <= set(called)
    assert "README.md" in script


def test_the_recipes_that_are_documented_exist() -> None:
    recipes = set(
        re.findall(r"^([\w-]+)(?: [^:\n]+)?:(?!=)", (REPOSITORY / "justfile").read_text("utf-8"), re.MULTILINE)
    )
    for page in PAGES:
        asked = set(re.findall(r"`just ([\w-]+)", page.read_text("utf-8")))
        assert asked <= recipes, name_of(page)


def test_start_makes_a_broken_environment_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start = module_at(REPOSITORY / "start.py")
    made, installed = [], []
    environment = tmp_path / ".venv"
    environment.mkdir()
    (environment / "half").touch()
    monkeypatch.setattr(start, "ENVIRONMENT", environment)
    monkeypatch.setattr(start, "SCRIPTS", environment / "bin")
    monkeypatch.setattr(start.venv, "create", lambda path, **_: (path.mkdir(), made.append(path)))
    monkeypatch.setattr(start, "pip", lambda *arguments: installed.append(arguments))
    start.set_up()
    start.set_up()
    assert made == [environment]
    assert not (environment / "half").exists()
    assert [arguments[0] for arguments in installed] == ["--require-hashes", "--no-deps"]


def test_start_says_what_to_do_when_pip_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    start = module_at(REPOSITORY / "start.py")
    monkeypatch.setattr(start, "ENVIRONMENT", tmp_path)
    monkeypatch.setattr(start, "_make_environment", lambda: None)
    monkeypatch.setattr(start, "run", lambda _command, **_: 1)
    monkeypatch.setattr(start.sys, "argv", ["start.py"])
    assert start.main() == 2
    assert "pip could not install the dependencies" in capsys.readouterr().err
    assert not (tmp_path / "installed").exists()
