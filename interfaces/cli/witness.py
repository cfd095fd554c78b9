"""`hoso witness`: the program that another agency runs. It has nothing of a ledger: a folder is all of it."""

from __future__ import annotations

import logging
import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from application.witness_ports import Evidence, KnownLog, StateBroken
from application.witnessing import KeyRefused
from interfaces.cli.errors import CommandError
from interfaces.cli.listening import listener_on, url_of
from interfaces.cli.logs import log_to_standard_error
from interfaces.cli.options import Json
from interfaces.cli.output import Done, plural, print_done, table
from interfaces.cli.run import without_settings
from interfaces.witness_texts import OF_EVIDENCE, PROVES
from interfaces.witness_wiring import OpenWitness, make_witness, open_alone, open_witness

State = Annotated[
    Path,
    typer.Option(
        "--state",
        help="The witness's folder: its keys and what it cosigned.",
        metavar="FOLDER",
        file_okay=False,
    ),
]


class Algorithm(StrEnum):
    """By what a witness signs; `both` makes two keys, and each cosignature twice."""

    ED25519 = "ed25519"
    ML_DSA_44 = "ml-dsa-44"
    BOTH = "both"


app = typer.Typer(help="A witness: cosigns that the logs it trusts only ever grew. Needs no ledger.")


def _alone(title: str, as_json: bool, work: Callable[[], Awaitable[Done]]) -> NoReturn:
    """Run without any setting; what is wrong with the folder or a key is a sentence."""

    async def task() -> Done:
        try:
            return await work()
        except StateBroken as error:
            raise CommandError("witness_state", str(error)) from error
        except KeyRefused as error:
            raise CommandError("key_refused", str(error)) from error

    without_settings(title, as_json, task)


@app.command()
def init(
    name: Annotated[str, typer.Option(help="Its name for ever, like witness.example.vn/w1.")],
    state: State,
    algorithm: Annotated[Algorithm, typer.Option(help="By what it signs.")] = Algorithm.BOTH,
    as_json: Json = False,
) -> None:
    """Make a witness: its keys and an empty state, in a folder of its own."""

    async def work() -> Done:
        vkeys, made = make_witness(state, name, algorithm)
        document = {"name": name, "vkeys": vkeys, "made": made}
        if not made:
            text = f"The witness {name} is there already in {state}; its keys stay as they are."
        else:
            publish = "its key" if len(vkeys) == 1 else "both keys"
            text = (
                f"Made the witness {name} in {state}. Publish {publish}, then trust a log with "
                "`hoso witness trust`."
            )
        return Done(document, "\n".join([*vkeys, text]))

    _alone("Making the witness", as_json, work)


@app.command()
def trust(
    vkey: Annotated[str, typer.Argument(help="The log's key, as its operator gave it.", metavar="VKEY")],
    state: State,
    as_json: Json = False,
) -> None:
    """Cosign for a log from here on; a running witness sees it at once."""

    async def work() -> Done:
        origin, added = open_witness(state).trust(vkey)
        text = f"The log {origin} is trusted by this key{'' if added else ' already'}."
        return Done({"origin": origin, "vkey": vkey.strip(), "added": added}, text)

    _alone("Trusting the key", as_json, work)


@app.command()
def distrust(
    key_or_origin: Annotated[
        str, typer.Argument(help="One key, or a log's name for all its keys.", metavar="VKEY|ORIGIN")
    ],
    state: State,
    as_json: Json = False,
) -> None:
    """Cosign no more by a key, or for a log. What was cosigned stays known."""

    async def work() -> Done:
        count = open_witness(state).state.distrust(key_or_origin.strip())
        if not count:
            text = f"Nothing is trusted as {key_or_origin[:80]}; see `hoso witness show`."
            raise CommandError("not_trusted", text)
        return Done(
            {"removed": count}, f"{plural(count, 'key')} trusted no more. What was cosigned stays known."
        )

    _alone("Distrusting", as_json, work)


@app.command()
def serve(
    state: State,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port; 0: any that is free.", min=0, max=65535)] = 7380,
    clock_confirmed: Annotated[
        bool,
        typer.Option(
            "--clock-confirmed",
            help="For one start: this clock is right, and was ahead when the witness last signed.",
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Answer logs over HTTP until stopped by Ctrl-C or SIGTERM."""

    async def work() -> Done:
        from interfaces import witness_server  # here, since no other command needs them
        from interfaces.witness_app import WitnessApp

        with open_alone(state) as witness, listener_on(host, port) as listener:
            log_to_standard_error(logging.WARNING if as_json else logging.INFO)
            _look_at_the_clock(witness, clock_confirmed)
            url = url_of(host, listener.getsockname()[1])
            document = {"url": url, "pid": os.getpid(), "name": witness.name, "vkeys": witness.vkeys}
            ready = Done(document, f"The witness {witness.name} answers on {url}; stop it with Ctrl-C.")
            served = WitnessApp(witness.witnessing, witness, witness.vkeys)
            await witness_server.serve(served, listener, lambda: print_done(ready, as_json=as_json))
        return Done({}, "Stopped. What was cosigned stays known.", printed=as_json)

    _alone("Opening the witness", as_json, work)


def _look_at_the_clock(witness: OpenWitness, confirmed: bool) -> None:
    behind = witness.seconds_behind()
    if behind and confirmed:
        witness.confirm_clock()
    elif behind:
        logging.getLogger("hoso.witness").warning(
            "This machine's clock is %d s behind the last time that the witness signed, so it signs nothing. "
            "Set the clock right. If it is right, and was ahead then: start once with --clock-confirmed.",
            behind,
        )


@app.command()
def show(state: State, as_json: Json = False) -> None:
    """Show name, keys, logs and what was kept against them; exit code 1 for proof of a fork."""

    async def work() -> Done:
        witness = open_witness(state)
        logs, evidence = witness.logs(), witness.evidence()
        proofs = sum(each.kind in PROVES for each in evidence)
        document = {
            "name": witness.name,
            "vkeys": witness.vkeys,
            "clock_behind": witness.seconds_behind(),
            "logs": [_log(each) for each in logs],
            "evidence": [_document(each) for each in evidence],
        }
        told = [line for number, each in enumerate(evidence, 1) for line in _told(number, each)]
        sentence = f"The witness {witness.name} trusts {plural(sum(bool(log.keys) for log in logs), 'log')}. "
        sentence += (
            f"{plural(proofs, 'proof')} that a log lied: read above what to do."
            if proofs
            else "No proof that one of them lied."
        )
        rows = [_row(each) for each in logs]
        listed = (table("Log", "Trusted keys", "Size", "Cosigned", "Kept", rows=rows),) if rows else ()
        text = "\n".join([*witness.vkeys, *told, sentence])
        return Done(document, text, listed, code=1 if proofs else 0)

    _alone("Reading the state", as_json, work)


def _row(known: KnownLog) -> tuple[Any, ...]:
    latest = known.latest
    at = _at(latest.cosigned_at) if latest else None
    return known.origin, len(known.keys), latest.size if latest else None, at, known.evidence


def _log(known: KnownLog) -> dict[str, Any]:
    latest = known.latest
    return {
        "origin": known.origin,
        "vkeys": [str(key) for key in known.keys],
        "size": latest.size if latest else None,
        "root": latest.root.hex() if latest else None,
        "cosigned_at": _at(latest.cosigned_at) if latest else None,
        "checkpoint": latest.note if latest else None,
    }


def _document(evidence: Evidence) -> dict[str, Any]:
    """`refused`: the request, with the log's own signatures; `cosigned`: the note known then."""
    return {
        "kind": evidence.kind,
        "proves": evidence.kind in PROVES,
        "origin": evidence.origin,
        "seen_at": _at(evidence.seen_at),
        "refused": evidence.refused,
        "cosigned": evidence.cosigned,
    }


def _told(number: int, evidence: Evidence) -> list[str]:
    title = f"Kept {number}: {evidence.kind}, {evidence.origin}, {_at(evidence.seen_at).isoformat()}"
    refused, cosigned = (_indented(each) for each in (evidence.refused, evidence.cosigned))
    parts = [title, *OF_EVIDENCE[evidence.kind], "Refused:", refused]
    return [*parts, "Cosigned before:", cosigned, ""] if cosigned else [*parts, ""]


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
