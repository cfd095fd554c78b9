"""`hoso erase`: what would go and what stands in the way, requesting, carrying out, the record of it."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import typer

from application import erasing, erasing_reading
from application.changing import Asked
from application.erasing_finish import finish as finish_all
from application.policy import allow
from interfaces.cli.erasing_office import erasing_of
from interfaces.cli.lines import dossier_named
from interfaces.cli.options import Json, read_id
from interfaces.cli.output import Done, plural, table
from interfaces.cli.run import Call, with_ledger
from interfaces.texts import of_rule

app = typer.Typer(help="Lawful erasure: keys destroyed, files removed, the fact of it on record.")


class Ground(StrEnum):
    person_asked = "person_asked"
    unlawful_processing = "unlawful_processing"
    authority_order = "authority_order"
    retention_over = "retention_over"


class Why(StrEnum):
    exception_stands = "exception_stands"
    person_withdrew = "person_withdrew"
    mistake = "mistake"


Subject = Annotated[
    str,
    typer.Argument(
        help="A citizen's id, or the code of an imported dossier that nobody owns.", metavar="SUBJECT"
    ),
]
Id = Annotated[
    UUID,
    typer.Argument(
        help="Of the erasure, as `list` shows it.", metavar="ID", parser=lambda t: read_id(t, "ID")
    ),
]


@app.command()
def check(
    subject: Subject,
    ground: Annotated[Ground, typer.Option(help="On which ground.")] = Ground.person_asked,
    as_json: Json = False,
) -> None:
    """What an erasure would erase now, and what stands in its way. Nothing is recorded."""

    async def work(call: Call) -> Done:
        kind, id = await _subject(call, subject)
        office = erasing_of(call)
        found = await erasing.preview(office, Asked(call.identity()), kind, id, ground.value)
        return _previewed(found, call)

    with_ledger("Looking at what concerns them", as_json, work)


@app.command()
def request(
    subject: Subject,
    ground: Annotated[Ground, typer.Option(help="On which ground.")],
    decision: Annotated[
        str, typer.Option(help="The number of the request, act or decision; never a name.", metavar="NUMBER")
    ],
    as_json: Json = False,
) -> None:
    """Request an erasure; another officer carries it out. Refused at once where the law says so."""

    async def work(call: Call) -> Done:
        kind, id = await _subject(call, subject)
        office = erasing_of(call)
        done = await erasing.request(
            office, Asked(call.identity()), kind, id, ground=ground.value, decision=decision
        )
        return Done(
            _document(done),
            f"Requested as {done.erasure}: {_would(done)}. Nothing is erased yet: another officer carries it"
            f" out with `hoso erase carry-out {done.erasure}`.",
        )

    with_ledger("Requesting an erasure", as_json, work)


@app.command("carry-out")
def carry_out(
    id: Id,
    confirm: Annotated[
        str, typer.Option(help="The same id once more, typed in full: it can never be undone.", metavar="ID")
    ],
    as_json: Json = False,
) -> None:
    """Erase, for ever: keys, what finds the person, their files. By another officer than who requested it."""
    if confirm.strip().lower() != str(id):
        raise typer.BadParameter("it is not the id of this erasure, typed in full", param_hint="--confirm")

    async def work(call: Call) -> Done:
        done = await erasing.carry_out(erasing_of(call), Asked(call.identity()), id)
        if done.finished is not None:
            files = f"{plural(done.finished.files, 'file')} removed now"
        else:
            files = (
                f"{plural(done.files, 'file')} NOT removed yet, since the file store is away: run `hoso erase"
                " finish` when it is back"
            )
        return Done(
            _document(done) | {"finished": done.finished is not None},
            f"Erased: {plural(done.subjects, 'key')} destroyed, {files}. Proofs,"
            f" audit and figures stay as they were. The record: `hoso erase show {id}`.",
        )

    with_ledger("Erasing", as_json, work)


@app.command()
def withdraw(
    id: Id,
    ground: Annotated[Why, typer.Option(help="Why it is not carried out.")],
    as_json: Json = False,
) -> None:
    """Take a request back; the person can file again."""

    async def work(call: Call) -> Done:
        done = await erasing.withdraw(erasing_of(call), Asked(call.identity()), id, ground=ground.value)
        return Done(_document(done), "Withdrawn: nothing was erased.")

    with_ledger("Withdrawing", as_json, work)


@app.command()
def show(subject: Subject, as_json: Json = False) -> None:
    """The record of an erasure, by its own id or by the citizen's: for the file, and for an auditor."""

    async def work(call: Call) -> Done:
        kind, id = await _subject(call, subject)
        found = await erasing_reading.record(erasing_of(call), Asked(call.identity()), kind, id)
        rows = [(name.replace("_", " "), _told(value)) for name, value in found.items()]
        sentence = {
            "requested": "It is requested and waits for another officer.",
            "withdrawn": "It was withdrawn: nothing was erased.",
            "carried_out": "It was carried out and is finished.",
            "not_finished": "It was carried out and is NOT finished: run `hoso erase finish`.",
        }[found["state"]]
        return Done(found, sentence, (table("Of the erasure", "", rows=rows),))

    with_ledger("Reading", as_json, work)


@app.command("list")
def list_(
    waiting: Annotated[bool, typer.Option("--waiting", help="Only what nobody has carried out yet.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="Entries: the newest.")] = 100,
    as_json: Json = False,
) -> None:
    """Erasures, the newest last."""

    async def work(call: Call) -> Done:
        office, asked = erasing_of(call), Asked(call.identity())
        items = await erasing_reading.listed(office, asked, waiting_only=waiting, limit=limit)
        names = ("erasure", "state", "kind", "subject", "ground", "decision", "requested_at")
        rows = [tuple(item[name] for name in names) for item in items]
        shown = (table("Id", "State", "Of", "Subject", "Ground", "Decision", "Requested", rows=rows),)
        sentence = f"{plural(len(items), 'erasure')} listed."
        return Done({"items": items}, sentence, shown if rows else ())

    with_ledger("Reading", as_json, work)


@app.command()
def finish(
    all_: Annotated[
        bool,
        typer.Option("--all", help="Look at those that were finished too: after restoring keys or files."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Finish erasures that are on record: after a crash, or after a backup of keys or files was restored."""

    async def work(call: Call) -> Done:
        moment = await call.services.reader.moment(fresh=True)
        allow(call.identity(), "finish-erasures", moment)
        office = erasing_of(call)

        def told(position: int) -> None:
            call.working.at(position, None, "Finishing erasures")

        done = await finish_all(office, from_start=all_, progress=told)
        document = asdict(done)
        if not done.erasures:
            return Done(document, "Nothing was left to finish.")
        said = f"{plural(done.erasures, 'erasure')} finished: {plural(done.keys, 'key')} destroyed"
        return Done(document, f"{said}, {plural(done.files, 'file')} removed.")

    with_ledger("Finishing erasures", as_json, work)


async def _subject(call: Call, text: str) -> tuple[str, UUID]:
    try:
        return erasing.CITIZEN, UUID(text)
    except ValueError:
        return erasing.DOSSIER, await dossier_named(call, text)


def _previewed(found: erasing.Preview, call: Call) -> Done:
    what = found.concern
    ways = [
        {"rule": way.rule.id, "act": way.rule.act, "article": way.rule.article, **way.details}
        for way in found.ways
    ]
    document = {
        "records": what.citizens,
        "keys": len(what.subjects),
        "dossiers": [one.code for one in what.dossiers],
        "files": len(what.files),
        "in_the_way": ways,
    }
    rows = [(way.rule.id, of_rule(way.rule.id, call.language), _on(way)) for way in found.ways]
    would = f"{plural(len(what.subjects), 'key')}, {plural(len(what.dossiers), 'dossier')}"
    would += f" and {plural(len(what.files), 'file')}"
    if not rows:
        return Done(document, f"It may be erased: {would}. `hoso erase request` begins it.")
    return Done(
        document,
        f"It may NOT be erased: {plural(len(rows), 'exception')} of the law above. It would concern {would}.",
        (table("Rule", "Says", "On", rows=rows),),
        1,
    )


def _on(way: erasing.Stands) -> str:
    return ", ".join(f"{name} {value}" for name, value in way.details.items())


def _would(done: erasing.Erased) -> str:
    said = f"{plural(done.subjects, 'key')} and {plural(done.files, 'file')}"
    return f"{said} of {plural(done.dossiers, 'dossier')} would go"


def _document(done: erasing.Erased) -> dict[str, Any]:
    finished = done.finished
    return {
        "erasure": done.erasure,
        "position": done.position,
        "keys": done.subjects,
        "dossiers": done.dossiers,
        "files": done.files,
        "files_removed": finished.files if finished else 0,
    }


def _told(value: Any) -> Any:
    return ", ".join(str(one) for one in value) if isinstance(value, list | tuple) else value
