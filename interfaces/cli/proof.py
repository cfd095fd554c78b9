"""`hoso proof`: a proof of what was recorded of a dossier, as a file, as lines for QR codes, or as the
slip."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from application.proving import Material, of_dossier
from interfaces.cli.options import Json
from interfaces.cli.output import Done, plural, table
from interfaces.cli.run import Call, with_ledger
from interfaces.proof_forms import Form, Given, given
from interfaces.proof_words import rows

MODE = 0o600
"""Of what is written: a proof says what it proves, and may hold keys."""


def run(
    code: Annotated[str, typer.Argument(help="The dossier's code.")],
    fact: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="The fact's number in the dossier's history. Default: that it was received.",
            metavar="N",
        ),
    ] = None,
    position: Annotated[
        int | None,
        typer.Option(min=1, help="The fact's position, also of what a handover says of it.", metavar="P"),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Where the file goes. Default: CODE-N.tlog-proof, here.")
    ] = None,
    compact: Annotated[
        bool, typer.Option("--compact", help="Lines for QR codes instead of the file; without --out said.")
    ] = False,
    page: Annotated[Path | None, typer.Option(help="Where the slip for paper goes; it has no keys.")] = None,
    no_keys: Annotated[
        bool, typer.Option("--no-keys", help="Without the keys that open the fact's sealed fields.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Prove a fact of a dossier to whoever has no reason to trust this ledger: `hoso verify` checks it."""
    if fact is not None and position is not None:
        raise typer.BadParameter("give either --fact or --position")

    async def work(call: Call) -> Done:
        proving = call.services.proving
        material = await of_dossier(
            proving, call.identity(), code, version=fact, position=position, keys=not no_keys
        )
        wanted: list[Form] = ["compact"] if compact else ["file"] if out or not page else []
        wanted += ["page"] if page else []
        made = {form: await given(proving, material, form) for form in wanted}
        files = _written(made, out, page)
        return _done(call, code, material, made, files)

    with_ledger("Making the proof", as_json, work)


def _written(made: dict[Form, Given], out: Path | None, page: Path | None) -> dict[Form, Path]:
    """Where each form went; lines that no file was named for are said."""
    files: dict[Form, Path] = {}
    if "file" in made:
        files["file"] = out or Path(made["file"].name)
    if "compact" in made and out:
        files["compact"] = out
    if page:
        files["page"] = page
    for form, path in files.items():
        with path.open("wb") as file:
            os.fchmod(file.fileno(), MODE)
            file.write(made[form].content)
    return files


def _done(
    call: Call, code: str, material: Material, made: dict[Form, Given], files: dict[Form, Path]
) -> Done:
    one = next(iter(made.values()))
    lines = made["compact"].content.decode().splitlines() if "compact" in made else []
    document: dict[str, Any] = {
        "code": code,
        "topic": material.fact.topic,
        "version": material.fact.version,
        "position": material.fact.position,
        "attested": one.attested,
        "origin": one.origin,
        "size": one.size,
        "keys": [str(subject) for subject, _ in material.keys],
        "erased": [str(subject) for subject in material.erased],
        "files": {form: str(path) for form, path in files.items()},
        "compact": lines,
    }
    shown = [table("", "", rows=list(rows(material.said, call.language)))]
    sentence = _sentence(material, made, files)
    if "compact" not in files:  # whole lines, however wide the terminal is
        sentence = "\n".join([*lines, sentence])
    return Done(document, sentence, tuple(shown))


def _sentence(material: Material, made: dict[Form, Given], files: dict[Form, Path]) -> str:
    one = next(iter(made.values()))
    where = f" Written: {', '.join(map(str, files.values()))}." if files else ""
    codes = max(given.codes for given in made.values())
    paper = f" {plural(codes, 'QR code')}." if codes else ""
    erased = len(material.erased)
    gone = f" {plural(erased, 'sealed field')} belong to somebody erased and open no more." if erased else ""
    what = f"position {material.fact.position:,}"
    if not one.attested:
        return (
            f"Not attested yet: {what} is recorded, the last checkpoint covers {one.size:,}. What was made"
            f" says so and cannot be checked; make it again in some seconds.{paper}{gone}{where}"
        )
    sentence = f"Proven: {what} is in the log {one.origin} of {one.size:,}."
    return f"{sentence}{paper}{gone}{where} Check it anywhere: hoso verify FILE --key VKEY."
