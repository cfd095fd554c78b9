"""`hoso keys`: the keys with which agencies sign certificates."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from application import agency_keys
from application.certificates import keys_of
from application.changing import Asked
from application.policy import allow
from interfaces.cli.loading import changed, loaded
from interfaces.cli.options import Json, read_instant
from interfaces.cli.output import Done, plural, table
from interfaces.cli.run import Call, with_ledger
from interfaces.wiring import FileProblem
from interfaces.wiring import agency_keys as key_files

MOST_LINES = 40
FORMAT = "hoso.keys.v1"
Identifier = Annotated[str, typer.Argument(help="The agency's identifier.", metavar="IDENTIFIER")]

app = typer.Typer(help="Keys with which agencies sign certificates (Ed25519).")


@app.command()
def init(
    agencies: Annotated[
        Path | None,
        typer.Option(help="A file with an agency's identifier on each line. Default: every agency."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a key here for each agency that has none, and name it in the ledger."""

    async def work(call: Call) -> Done:
        identity = call.identity()
        moment = await call.services.reader.moment(fresh=True)
        allow(identity, "name-key", moment)
        wanted = agency_keys.without_key(moment, _lines(agencies) if agencies else None)
        files = key_files(call.opened.settings)
        there = dict(files.listed())
        named = {agency: moment.organisation.agencies[agency].keys for agency in wanted}
        reused = {a: there[a] for a in wanted if a in there and there[a] not in named[a]}
        public: dict[UUID, str] = {a: files.public(a, key_id) for a, key_id in reused.items()}
        made = files.make([agency for agency in wanted if agency not in reused])
        public |= {key.agency: key.public_key for key in made}
        done = await agency_keys.name_keys(call.services.registry, identity, public, call.working.at)
        said = loaded(done, "key", {"made": len(made)})
        if not public:
            return Done(said.document, "Every agency has a key already.")
        warning = (
            " They lie in the keys folder of the data directory and are for demonstration:"
            " a real agency keeps its own key, `hoso keys name`."
        )
        return Done(said.document, said.sentence + warning)

    with_ledger("Making keys", as_json, work)


def _lines(file: Path) -> list[str]:
    try:
        return [line.strip() for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    except UnicodeDecodeError as error:
        raise FileProblem(file, None, "is not UTF-8 text.") from error


@app.command()
def name(
    agency: Identifier,
    public_key: Annotated[str, typer.Option(help="Base64 of the 32 bytes of its Ed25519 key.")],
    as_json: Json = False,
) -> None:
    """Name a key that the agency made itself and keeps."""

    async def work(call: Call) -> Done:
        asked = Asked(call.identity())
        done = await agency_keys.name_key(call.services.registry, asked, agency, public_key=public_key)
        return changed(done, f"The agency {agency} signs with this key from now on.")

    with_ledger("Naming the key", as_json, work)


@app.command("list")
def list_(
    agency: Annotated[
        str | None, typer.Option(help="Only this agency's, by identifier.", metavar="IDENTIFIER")
    ] = None,
    as_json: Json = False,
) -> None:
    """List agencies' public keys; --json is the list that `hoso certificate check --keys` reads."""

    async def work(call: Call) -> Done:
        moment = await call.services.reader.moment(fresh=True)
        allow(call.identity(), "read-handover", moment)
        only = moment.organisation.agency_by_identifier(agency).id if agency else None
        keys = keys_of(moment, only)
        rows = [(k["identifier"], k["key_id"], k["from"], k["withdrawn"]) for k in keys[:MOST_LINES]]
        more = f" The first {MOST_LINES} are shown; --json has all." if len(keys) > MOST_LINES else ""
        listed = (table("Agency", "Key", "From", "Withdrawn", rows=rows),) if rows else ()
        return Done({"format": FORMAT, "keys": keys}, f"{plural(len(keys), 'key')} named.{more}", listed)

    with_ledger("Reading keys", as_json, work)


@app.command()
def withdraw(
    agency: Identifier,
    key_id: Annotated[str, typer.Argument(help="As `hoso keys list` shows it.", metavar="KEY")],
    at: Annotated[str | None, typer.Option(help="An instant with zone. Default: now.", metavar="T")] = None,
    as_json: Json = False,
) -> None:
    """Withdraw a key: what is signed with it from then on counts for nothing."""
    when = read_instant(at, "--at") if at else None

    async def work(call: Call) -> Done:
        asked = Asked(call.identity())
        done = await agency_keys.withdraw_key(call.services.registry, asked, agency, key_id=key_id, at=when)
        return changed(done, f"The key {key_id} of {agency} is withdrawn.")

    with_ledger("Withdrawing the key", as_json, work)
