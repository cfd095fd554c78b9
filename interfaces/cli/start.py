"""Where `hoso` begins: the checker of proofs is started alone, since it needs nothing of a ledger and is run
by people who have none; every other command comes with all that `interfaces.cli.main` loads."""

from __future__ import annotations

import sys
from importlib import import_module

VERIFY = "verify"


def main() -> None:
    """Run one command."""
    if sys.argv[1:2] == [VERIFY]:
        verify()
    else:
        import_module("interfaces.cli.main").main()


def verify() -> None:
    """`hoso verify` and nothing else."""
    typer = import_module("typer")
    app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)
    app.command(VERIFY)(import_module("interfaces.cli.verify").run)
    app(sys.argv[2:], prog_name=f"hoso {VERIFY}")
