"""`hoso serve` as a process of its own, as an office would run it, with the runner of the read models."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import orjson

from interfaces.cli.errors import CommandError

READY_SECONDS = 60.0
STOP_SECONDS = 30.0
OF_ANOTHER_LEDGER = ("HOSO_DATABASE", "HOSO_TLOG", "HOSO_HEAD", "HOSO_ORIGIN")


@asynccontextmanager
async def serving(data_dir: Path, secrets_dir: Path, port: int) -> AsyncIterator[str]:
    """The address of a server of the embedded ledger in `data_dir`. Its log is `serve.log` there."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(OF_ANOTHER_LEDGER)}
    environment |= {"HOSO_DATA_DIR": str(data_dir), "HOSO_SECRETS_DIR": str(secrets_dir)}
    with (data_dir / "serve.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *(
                sys.executable,
                "-m",
                "interfaces.cli.main",
                "serve",
                "--attached",
                "--port",
                str(port),
                "--json",
            ),
            stdin=asyncio.subprocess.PIPE,  # never written to: the server ends when this process does
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            env=environment,
            start_new_session=True,  # Ctrl-C comes to the demo alone, which stops its server in order
        )
    try:
        yield await _address(process, data_dir)
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            try:
                await asyncio.wait_for(process.wait(), STOP_SECONDS)
            except TimeoutError:
                process.kill()
                await process.wait()


async def _address(process: asyncio.subprocess.Process, data_dir: Path) -> str:
    """What the server says once it answers: a JSON document with `url`, or an error in words."""
    assert process.stdout is not None
    text = b""
    try:
        async with asyncio.timeout(READY_SECONDS):
            while line := await process.stdout.readline():
                text += line
                with contextlib.suppress(orjson.JSONDecodeError):
                    document = orjson.loads(text)
                    if "error" in document:
                        raise CommandError(document["error"]["code"], document["error"]["message"])
                    return str(document["url"])
    except TimeoutError:
        pass
    raise CommandError("not_served", f"The demo's server did not start; see {data_dir / 'serve.log'}.")
