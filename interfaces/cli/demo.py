"""`hoso demo`: the main job end to end, on a ledger of its own."""

from __future__ import annotations

import asyncio
import signal
import time
from contextlib import AsyncExitStack
from typing import Annotated

import typer

from interfaces import databases, wiring
from interfaces.cli.options import Json
from interfaces.cli.output import Done, Working, print_done
from interfaces.cli.run import without_ledger
from interfaces.cli.schema import Clock, make
from interfaces.demo.day import Day, Outcome
from interfaces.demo.figures import promises_kept
from interfaces.demo.server import serving
from interfaces.demo.setting import STARTS, demo_settings
from interfaces.demo.summary import rendered, sentence
from interfaces.tlog_wiring import forget_logs

PORT = 8000


def demo(
    dossiers: Annotated[
        int, typer.Option(help="How many dossiers live through June 2025.", min=100, max=200_000)
    ] = 20_000,
    seed: Annotated[int, typer.Option(help="The same seed, the same lives.", min=0)] = 1,
    serve: Annotated[
        bool, typer.Option(help="Go on serving on 127.0.0.1 until stopped with Ctrl-C, or end.")
    ] = True,
    port: Annotated[
        int | None,
        typer.Option(
            help=f"The port to serve on; {PORT}, or with --no-serve any that is free.", min=0, max=65535
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Live through the handover of former Bắc Giang: June 2025, the hour of 1 July under traffic, the audit.

    Each run makes a new demo ledger in the data directory's folder `demo`, in place of the one before.
    Nothing else is touched.
    """

    async def task(settings: wiring.Settings, working: Working) -> Done:
        began = time.monotonic()
        own = demo_settings(settings)
        working.at(0, None, f"Making a new demo ledger in {own.data_dir}")
        async with AsyncExitStack() as stack:
            database = await stack.enter_async_context(databases.open_fresh(own))
            await asyncio.to_thread(forget_logs, own)
            await make(own, database, Clock.demo, STARTS)
            at = port if port is not None else PORT if serve else 0
            url = await stack.enter_async_context(serving(own.data_dir, own.secrets_dir, at))
            async with wiring.open_ledger(own) as opened:
                outcome = await Day(opened, url, working, dossiers, seed).run(began)
            done = _done(outcome, url if serve else None)
            if not serve:
                return done
            working.end()
            print_done(done, as_json=as_json)
            await _until_stopped()
        return Done({}, "Stopped. The demo's ledger stays until the next run.", code=done.code, printed=True)

    without_ledger("Starting the demo", as_json, task)


def _done(outcome: Outcome, url: str | None) -> Done:
    code = 0 if promises_kept(outcome.document) else 1
    if url is None:
        return Done(outcome.document, sentence(outcome), rendered(outcome), code)
    addresses = (
        f"{sentence(outcome)}\n\nServing {url} (the table, and look-ups by code such as {outcome.code}),"
        f" {url}/docs (the API). Stop with Ctrl-C.\n"
        "To try the API (12 hours, this demo only), as its auditor:\n"
        f"  curl -H 'Authorization: Bearer {outcome.tokens['auditor']}' {url}/v1/views/status\n"
        "as a program that follows the feed:\n"
        f"  curl -H 'Authorization: Bearer {outcome.tokens['consumer']}' '{url}/v1/events?after=0'"
    )
    served = {"url": url, "tokens": outcome.tokens}
    return Done({**outcome.document, "serving": served}, addresses, rendered(outcome), code)


async def _until_stopped() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
