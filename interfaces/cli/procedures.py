"""`hoso procedures`: the catalogue, in versions."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from application.catalogue import procedures as in_force
from application.catalogue_loads import load_procedures
from application.lookup import procedure_named
from application.needed import needed
from application.programmes import has_programme
from application.publications import load_publications
from interfaces import cursors
from interfaces.cli.act_file import named_in, read_act
from interfaces.cli.catalogue_list import load_national, reported
from interfaces.cli.limit_doubts import Channel, decide, doubts, tag
from interfaces.cli.loading import loaded
from interfaces.cli.options import (
    At,
    Json,
    KnownAt,
    ValidAt,
    read_day,
    read_id,
    read_known_at,
    read_pair,
    read_time,
)
from interfaces.cli.output import Done, plural, table
from interfaces.cli.paging import MOST, Cursor, goes_on, read_cursor
from interfaces.cli.publication_form import Publications, entries_in, in_words, recorded
from interfaces.cli.reference import catalogue
from interfaces.cli.run import Call, plainly, with_ledger
from interfaces.wiring import PROCEDURES, is_national

app = typer.Typer(help="The catalogue of procedures: components, limits, fees, levels, in dated versions.")


@app.command()
def load(
    file: Annotated[
        Path,
        typer.Argument(
            help="A JSON document, a folder of them, or the folder of the national list. Default: our own.",
            show_default=False,
        ),
    ] = PROCEDURES,
    valid_from: Annotated[
        str | None,
        typer.Option(help="Publish what changed, and what is new, from this day on.", metavar="DAY"),
    ] = None,
    past: Annotated[
        bool, typer.Option("--past", help="--valid-from is a day in the past, and is meant.")
    ] = False,
    over_own: Annotated[
        bool, typer.Option("--over-own", help="Let the list replace what documents of one's own said last.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Publish the procedures of a file or folder; versions known already are left alone. What a later list
    says otherwise is shown first, and published with --valid-from."""
    since = read_day(valid_from, "--valid-from") if valid_from else None

    async def work(call: Call) -> Done:
        if is_national(file):
            return await load_national(call, file, since, past=past, over_own=over_own)
        identity = call.identity()
        read = catalogue(file)
        done = await load_procedures(call.services.registry, identity, read.entries, since, past=past)
        document = {"procedures": len(read.entries), "channels": read.channels, "doubtful": read.doubtful}
        said = loaded(done, "procedure", document | {"of_a_list": done.of_a_list})
        sentence = said.sentence
        if since is not None and done.recorded:
            known = f"; {done.known:,} known already" if done.known else ""
            sentence = f"{plural(done.recorded, 'procedure')} with a new version from {since}{known}."
        channels = f"{plural(read.channels, 'channel')}, {read.doubtful:,} with a doubtful limit."
        held = (
            f" {plural(len(done.of_a_list), 'procedure')} of the file"
            f" ({', '.join(done.of_a_list[:3])}{', ...' if len(done.of_a_list) > 3 else ''}) had the newest"
            " version from a list, and nothing is recorded of them: publish the file's version as the next"
            " one with --valid-from DAY."
            if done.of_a_list
            else ""
        )
        return Done(said.document, f"{sentence} The file has {channels}{held}")

    with_ledger("Loading procedures", as_json, work)


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(help="The folder of the national list.", show_default=False)],
    as_json: Json = False,
) -> None:
    """Count what a national list says beyond doubt and what not; nothing is recorded."""
    plainly("Reading the list", as_json, lambda settings, working: reported(folder))


app.command()(doubts)
app.command()(decide)
app.command()(tag)


@app.command()
def publication(
    file: Annotated[
        Path, typer.Argument(help="A JSON document of promulgations and postings.", show_default=False)
    ],
    as_json: Json = False,
) -> None:
    """Record which versions were promulgated and publicly posted, and say whether that was in time; what is
    recorded already is left alone."""

    async def work(call: Call) -> Done:
        identity = call.identity()
        read = read_act(file, Publications)
        with named_in(read):
            done = await load_publications(call.services.registry, identity, entries_in(read.content))
        return recorded(done)

    with_ledger("Recording promulgations and postings", as_json, work)


class State(StrEnum):
    on_time = "on_time"
    late = "late"
    not_posted = "not_posted"
    unknown = "unknown"
    not_counted = "not_counted"


@app.command("list")
def list_(
    at: At = None,
    known_at: KnownAt = None,
    state: Annotated[
        State | None, typer.Option("--publication", help="Only those that were published so.")
    ] = None,
    programme: Annotated[
        str | None, typer.Option(help="Only those that belong to this programme then.", metavar="WORD")
    ] = None,
    cursor: Cursor = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="Entries.")] = 100,
    as_json: Json = False,
) -> None:
    """The procedures in force at T, by code: whether each was promulgated and publicly posted in time."""
    when = read_time(at, "--at") if at else None
    known = read_known_at(known_at) if known_at else None
    after = read_cursor(cursors.code_place, cursor)

    async def work(call: Call) -> Done:
        moment = await call.known(known)
        t = when or moment.now
        wanted = state.value if state else None
        items = in_force(moment.organisation, t, after, limit, wanted, programme)
        following = cursors.after_code(items[-1] if len(items) == limit else None)
        rows = [(i["code"], i["version"], i["name"], in_words(i["publication"])) for i in items]
        listed = table("Code", "Version", "Name", "Publication", rows=rows)
        sentence = f"{plural(len(items), 'procedure')} in force.{goes_on(following)}"
        if programme and not rows and not has_programme(moment.organisation, programme):
            sentence = f"No procedure has the programme {programme}, then or at any other time."
        return Done({"at": t, "items": items, "next": following}, sentence, (listed,) if rows else ())

    with_ledger("Reading procedures", as_json, work)


@app.command()
def show(
    code: Annotated[str, typer.Argument(help="The procedure's code.")],
    at: At = None,
    known_at: KnownAt = None,
    as_json: Json = False,
) -> None:
    """Show a procedure: the version in force now or at T, and which versions there are."""
    when = read_time(at, "--at") if at else None
    known = read_known_at(known_at) if known_at else None

    async def work(call: Call) -> Done:
        moment = await call.known(known)
        t = when or moment.now
        shown = procedure_named(moment.organisation, code, t)
        rows = [_line(line) for line in shown["channels"]]
        versions = f"version {shown['version']} of {len(shown['versions'])}"
        published = in_words(shown["publication"])
        tags = ", ".join(tag["programme"] for tag in shown["programmes"])
        programmes = f" Programmes: {tags}." if tags else ""
        sentence = f"{shown['name']}: {versions}, {_by(shown)}. {published}{programmes}"
        listed = table("Channel", "Case", "Limit", "Unit", "Fee (VND)", "Limit by", "Listed", rows=rows)
        return Done({"at": t, **shown}, sentence, (listed,))

    with_ledger("Reading the procedure", as_json, work)


@app.command()
def papers(
    code: Annotated[str, typer.Argument(help="The procedure's code.")],
    owner: Annotated[
        str | None, typer.Option(help="Of whom; default: of whoever has nothing in store.", metavar="CITIZEN")
    ] = None,
    channel: Annotated[Channel | None, typer.Option(help="By which way.")] = None,
    case: Annotated[str | None, typer.Option(help="In which of the procedure's cases.")] = None,
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
    as_json: Json = False,
) -> None:
    """Which papers the procedure still needs of somebody, which are held, and which are looked up first."""
    of = read_id(owner, "--owner") if owner else None
    asked = read_pair(valid_at, known_at)

    async def work(call: Call) -> Done:
        found = await needed(
            call.services.dossiers,
            call.identity(),
            code,
            owner=of,
            channel=channel.value if channel else None,
            case=case,
            **asked,
        )
        if not found["known"]:
            said = f"The list from which {code} is does not say which papers it asks for: ask the agency."
            return Done(found, said)
        listed = found["papers"]
        counts = Counter(paper["standing"] for paper in listed)
        rows = [
            (
                paper["component"],
                paper["name"],
                paper["kind"],
                "yes" if paper["required"] else None,
                paper["standing"],
                ", ".join(paper["why"]),
            )
            for paper in listed
        ]
        sentence = (
            f"{counts['needed']:,} to bring, {counts['held']:,} held already, {counts['look_up']:,} to look "
            f"up first, {counts['no_longer']:,} no longer asked for."
        )
        shown = table("Component", "Name", "Kind", "Required", "Standing", "Why", rows=rows)
        return Done(found, sentence, (shown,) if rows else ())

    with_ledger("Reading the papers", as_json, work)


def _by(shown: dict[str, Any]) -> str:
    if shown["level"] is not None:
        return f"decided by the {shown['level']}"
    listed = f" (listed: {', '.join(shown['levels'])})" if shown["levels"] else ""
    return f"who decides is not known{listed}"


def _line(line: dict[str, Any]) -> tuple[Any, ...]:
    """What a clock starts by, or why nobody knows yet; and in its own column what the list writes."""
    limit = line["limit"]
    by = f"in doubt: {', '.join(line['doubts'])}" if limit["state"] == "in_doubt" else limit["state"]
    written = " ".join(line[name] for name in ("listed_time", "listed_unit") if line.get(name))
    fee = line["fee_vnd"]
    return line["channel"], line.get("case"), limit["amount"], limit["unit"], fee, by, written
