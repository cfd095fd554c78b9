"""`hoso certificate`: issue, sign, show and check what both sides of a handed-over part sign."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import orjson
import typer

from application import certificates, handover_reading, signing
from application.certificate_check import check as check_file
from application.handovers import StepAnswer
from application.refusals import BadRequest, NotAllowed, NotFound, Refused
from interfaces.certificate_page import page
from interfaces.cli.errors import told
from interfaces.cli.handover_parts import ActId, PartId, part_of_act
from interfaces.cli.options import Json
from interfaces.cli.output import Done, plural, table
from interfaces.cli.run import Call, plainly, with_ledger
from interfaces.signatures import verify
from interfaces.wiring import FileProblem, Settings, agency_keys

MOST_NAMED = 20
LARGEST_FILE = 256 * 1024 * 1024

NotReady = tuple[UUID, str, Exception]
"""Part, its name, why."""
Version = Annotated[
    int | None,
    typer.Option("--version", min=1, help="Of an amended part: which version's certificate.", metavar="N"),
]

app = typer.Typer(help="The certificate of a handed-over part: both sides sign it, anyone can check it.")


@app.command()
def issue(act: ActId, part: PartId = None, version: Version = None, as_json: Json = False) -> None:
    """Issue what both sides sign: for every version of every part that has none, or for the oldest of one
    part."""

    async def work(call: Call) -> Done:
        identity = call.identity()
        office = call.services.handovers
        if part or version:
            chosen = await _part(call, act, part)
            one = await certificates.issue(
                office, identity, chosen, None, call.working.at, part_version=version
            )
            return _issued(call, act, [one], [])
        known = await handover_reading.act(office, identity, act)
        parts = [p["id"] for p in known["parts"]]
        found = await certificates.issue_all(office, identity, parts, call.working.at)
        done = [answer for one in found for answer in one.answers]
        open_ = [(one.part, one.name, one.problem) for one in found if one.problem]
        if open_ and len(open_) == len(found) and not done:
            raise open_[0][2]
        return _issued(call, act, done, open_)

    with_ledger("Issuing the certificate", as_json, work)


def _issued(call: Call, act: UUID, done: Sequence[StepAnswer], open_: Sequence[NotReady]) -> Done:
    said = [{"part": one.part, "position": one.position} | dict(one.counts) for one in done]
    needed = sum(one.counts["signatures_required"] for one in done)
    sentence = f"{plural(len(done), 'certificate')} issued, {plural(needed, 'signature')} needed."
    if done:
        sentence += " Sign next: hoso certificate sign."
    return _with_open(call, {"handover": act, "certificates": said}, sentence, open_)


def _with_open(call: Call, document: dict[str, Any], sentence: str, open_: Sequence[NotReady]) -> Done:
    """What was done, and a line for each part that was not ready for it."""
    why = [(part, name, told(problem, call.language)) for part, name, problem in open_]
    document["not_ready"] = [
        {"part": part, "name": name, "code": w.code, "message": w.sentence} for part, name, w in why if w
    ]
    if not open_:
        return Done(document, sentence)
    rows = [(name, w.sentence if w else "") for _, name, w in why]
    listed = table("Part that is not ready", "Why", rows=rows)
    return Done(document, f"{sentence} {plural(len(open_), 'part')} not ready yet: see above.", (listed,))


@app.command()
def sign(
    act: ActId,
    part: PartId = None,
    agency: Annotated[
        str | None, typer.Option(help="Only for this agency, by identifier.", metavar="IDENTIFIER")
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="For every agency whose key lies here.")] = False,
    version: Version = None,
    as_json: Json = False,
) -> None:
    """Sign with the keys that lie on this machine, for the agencies for which you may sign."""
    if (agency is None) != all_:
        raise typer.BadParameter("give either --agency or --all")

    async def work(call: Call) -> Done:
        identity = call.identity()
        moment = await call.services.reader.moment(fresh=True)
        only = moment.organisation.agency_by_identifier(agency).id if agency else None
        files = agency_keys(call.opened.settings)
        here = list(files.listed())
        counts = dict.fromkeys(("signed", "missing", "without_key", "not_for_you"), 0)
        position = 0
        parts = _parts(moment, act, part)
        open_: list[NotReady] = []
        for number, one in enumerate(parts, 1):
            try:
                done = await signing.sign_all(
                    call.services.handovers,
                    identity,
                    one,
                    here,
                    files.sign,
                    verify,
                    demonstration=call.services.demo,
                    agency=only,
                    part_version=version,
                )
            except (Refused, BadRequest, NotFound) as problem:
                open_.append((one, moment.organisation.parts[one].draft_of().name, problem))
                continue
            counts = {name: amount + getattr(done, name) for name, amount in counts.items()}
            position = max(position, done.position)
            call.working.at(number, len(parts))
        if open_ and len(open_) == len(parts):
            raise open_[0][2]
        if not counts["signed"] and counts["not_for_you"]:
            raise NotAllowed(
                "not_closing",
                f"not yours to give: {plural(counts['not_for_you'], 'signature')}. For a dissolved agency"
                " signs its closing officer, for one that received a decider or operator posted there",
            )
        document = {"handover": act, "parts": parts, "position": position} | counts
        missing, keyless = counts["missing"], counts["without_key"]
        rest = f" {missing:,} still missing" if missing else " All that is needed is there"
        key = f" ({keyless:,} without a key here)" if keyless else ""
        sentence = f"{plural(counts['signed'], 'signature')} recorded.{rest}{key}."
        return _with_open(call, document, sentence, open_)

    with_ledger("Signing", as_json, work)


@app.command()
def show(
    act: ActId,
    part: PartId = None,
    out: Annotated[Path | None, typer.Option(help="Where the file goes that anyone can check.")] = None,
    html: Annotated[Path | None, typer.Option(help="Where the page for printing goes.")] = None,
    version: Version = None,
    as_json: Json = False,
) -> None:
    """Show the certificate: the document made again from the log, with every signature."""

    async def work(call: Call) -> Done:
        identity = call.identity()
        chosen = await _part(call, act, part)
        office = call.services.handovers
        known = await certificates.state(office, identity, chosen, part_version=version)
        file = await certificates.shown(office, identity, chosen, call.working.at, part_version=version)
        if out:
            out.write_bytes(certificates.file_bytes(file))
        if html:
            html.write_text(page(file), encoding="utf-8")
        rows = [
            (a["identifier"], a["name"], a["side"], a["dossiers"], _signed(file, a), a["required"])
            for a in file["document"]["agencies"]
        ][:MOST_NAMED]
        missing = [f"{m['identifier']} ({m['side']})" for m in known["missing"]]
        signers = f"signatures missing: {', '.join(missing[:MOST_NAMED])}" if missing else "signed by all"
        written = f" Written: {', '.join(str(path) for path in (out, html) if path)}." if out or html else ""
        sentence = f"{plural(known['dossiers'], 'dossier')}, {signers}. Digest {known['digest']}.{written}"
        listed = table("Agency", "Name", "Side", "Dossiers", "Signed", "Required", rows=rows)
        return Done(file, sentence, (listed,))

    with_ledger("Making the certificate", as_json, work)


def _signed(file: dict[str, Any], agency: dict[str, Any]) -> str | None:
    for signature in file["signatures"]:
        if (signature["agency"], signature["side"]) == (agency["id"], agency["side"]):
            return str(signature["key_id"])
    return None


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="The certificate's file, as `show --out` wrote it.")],
    list_: Annotated[
        Path | None, typer.Option("--list", help="Ids of the dossiers, one on each line, to compare with.")
    ] = None,
    keys: Annotated[
        Path | None, typer.Option(help="Agencies' keys, as `hoso keys list --json` wrote them.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Check a certificate without ledger and network: digest, every signature, who is missing."""

    def work(settings: Settings, working: Any) -> Done:
        dossiers = _ids(list_) if list_ else None
        known = _keys(keys) if keys else None
        found = check_file(_bytes(file), verify, dossiers=dossiers, keys=known)
        document = {
            "valid": found.valid,
            "signed": found.signed,
            "required": found.required,
            "problems": found.problems,
            "remarks": found.remarks,
        }
        if found.valid:
            remark = f" Note: {'; '.join(found.remarks)}." if found.remarks else ""
            return Done(
                document, f"Valid: {found.signed:,} of {found.required:,} signatures are good.{remark}"
            )
        shown = tuple(found.problems[:MOST_NAMED])
        more = f" The first {MOST_NAMED} are shown." if len(found.problems) > MOST_NAMED else ""
        sentence = f"Not valid: {plural(len(found.problems), 'problem')}.{more}"
        return Done(document, sentence, shown, 1)

    plainly("Checking the certificate", as_json, work)


def _bytes(file: Path) -> bytes:
    if file.stat().st_size > LARGEST_FILE:
        raise FileProblem(file, None, "is too large to be a certificate.")
    return file.read_bytes()


def _ids(file: Path) -> list[UUID]:
    found = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            try:
                found.append(UUID(line.strip()))
            except ValueError:
                raise FileProblem(file, number, "is no dossier's id.") from None
    return found


def _keys(file: Path) -> list[dict[str, Any]]:
    try:
        content = orjson.loads(_bytes(file))
        keys: list[dict[str, Any]] = content["keys"]
        if content["format"] != "hoso.keys.v1":
            raise ValueError
    except (ValueError, KeyError, TypeError) as error:
        raise FileProblem(file, None, "is no list of keys: write it with `hoso keys list --json`.") from error
    return keys


def _parts(moment: Any, act: UUID, part: UUID | None) -> list[UUID]:
    """The part that was named, or all of the act but the cancelled; a closing officer need not be able to
    read the act."""
    known = moment.organisation.acts.get(act)
    if known is None:
        raise NotFound("unknown_handover", f"there is no handover {act}: see `hoso handover status`")
    if part is not None and part not in known.parts:
        raise NotFound("unknown_part", f"the act has no part {part}: see `hoso handover status`")
    if part is not None:
        return [part]
    living = [one for one in known.parts if not moment.organisation.parts[one].cancelled]
    return living or list(known.parts)


async def _part(call: Call, act: UUID, part: UUID | None) -> UUID:
    parts = _parts(await call.services.reader.moment(fresh=True), act, part)
    return parts[0] if len(parts) == 1 else (await part_of_act(call, act, part)).id
