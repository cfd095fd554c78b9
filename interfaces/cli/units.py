"""`hoso units`: territory with validity and succession."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from application import organisation_acts as acts
from application.changing import Asked
from application.heirs import heirs_named
from application.lookup import units_named
from application.refusals import NotFound
from application.registry import load_units
from interfaces.cli.heirs_told import standing, told
from interfaces.cli.loading import changed, loaded
from interfaces.cli.options import At, Json, KnownAt, read_day, read_known_at, read_time
from interfaces.cli.output import Done, Working, plural, table
from interfaces.cli.real_acts import documents, written
from interfaces.cli.reference import unit_entries
from interfaces.cli.run import Call, with_ledger, without_ledger
from interfaces.wiring import UNITS, Settings

app = typer.Typer(help="Territory: provinces, districts, communes, from when to when, and who succeeds whom.")


class Era(StrEnum):
    old = "old"
    new = "new"


class Year(StrEnum):
    reform = "2025"
    changes = "2026"


@app.command()
def load(
    file: Annotated[
        Path, typer.Argument(help="A table of units. Default: our own.", show_default=False)
    ] = UNITS,
    province: Annotated[
        list[str] | None, typer.Option(help="Only this province; again for more.", metavar="CODE")
    ] = None,
    era: Annotated[Era, typer.Option(help="Units before the reform of 1 July 2025, or since.")] = Era.old,
    as_json: Json = False,
) -> None:
    """Establish the units of a table; those known already are left alone.

    New units begin by an act: load them with --era new only into a ledger that starts after the reform.
    """

    async def work(call: Call) -> Done:
        identity = call.identity()
        entries = unit_entries(file, era=era.value, provinces=province or ())
        if not entries:
            of = ", ".join(province or ("any",))
            raise NotFound("no_units", f"{file} has no {era.value} units of the province {of}")
        done = await load_units(call.services.registry, identity, entries)
        return loaded(done, "unit", {"units": len(entries)})

    with_ledger("Loading units", as_json, work)


@app.command()
def show(
    code: Annotated[str, typer.Argument(help="CODE, or CODE@DATE.")],
    at: At = None,
    known_at: KnownAt = None,
    as_json: Json = False,
) -> None:
    """Show every unit that has or had a code, and which of them it names now or at T."""
    when = read_time(at, "--at") if at else None
    known = read_known_at(known_at) if known_at else None

    async def work(call: Call) -> Done:
        moment = await call.known(known)
        t = when or moment.now
        shown = units_named(moment.organisation, code, t)
        living = [unit for unit in shown if unit["valid"]]
        sentence = f"{code} names {plural(len(shown), 'unit')}, none of them valid at that time."
        if living:
            sentence = f"{code} is {living[0]['name']}, {living[0]['unit']}."
        rows = [(u["unit"], u["name"], u["level"], u["parent"], u["until"], u["valid"]) for u in shown]
        listed = table("Unit", "Name", "Level", "Parent", "Until", "Valid then", rows=rows)
        return Done({"code": code, "at": t, "units": shown}, sentence, (listed,))

    with_ledger("Reading units", as_json, work)


@app.command()
def heirs(
    code: Annotated[str, typer.Argument(help="CODE, or CODE@DATE.")],
    at: At = None,
    known_at: KnownAt = None,
    as_json: Json = False,
) -> None:
    """Show who stands for a unit at T, by which acts, and what of it is not certain.

    CODE alone: every unit that has had it by T, each on its own.
    """
    when = read_time(at, "--at") if at else None
    known = read_known_at(known_at) if known_at else None

    async def work(call: Call) -> Done:
        moment = await call.services.reader.as_known(known)
        t = when or moment.now
        found = heirs_named(moment.organisation, code, t)
        said = {"code": code, "at": t, "known_at": moment.read_up_to, "units": found}
        return Done(said | {"heirs": standing(found)}, *told(code, t, found))

    with_ledger("Reading successors", as_json, work)


@app.command()
def act(
    year: Annotated[Year, typer.Argument(help="The reform of 1 July 2025, or the changes of 2026.")],
    province: Annotated[
        list[str] | None,
        typer.Option(
            help="Only this province, by its code since the reform; again for more.", metavar="CODE"
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option(help="A file ending in .json, or a folder: one file per act, named by its number.")
    ] = Path(),
    as_json: Json = False,
) -> None:
    """Write the real act, or acts, as documents for `hoso handover draft`: units and who succeeds whom.

    Desks, rules and officers are the office's own to add. 2026 has one act per resolution; from when they
    count is not known. A file that is there already is left alone.
    """

    async def task(settings: Settings, working: Working) -> Done:
        return written(documents(year.value, province or ()), out)

    without_ledger("Writing the act", as_json, task)


@app.command()
def rename(
    code: Annotated[str, typer.Argument(help="CODE@DATE, or CODE of the unit valid now.")],
    name: Annotated[str, typer.Option(help="The new name.")],
    from_: Annotated[str, typer.Option("--from", help="The day from which it counts.", metavar="DATE")],
    kind: Annotated[str | None, typer.Option(help="Xã, Phường, ...; stays unless given.")] = None,
    act: Annotated[str | None, typer.Option(help="The number of the act that says so.")] = None,
    as_json: Json = False,
) -> None:
    """Give a unit another name from a day on; it stays the same unit."""
    day = read_day(from_, "--from")

    async def work(call: Call) -> Done:
        asked = Asked(call.identity())
        done = await acts.rename_unit(
            call.services.registry, asked, code, name=name, from_=day, kind=kind, act=act
        )
        return changed(done, f"{code} is called {name} from {day} on.")

    with_ledger("Renaming the unit", as_json, work)


@app.command()
def dissolve(
    code: Annotated[str, typer.Argument(help="CODE@DATE, or CODE of the unit valid now.")],
    until: Annotated[str, typer.Option(help="The first day without it.", metavar="DATE")],
    reason: Annotated[str, typer.Option(help="Why; kept sealed.")],
    as_json: Json = False,
) -> None:
    """End a unit that nobody succeeds; one with heirs ends by a handover."""
    day = read_day(until, "--until")

    async def work(call: Call) -> Done:
        asked = Asked(call.identity())
        done = await acts.dissolve_unit(call.services.registry, asked, code, until=day, reason=reason)
        return changed(done, f"{code} has ended on {day}.")

    with_ledger("Dissolving the unit", as_json, work)
