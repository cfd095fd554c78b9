"""The processes of a run: `hoso` commands started as an operator would, ended by their id, and how much
memory each of them had at most.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

LOOKED_SECONDS = 0.5
STOP_SECONDS = 60.0
MEBIBYTE = 1024
"""Of the kilobytes that /proc counts in."""

Json = dict[str, Any]
Beside = Callable[[int], Coroutine[Any, Any, None]]
ROOT = Path(__file__).parents[1]
PROGRAM = "interfaces.cli.main"
HOSO = (sys.executable, "-m", PROGRAM)


@dataclass(slots=True)
class Peaks:
    """Peak resident memory (VmHWM, MiB) of the `hoso` processes below this one, by what they do."""

    mebibytes: dict[str, float] = field(default_factory=dict)

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._look())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait((task,))
            self.look()

    async def _look(self) -> None:
        while True:
            self.look()
            await asyncio.sleep(LOOKED_SECONDS)

    def look(self) -> None:
        """Look once."""
        for pid, words in _descendants(os.getpid()).items():
            if PROGRAM in words:
                at = words.index(PROGRAM) + 1
                name = " ".join(word for word in words[at : at + 2] if word.isalpha() or word == "serve-one")
                self.mebibytes[name] = max(self.mebibytes.get(name, 0.0), _peak(pid))


def _descendants(of: int) -> dict[int, list[str]]:
    """Command lines of processes below one, by id."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                stat = (entry / "stat").read_text()
                parents[int(entry.name)] = int(stat[stat.rindex(")") + 1 :].split()[1])
    found: dict[int, list[str]] = {}
    for pid in parents:
        above = pid
        while above in parents and above != of:
            above = parents[above]
        if above == of and pid != of:
            with contextlib.suppress(OSError):
                found[pid] = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    return found


def _peak(pid: int) -> float:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return round(int(line.split()[1]) / MEBIBYTE, 1)
    return 0.0


def environment(data_dir: Path, secrets_dir: Path, **more: str) -> dict[str, str]:
    """For commands on the run's own ledger and no other."""
    own = {key: value for key, value in os.environ.items() if not key.startswith("HOSO_")}
    return own | {"HOSO_DATA_DIR": str(data_dir), "HOSO_SECRETS_DIR": str(secrets_dir), **more}


class CommandFailed(Exception):
    """A command of the run ended badly; the text has what it said."""


async def hoso(settings: Mapping[str, str], *arguments: str, log: Path, beside: Beside | None = None) -> Json:
    """What `hoso ... --json` printed; `beside` gets its id, and is cancelled when it has ended. Raises
    CommandFailed."""
    with log.open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            *(*HOSO, *arguments, "--json"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            env=settings,
            start_new_session=True,
        )
    company = asyncio.ensure_future(beside(process.pid)) if beside is not None else None
    try:
        out, _ = await process.communicate()
    finally:
        if company is not None:
            company.cancel()
            await asyncio.wait((company,))
        await ended(process)
    try:
        document: Json = orjson.loads(out)
    except orjson.JSONDecodeError:
        document = {"error": {"code": "no_answer", "message": _said(log)}}
    if "error" in document:
        raise CommandFailed(f"hoso {' '.join(arguments)}: {document['error']}")
    return document


def _said(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:]


async def figures_of(module: str) -> Json:
    """What another of the benchmarks prints, run as a program of its own. Raises CommandFailed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
        cwd=ROOT,
    )
    try:
        out, _ = await process.communicate()
    finally:
        if process.returncode is None:  # asked as by Ctrl-C, so that it stops its own PostgreSQL
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGINT)
            await process.wait()
    if process.returncode:
        raise CommandFailed(f"{module} ended with code {process.returncode}")
    document: Json = orjson.loads(out)
    return document


async def ended(process: asyncio.subprocess.Process) -> None:
    """End a process of ours, in order where it lets itself be asked."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()


@asynccontextmanager
async def serving(settings: Mapping[str, str], workers: int, log: Path) -> AsyncIterator[str]:
    """The address of `hoso serve` with so many web processes, and the runner of the read models."""
    with log.open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            *(*HOSO, "serve", "--attached", "--port", "0", "--workers", str(workers), "--json"),
            stdin=asyncio.subprocess.PIPE,  # never written to: it ends when this process does
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            env=settings,
            start_new_session=True,  # Ctrl-C comes to the benchmark alone, which stops its server in order
        )
    try:
        yield await _address(process, log)
    finally:
        await ended(process)


async def _address(process: asyncio.subprocess.Process, log: Path) -> str:
    assert process.stdout is not None
    text = b""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(180):
            while line := await process.stdout.readline():
                text += line
                with contextlib.suppress(orjson.JSONDecodeError):
                    return str(orjson.loads(text)["url"])
    raise CommandFailed(f"hoso serve did not start: {_said(log)}")
