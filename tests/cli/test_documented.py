"""Every command and every setting is documented, and what is documented exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
import typer

from infra.settings import BucketService, Settings
from interfaces.cli.main import build

ROOT = Path(__file__).parents[2]
COMMANDS = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
SETTINGS = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")


def commands() -> Iterator[tuple[str, typer.models.CommandInfo]]:
    app = build()
    groups = [("hoso", app), *((f"hoso {g.name}", g.typer_instance) for g in app.registered_groups)]
    for prefix, group in groups:
        assert group is not None
        for command in group.registered_commands:
            assert command.callback is not None
            name = command.name or command.callback.__name__.strip("_").replace("_", "-")
            if not command.hidden:
                yield f"{prefix} {name}", command


NAMES = dict(commands())


@pytest.mark.parametrize("name", NAMES)
def test_a_command_is_documented_with_an_example(name: str) -> None:
    line = next((line for line in COMMANDS.splitlines() if line.startswith(f"| `{name}` |")), None)
    assert line is not None, f"docs/commands.md has no line for `{name}`"
    assert re.search(rf"\| `{re.escape(name)}[^`]*` \|$", line), "the last column is an example"


@pytest.mark.parametrize("name", NAMES)
def test_a_command_says_what_it_does_and_has_json(name: str) -> None:
    command = NAMES[name]
    assert command.callback is not None
    assert command.callback.__doc__
    assert "as_json" in command.callback.__annotations__


def test_no_command_is_documented_that_does_not_exist() -> None:
    documented = set(re.findall(r"^\| `(hoso [^`]+)` \|", COMMANDS, re.MULTILINE))
    assert documented == set(NAMES)


def test_every_setting_is_documented_and_no_other() -> None:
    source = (ROOT / "infra" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'"(HOSO_[A-Z_]+)"', source))
    services = [one for one in fields(Settings) if isinstance(one.default, BucketService)]
    assert len(read) == len(fields(Settings)) + len(services) * (len(fields(BucketService)) - 1)
    assert set(re.findall(r"^\| `(HOSO_[A-Z_]+)` \|", SETTINGS, re.MULTILINE)) == read
