"""`hoso retention`: for how long dossiers are kept, and runs that erase who is due."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from application import retaining
from application.changing import Asked
from application.policy import allow
from application.retained import retained
from interfaces.cli.erasing_office import erasing_of
from interfaces.cli.options import Json
from interfaces.cli.output import Done, plural, table
from interfaces.cli.run import Call, with_ledger
from interfaces.wiring import read_retention

app = typer.Typer(help="Retention: for how long dossiers are kept, and erasing what is due.")


@app.command()
def load(
    file: Annotated[Path, typer.Argument(help="A JSON document of periods.", show_default=False)],
    as_json: Json = False,
) -> None:
    """Set for how long dossiers of procedures are kept, each from a day on and with its source."""

    async def work(call: Call) -> Done:
        entries = read_retention(file)
        asked = Asked(call.identity())
        recorded, known = await retaining.load_periods(erasing_of(call), asked, entries)
        document = {"periods": len(entries), "recorded": recorded, "known": known}
        return Done(document, f"{plural(recorded, 'period')} set, {known:,} known already.")

    with_ledger("Loading periods", as_json, work)


@app.command()
def show(as_json: Json = False) -> None:
    """The periods on record, and the runs."""

    async def work(call: Call) -> Done:
        moment = await call.services.reader.moment(fresh=True)
        allow(call.identity(), "read-erasures", moment)
        known = await retained(call.services.ledger)
        periods: list[dict[str, Any]] = [
            {
                "procedure": of.procedure,
                "months": one.months,
                "valid_from": one.valid_from,
                "source": one.source,
            }
            for of in known.periods.values()
            for one in of.periods
        ]
        runs: list[dict[str, Any]] = [
            {
                "run": run.id,
                "decision": run.begun.decision,
                "cut_off": run.begun.cut_off,
                "begun_by": run.begun.envelope.actor.id,
                "erased": run.ended.erased if run.ended else None,
                "looked_at": run.ended.looked_at if run.ended else None,
                "kept": list(run.ended.kept) if run.ended else None,
            }
            for run in known.runs.values()
            if run.begun
        ]
        rows = [
            (p["procedure"] or "(every other)", p["months"] or "for ever", p["valid_from"], p["source"])
            for p in periods
        ]
        ran = [(str(r["run"]), r["decision"], r["cut_off"], r["looked_at"], r["erased"]) for r in runs]
        shown = [table("Procedure", "Months", "From", "Source", rows=rows)] if rows else []
        shown += [table("Run", "Decision", "Cut-off", "Looked at", "Erased", rows=ran)] if ran else []
        going = " One run goes on." if known.run else ""
        sentence = f"{plural(len(periods), 'period')}, {plural(len(runs), 'run')}.{going}"
        return Done({"periods": periods, "runs": runs}, sentence, tuple(shown))

    with_ledger("Reading", as_json, work)


@app.command()
def run(
    decision: Annotated[
        str | None,
        typer.Option(help="The number of the decision on the destruction; never a name.", metavar="NUMBER"),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say who is due: nothing is recorded.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="Persons, at most, this time.")] = 1_000,
    as_json: Json = False,
) -> None:
    """Erase, for ever, who has only dossiers whose period is over. Stopped, it goes on when run again."""
    if dry_run == (decision is not None):
        raise typer.BadParameter("give the number of the decision, or --dry-run", param_hint="--decision")

    async def work(call: Call) -> Done:
        office, asked = erasing_of(call), Asked(call.identity())

        def told(done: int) -> None:
            call.working.at(done, None, "Looking at who is due")

        if decision is None:
            return _ran(await retaining.dry_run(office, asked, limit, told), "would be erased")
        return _ran(await retaining.run(office, asked, decision, limit, told), "erased")

    with_ledger("Looking at who is due", as_json, work)


def _ran(ran: retaining.Ran, what: str) -> Done:
    document = {
        "run": ran.run,
        "cut_off": ran.cut_off,
        "looked_at": ran.looked_at,
        "erased": ran.erased,
        "files": ran.files,
        "kept": dict(ran.kept),
        "ended": ran.ended,
    }
    rows = [(rule, count) for rule, count in sorted(ran.kept.items())]
    more = "" if ran.ended else " More may be due: run it again."
    sentence = f"Of {plural(ran.looked_at, 'person')} looked at, {ran.erased:,} {what}.{more}"
    return Done(document, sentence, (table("Kept by", "Persons", rows=rows),) if rows else ())
