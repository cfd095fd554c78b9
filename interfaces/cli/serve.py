"""`hoso serve`: binds the port, then keeps the web processes, the runner of the read models and the embedded
PostgreSQL alive."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import os
import signal
import socket
from typing import Annotated

import typer

from application.file_look import StoreWatch
from interfaces.cli.attached import Attached, stop_with_parent
from interfaces.cli.children import Child, keep_all
from interfaces.cli.errors import CommandError
from interfaces.cli.listening import listener_on, url_of
from interfaces.cli.logs import log_to_standard_error
from interfaces.cli.options import Json
from interfaces.cli.output import Done, Working, print_done
from interfaces.cli.run import without_ledger
from interfaces.databases import keep_database, open_database
from interfaces.wiring import Settings, open_services
from interfaces.witness_wiring import open_cosigner

READY_SECONDS = 60.0
FILES_SECONDS = 10.0
log = logging.getLogger("hoso.serve")


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port; 0: any that is free.", min=0, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="Web processes.", min=1, max=64)] = 1,
    attached: Attached = False,
    as_json: Json = False,
) -> None:
    """Serve the HTTP API and keep the read models up, until stopped by Ctrl-C or SIGTERM."""

    async def task(settings: Settings, working: Working) -> Done:
        async with open_database(settings), open_cosigner(settings):  # whatever is wrong is said here, once
            async with open_services(settings, working.at) as services:
                demo, ledger_id = services.demo, services.ledger_id
                notes = await services.tlog.notes() if services.tlog else []
                files = await StoreWatch(services.files.store, FILES_SECONDS).report()
            if demo and not _is_loopback(host):
                raise CommandError(
                    "loopback_only",
                    f"This is a demo ledger, which serves this machine only: use 127.0.0.1, not {host}.",
                )
            with listener_on(host, port) as listener:
                url = url_of(host, listener.getsockname()[1])
                log_to_standard_error(logging.WARNING if as_json else logging.INFO)
                if files:  # said, not refused: all that needs no file is served meanwhile
                    log.warning("Files can be neither put nor read: %s.", files)
                for note in notes:
                    log.warning("%s.", note[:1].upper() + note[1:])
                document = {
                    "url": url,
                    "pid": os.getpid(),
                    "ledger_id": ledger_id,
                    "demo": demo,
                    "files": files,
                    "notes": notes,
                }
                kind = "demo ledger" if demo else "ledger"
                ready = Done(document, f"Serving the {kind} {ledger_id} on {url}; stop it with Ctrl-C.")
                database = asyncio.create_task(keep_database(settings))
                try:
                    await _until_stopped(listener, workers, url, ready, as_json, attached)
                finally:
                    database.cancel()
                    await asyncio.wait((database,))
        return Done({}, "Stopped. Everything that was recorded stays.", printed=as_json)

    without_ledger("Opening the ledger", as_json, task)


async def _until_stopped(
    listener: socket.socket, workers: int, url: str, ready: Done, as_json: bool, attached: bool
) -> None:
    stop = asyncio.Event()
    if attached:
        stop_with_parent(stop.set)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    fd = listener.fileno()
    children = [
        Child("the runner of the read models", ("views", "run", "--attached")),
        Child("the attester", ("tlog", "run", "--attached")),
    ]
    for n in range(1, workers + 1):
        children.append(Child(f"web process {n}", ("serve-one", "--fd", str(fd)), (fd,)))
    keeping = asyncio.create_task(keep_all(children))
    telling = asyncio.create_task(_tell_when_ready(url, ready, as_json))
    waiting = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((keeping, waiting), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (telling, waiting, keeping):
            task.cancel()
        await asyncio.wait((telling, waiting, keeping))


async def _tell_when_ready(url: str, ready: Done, as_json: bool) -> None:
    """Say so once a web process answers; connections made earlier wait in the listener's queue."""
    import httpx  # here, since no other command needs it

    address = url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")
    async with httpx.AsyncClient(timeout=READY_SECONDS, trust_env=False) as client:
        while True:
            try:
                answer = await client.get(f"{address}/healthz")
            except httpx.TransportError:
                await asyncio.sleep(0.5)
                continue
            if answer.status_code < 500:
                print_done(ready, as_json=as_json)
                return
            await asyncio.sleep(0.5)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
