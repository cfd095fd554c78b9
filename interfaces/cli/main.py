"""The command `hoso`: one sub-command per noun, one file per noun.

A new noun is a file here with `app`, its name in NOUNS and its commands in docs/commands.md. Of all files
here only the one that is asked for is read, with what it needs: reading them all takes longer than most
commands do, and `hoso verify` is run by people who have nothing of a ledger.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import typer

HELP = "hoso (hồ sơ): a ledger of government dossiers. Every command has --json and ends in a sentence."
NOUNS = (
    "schema",
    "tokens",
    "units",
    "agencies",
    "officers",
    "citizens",
    "erase",
    "holds",
    "retention",
    "procedures",
    "calendar",
    "clock",
    "handover",
    "keys",
    "certificate",
    "obstacles",
    "papers",
    "linked",
    "documents",
    "voice",
    "files",
    "tlog",
    "views",
    "export",
    "bench",
    "witness",
)
"""Files here with `app`, a noun's own commands."""
COMMANDS = {
    "demo": ("demo", "demo"),
    "serve": ("serve", "serve"),
    "import": ("importing", "import_"),
    "history": ("history", "show"),
    "slip": ("slip", "show"),
    "proof": ("proof", "run"),
    "verify": ("verify", "run"),
    "audit": ("audit", "run"),
    "replay": ("replay", "run"),
    "flow": ("flow", "run"),
    "on-time": ("on_time", "run"),
    "anomalies": ("anomalies", "run"),
    "inspect": ("inspect", "run"),
    "serve-one": ("serve_one", "serve_one"),
}
"""Commands of one word: file here and function."""
HIDDEN = frozenset({"serve-one"})


def build(only: str | None = None) -> typer.Typer:
    """The command with all its nouns, or with one of its words alone."""
    app = typer.Typer(
        help=HELP,
        callback=_nothing,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    every = only not in (*NOUNS, *COMMANDS)
    for name, (file, function) in COMMANDS.items():
        if every or name == only:
            app.command(name, hidden=name in HIDDEN)(getattr(_read(file), function))
    for name in NOUNS:
        if every or name == only:
            app.add_typer(_read(name).app, name=name, no_args_is_help=True)
    return app


def _read(file: str) -> Any:
    return import_module(f"interfaces.cli.{file}")


def _nothing() -> None:
    """A callback makes one command alone a command below `hoso`, as all of them are."""


def main() -> None:
    """Run one command; exit codes are those of interfaces/cli/run.py, 2 for wrong usage."""
    try:
        build(sys.argv[1] if len(sys.argv) > 1 else None)(prog_name="hoso")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
