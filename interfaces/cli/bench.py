"""`hoso bench`: measures beside other ways of doing the same, on this machine."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import RenderableType

from interfaces.cli.errors import CommandError
from interfaces.cli.options import Json
from interfaces.cli.output import Done, Working, table
from interfaces.cli.run import plainly, without_ledger
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


@app.command()
def handover(
    dossiers: Annotated[
        int, typer.Option(help="How many open dossiers the country has.", min=1_000, max=5_000_000)
    ] = 1_000_000,
    workers: Annotated[int, typer.Option(help="Web processes of the server.", min=1, max=16)] = 2,
    quick: Annotated[bool, typer.Option("--quick", help="5,000 dossiers: for trying it out.")] = False,
    audit: Annotated[
        bool, typer.Option("--audit", help="Audit the ledger at the end; up to 100,000 dossiers always.")
    ] = False,
    as_json: Json = False,
) -> None:
    """The whole country through its hour, under live traffic. A million dossiers take the better part of an
    hour and some gigabytes of the temporary folder."""

    async def task(_: Settings, working: Working) -> Done:
        count = 5_000 if quick else dossiers
        say = _telling(working, as_json)
        document = await _bench("handover").run(count, say, workers=workers, audit=audit)
        missed = document["missed"]
        sentence = f"{document['moved']['moved']:,} dossiers moved, and everything is as it must be."
        if missed:
            sentence = f"Not as it must be: {'; '.join(missed)}. Is the machine busy with something else?"
        shown = (_targets(document), _phases(document["phases"]))
        return Done(document, sentence, shown, 1 if missed else 0)

    without_ledger("The country's handover", as_json, task)


@app.command()
def verify(
    quick: Annotated[
        bool, typer.Option("--quick", help="Two minutes instead of eight: fewer rounds and a hundred flips.")
    ] = False,
    as_json: Json = False,
) -> None:
    """What being provable costs, and what proofs and the audit find: verification, attested appends,
    verifiers that others wrote, and flipped bits."""

    def task(_: Settings, working: Working) -> Done:
        document = _bench("verify").run(quick, _telling(working, as_json))
        measures = document["measures"]
        rows = [(name, m["what"], m["ratio"], m["must"], m["meets"]) for name, m in measures.items()]
        missed = [name for name, m in measures.items() if m["meets"] == "missed"]
        sentence = f"All {len(rows)} measures are at or above 'must'."
        if missed:
            sentence = f"Below 'must': {', '.join(missed)}. Is the machine busy with something else?"
        listed = table("Measure", "What", "Measured", "Must", "Meets", rows=rows)
        return Done(document, sentence, (listed,), 1 if missed else 0)

    plainly("Measuring proofs", as_json, task)


def _telling(working: Working, as_json: bool) -> Callable[[str], None]:
    """Progress: on the terminal's line, and line by line where that is silent."""
    told = ""

    def say(sentence: str) -> None:
        nonlocal told
        working.at(0, None, sentence)
        begins = sentence.split(":")[0].rstrip("0123456789 of,")
        if (as_json or not sys.stderr.isatty()) and begins != told:
            told = begins
            print(sentence, file=sys.stderr, flush=True)

    return say


def _targets(document: Any) -> RenderableType:
    rows = [
        (
            name,
            document[name]["ratio"],
            document[name]["must"],
            document[name]["aim"],
            document[name]["meets"],
        )
        for name in ("T1", "T2", "A6")
    ]
    return table("Measure", "Ratio", "Must", "Aim", "Meets", rows=rows)


def _phases(phases: Any) -> RenderableType:
    rows = [
        (name, what, figures["count"], figures["p50_ms"], figures["p99_ms"], figures["max_ms"])
        for name, phase in phases.items()
        for what in ("commands", "reads")
        if (figures := phase[what])["count"]
    ]
    return table("Phase", "What", "Number", "p50 ms", "p99 ms", "Longest ms", rows=rows)


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
