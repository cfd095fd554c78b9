"""`hoso bench`: measures beside other ways of doing the same, on this machine."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import typer

from interfaces.cli.errors import CommandError
from interfaces.cli.options import Json
from interfaces.cli.output import Done, Working, table
from interfaces.cli.run import without_ledger
from interfaces.wiring import Settings

CHECKOUT = Path(__file__).parents[2]

app = typer.Typer(help="The benchmarks. They start a PostgreSQL of their own and touch no ledger.")


@app.command()
def append(as_json: Json = False) -> None:
    """Appends: psycopg, pgbench, the plain eventsourcing library and the ledger side by side."""

    async def task(_: Settings, working: Working) -> Done:
        document = _bench("append").run()
        rows = [(name, value) for name, value in document.items() if isinstance(value, int | float)]
        return Done(
            document, "Measured; --json has the raw figures.", (table("Measure", "Value", rows=rows),)
        )

    without_ledger("Measuring appends", as_json, task)


def _bench(name: str) -> Any:
    """The module bench/<name>.py, which lies in the checkout and is not installed. Raises CommandError."""
    if not (CHECKOUT / "bench" / f"{name}.py").exists():
        raise CommandError(
            "no_checkout",
            f"The benchmarks are not installed: run this from a checkout, as `make bench` ({CHECKOUT}).",
        )
    if str(CHECKOUT) not in sys.path:
        sys.path.insert(0, str(CHECKOUT))
    return importlib.import_module(f"bench.{name}")


@app.callback()
def group() -> None:
    """Keeps each benchmark a word of its own."""
