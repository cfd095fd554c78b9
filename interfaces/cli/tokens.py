"""`hoso tokens issue`: who somebody is, signed. Whoever can read the signing key may issue tokens."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import typer

from application.lookup import is_citizen, officer_named
from application.refusals import NotFound
from interfaces.cli.options import Json, read_duration, read_id
from interfaces.cli.output import Done
from interfaces.cli.run import Call, with_ledger

app = typer.Typer(help="Signed bearer tokens: they say who, the ledger's postings say where.")


class Kind(StrEnum):
    portal = "portal"
    system = "system"


class Level(StrEnum):
    vneid_1 = "vneid_1"
    vneid_2 = "vneid_2"
    account = "account"
    none = "none"


@app.command()
def issue(
    officer: Annotated[str | None, typer.Option(help="An officer.", metavar="NUMBER|ID")] = None,
    citizen: Annotated[str | None, typer.Option(help="An applicant.", metavar="ID")] = None,
    kind: Annotated[Kind | None, typer.Option(help="A program; with --name.")] = None,
    name: Annotated[str | None, typer.Option(help="The program's name.")] = None,
    level: Annotated[
        Level | None, typer.Option(help="With --citizen: the level of the account it stands for.")
    ] = None,
    ttl: Annotated[str, typer.Option(help="How long it is good for: 30m, 12h, 7d.", metavar="TIME")] = "12h",
    as_json: Json = False,
) -> None:
    """Print a token for one officer, applicant or program: export HOSO_TOKEN=$(hoso tokens issue ...)."""
    lasts = read_duration(ttl, "--ttl")
    if sum(given is not None for given in (officer, citizen, kind)) != 1:
        raise typer.BadParameter("give exactly one of --officer, --citizen and --kind")
    if (kind is None) != (name is None):
        raise typer.BadParameter("--kind and --name go together", param_hint="--name")
    if level is not None and citizen is None:
        raise typer.BadParameter("--level goes with --citizen", param_hint="--level")
    citizen_id = read_id(citizen, "--citizen") if citizen else None

    async def work(call: Call) -> Done:
        who, id_, warning = await _whom(call, officer, citizen_id, kind, name)
        token = call.services.tokens.issue(who, id_, lasts, level.value if level else None)
        if not as_json:
            print(
                warning or f"A token for {who} {id_}, good for {ttl}: set HOSO_TOKEN to it.", file=sys.stderr
            )
        return Done({"token": token, "kind": who, "id": id_, "expires_in": int(lasts.total_seconds())}, token)

    with_ledger("Issuing a token", as_json, work)


async def _whom(
    call: Call, officer: str | None, citizen: UUID | None, kind: Kind | None, name: str | None
) -> tuple[str, str, str | None]:
    """Kind and id of the identity, and what to warn of. Raises NotFound."""
    if officer is not None:
        moment = await call.services.reader.moment(fresh=True)
        found = await officer_named(call.services.ledger, moment.organisation, officer)
        posted = moment.organisation.posted(found, moment.now)
        warning = (
            f"Officer {officer} has no posting in force now, so this token cannot act."
            if not posted
            else None
        )
        return "officer", str(found), warning
    if citizen is not None:
        if not await is_citizen(call.services.ledger, citizen):
            raise NotFound("unknown_citizen", f"there is no citizen {citizen}")
        return "applicant", str(citizen), None
    assert kind is not None
    assert name is not None
    return kind.value, name, None


@app.callback()
def group() -> None:
    """Keeps `issue` a word of its own while it is the only verb."""
