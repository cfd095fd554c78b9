"""`hoso bench`: measures beside other ways of doing the same, on this machine."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from interfaces.cli.errors import CommandError
from interfaces.cli.options import Json
from interfaces.cli.output import Done, Working, table
from interfaces.cli.run import plainly
from interfaces.wiring import Settings

CHECKOUT = Path(__file__).parents[2]

app = typer.Typer(help="The benchmarks. They start a PostgreSQL of their own and touch no ledger.")


@app.command()
def append(
    quick: Annotated[
        bool, typer.Option("--quick", help="Two minutes instead of five; says nothing about large logs.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Appends: psycopg, pgbench, the plain eventsourcing library and the ledger side by side."""

    def task(_: Settings, working: Working) -> Done:
        document = _bench("append").run(quick, lambda doing: working.at(0, None, doing))
        measures = document["measures"]
        rows = [(name, m["what"], m["ratio"], m["must"], m["meets"]) for name, m in measures.items()]
        missed = [name for name, m in measures.items() if m["meets"] == "missed"]
        sentence = f"All {len(rows)} measures are at or above 'must'."
        if missed:
            sentence = f"Below 'must': {', '.join(missed)}. Is the machine busy with something else?"
        listed = table("Measure", "What", "Measured", "Must", "Meets", rows=rows)
        return Done(document, sentence, (listed,), 1 if missed else 0)

    plainly("Measuring appends", as_json, task)


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
