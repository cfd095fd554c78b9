"""One web process of `hoso serve`: uvicorn on the listener that the parent bound."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from interfaces.cli.attached import stop_with_parent
from interfaces.cli.logs import log_to_standard_error
from interfaces.cli.options import Json
from interfaces.cli.output import Done, Working
from interfaces.cli.run import without_ledger
from interfaces.services import Services
from interfaces.standing import loaded
from interfaces.wiring import Settings, open_services

GRACE_SECONDS = 8
"""How long requests in flight may take once the process is told to stop."""


def serve_one(
    fd: Annotated[int, typer.Option(help="The listener's file descriptor, inherited.")], as_json: Json = False
) -> None:
    """Serve on an inherited listener until standard input closes; `hoso serve` starts this."""

    async def task(settings: Settings, _: Working) -> Done:
        log_to_standard_error()
        async with open_services(settings) as services:
            with socket.socket(fileno=fd) as listener:
                await serve_on(services, listener)
        return Done({"stopped": True}, "Stopped.")

    without_ledger("Serving", as_json, task)


async def serve_on(services: Services, listener: socket.socket) -> None:
    """Serve until SIGTERM, SIGINT, or the end of the parent."""
    # Here, since every other command would wait a quarter of a second for them.
    import uvicorn

    from interfaces.http.app import create_app

    class Server(uvicorn.Server):
        """uvicorn with the signals left to us, who have more to close than it knows of."""

        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    config = uvicorn.Config(
        create_app(services),
        loop="none",
        http="httptools",
        ws="none",
        lifespan="auto",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = Server(config)

    # Before the first request, which would wait for it, and so that its garbage is looked through only once.
    await services.reader.moment(fresh=True)
    loaded()

    def stop() -> None:
        server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    stop_with_parent(stop)
    await server.serve(sockets=[listener])
