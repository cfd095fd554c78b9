"""`hoso audit`: is the whole ledger sound?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from application.audit import Audit, audit
from application.audit_sources import Span
from application.moment import Moment
from application.organisation import Organisation
from application.policy import allow
from application.ports import LedgerError
from application.refusals import Refusal
from interfaces import audit_wiring, wiring
from interfaces.cli.audit_said import done, tree_done
from interfaces.cli.errors import CommandError
from interfaces.cli.options import Json
from interfaces.cli.output import Done
from interfaces.cli.run import Call, with_ledger

MOST_NOTE_BYTES = 256 * 1024


def run(
    since: Annotated[
        str | None,
        typer.Option(
            help="Begin at a checkpoint: the size of one on record, or a file that you kept.",
            metavar="SIZE|FILE",
        ),
    ] = None,
    until: Annotated[
        int | None, typer.Option(min=1, help="End at this position.", metavar="POSITION")
    ] = None,
    no_views: Annotated[
        bool, typer.Option("--no-views", help="Do not compare the read models with a replay of the log.")
    ] = False,
    tree: Annotated[
        bool,
        typer.Option(
            "--tree",
            help="Only that the stored bytes are what was attested: quick, and blind to what they say.",
        ),
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with an audit that was interrupted.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Check order, versions, leaves, the tree with every checkpoint, the head, codes, holders, transfers, due
    dates, stock and flow, papers, mandates, merges, what is shown, and that every file is there; name what is
    wrong."""

    async def work(call: Call) -> Done:
        await _allow(call)
        span = Span(_since(since), until)
        if tree and resume:
            raise CommandError(
                "bad_options", "--tree keeps no state to --resume from: leave one of them out."
            )
        if tree:
            return tree_done(await audited(call, span, views=False, tree_only=True))
        return done(await audited(call, span, views=not no_views, resume=resume))

    with_ledger("Auditing the ledger", as_json, work, head_checked=False)


def _since(text: str | None) -> int | bytes | None:
    """A size, or the content of a file."""
    if text is None:
        return None
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    with Path(text).open("rb") as file:
        return file.read(MOST_NOTE_BYTES + 1)


async def _allow(call: Call) -> None:
    """An auditor, or a token of the kind `system`: the one that can audit a ledger whose officers cannot be
    read any more."""
    identity = call.identity()
    try:
        moment = await call.services.reader.moment(fresh=True)
    except (LedgerError, Refusal):
        raise
    except Exception as problem:
        if identity.kind == "officer":
            raise CommandError(
                "organisation_unreadable",
                f"Who the ledger's officers are cannot be read from it any more ({problem}). Audit it with a"
                " token of the kind system: `hoso tokens issue --kind system --name audit --ttl 8h`.",
            ) from problem
        now, head = await call.services.ledger.recorder.clock()
        moment = Moment(now, head, Organisation())
    allow(identity, "audit", moment)


async def audited(
    call: Call, span: Span | None = None, *, views: bool = True, resume: bool = False, tree_only: bool = False
) -> Audit:
    """The audit of the open ledger as it is now; the read models are brought up to it first, unless
    somebody does that already."""
    services = call.services
    async with (
        wiring.open_audit(call.opened) as (scan, shown),
        audit_wiring.open_evidence(call.opened) as evidence,
    ):
        now, _ = await services.ledger.recorder.clock()
        if views:
            call.working.at(0, None, "Bringing the read models up")
            await audit_wiring.catch_up(call.opened, scan.head)
        return await audit(
            scan,
            services.ledger.recorder,
            services.ledger.codec,
            shown if views else None,
            claim_value=services.ledger.keyring.claim_value,
            now=now,
            store=services.files.store,
            evidence=evidence,
            replay=audit_wiring.replay(call.opened) if views else None,
            span=span or Span(),
            keeping=audit_wiring.keeping(call.opened, resume=resume),
            tree_only=tree_only,
            progress=lambda what, done, total: call.working.at(done, total, what),
        )
