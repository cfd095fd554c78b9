"""`hoso tlog init`, `rotate-key` and `withdraw-key`: under which name and by which keys the log is signed."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from application import log_identity
from application.changing import Asked
from interfaces import tlog_wiring
from interfaces.cli.options import Json
from interfaces.cli.output import Done
from interfaces.cli.run import Call, with_ledger

SECRETS = "Its private half lies among the secrets: keep a copy of that file, apart from the data."


class Ground(StrEnum):
    rotated = "rotated"
    lost = "lost"
    exposed = "exposed"


def init(as_json: Json = False) -> None:
    """Open the log of a ledger that was made without one: its name, and the first key."""

    async def work(call: Call) -> Done:
        services, settings = call.services, call.opened.settings
        asked = Asked(call.identity())
        first = log_identity.first_origin(services.ledger_id, configured=settings.origin, demo=services.demo)
        named = await log_identity.open_log(
            services.registry, asked, services.ledger_id, tlog_wiring.log_keys(settings), first=first
        )
        return _named(
            named, f"The log is signed as {named.origin} from position {named.changed.position:,} on."
        )

    with_ledger("Opening the log", as_json, work)


def rotate_key(as_json: Json = False) -> None:
    """Make a further key, which signs beside those that do already; withdraw the old one when others know
    this one."""

    async def work(call: Call) -> Done:
        services = call.services
        asked, keys = Asked(call.identity()), tlog_wiring.log_keys(call.opened.settings)
        named = await log_identity.add_key(services.registry, asked, services.ledger_id, keys)
        (log,) = (await log_identity.logs(services.ledger, services.ledger_id))[-1:]
        others = [key.key_id.hex() for key in log.signing() if key != named.key]
        sentence = (
            f"The key {named.key.key_id.hex()} signs the log from position {named.changed.position:,} on,"
            f" beside {' and '.join(others)}. Give {named.key} to the witnesses and to whoever verifies; once"
            f" they have it: hoso tlog withdraw-key {others[0]} --ground rotated."
        )
        return _named(named, sentence, signing=[key.key_id.hex() for key in log.signing()])

    with_ledger("Making a key", as_json, work)


def withdraw_key(
    key_id: Annotated[
        str, typer.Argument(help="Its id: the eight digits in its clear form.", metavar="KEY_ID")
    ],
    ground: Annotated[Ground, typer.Option(help="Replaced, no longer here, or known to others.")],
    as_json: Json = False,
) -> None:
    """Withdraw a key: it signs nothing that is recorded from now on."""

    async def work(call: Call) -> Done:
        services = call.services
        changed = await log_identity.withdraw_key(
            services.registry, Asked(call.identity()), services.ledger_id, key_id=key_id, ground=ground.value
        )
        sentence = f"The key {key_id} signs no tree that reaches position {changed.position:,}."
        if ground is Ground.exposed:
            sentence += (
                " Whoever has it can still sign what others might take for an older tree: tell those who"
                " verify, and have them ask for the witnesses' cosignatures."
            )
        document = {"key_id": key_id, "ground": ground.value, "position": changed.position}
        return Done(document, sentence)

    with_ledger("Withdrawing the key", as_json, work)


def _named(named: log_identity.Named, sentence: str, **further: object) -> Done:
    document = {
        "origin": named.origin,
        "key": str(named.key),
        "key_id": named.key.key_id.hex(),
        "position": named.changed.position,
        **further,
    }
    return Done(document, f"{sentence} {SECRETS}")
