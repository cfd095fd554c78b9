"""Runs a command: opens what it needs, prints its outcome, turns errors into a sentence and an exit code.

Exit codes: 0 done · 1 a refusal or a finding, explained · 2 wrong usage (typer says how) · 130 stopped by
Ctrl-C or SIGTERM.
"""

from __future__ import annotations

import asyncio
import signal
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

import typer
import uvloop

from application.moment import Moment
from application.policy import Identity
from application.refusals import NotAllowed
from interfaces import wiring
from interfaces.cli.errors import told
from interfaces.cli.output import Done, Working, print_done, print_error
from interfaces.services import Services
from interfaces.texts import Language

STOPPED = 130


@dataclass(frozen=True, slots=True)
class Call:
    """What a command works with: the open ledger, and how it shows that it goes on."""

    opened: wiring.Opened
    working: Working

    @property
    def services(self) -> Services:
        return self.opened.services

    @property
    def language(self) -> Language:
        return "vi" if self.opened.settings.language == "vi" else "en"

    async def known(self, known_at: int | datetime | None) -> Moment:
        """The present time with the organisation as known then; as known now: up to the last position. Who
        may ask is judged by `services.reader.moment`, as of now."""
        reader = self.services.reader
        return await (reader.moment(fresh=True) if known_at is None else reader.as_known(known_at))

    def identity(self) -> Identity:
        """Whom HOSO_TOKEN names. Raises NotAllowed when it is empty, BadToken."""
        token = self.opened.settings.token
        if not token:
            raise NotAllowed("no_identity", "this needs an identity")
        return self.services.tokens.verify(token)


Work = Callable[[Call], Awaitable[Done]]
Task = Callable[[wiring.Settings, Working], Awaitable[Done]]


def with_ledger(title: str, as_json: bool, work: Work, *, head_checked: bool = True) -> NoReturn:
    """Open the ledger, do `work`, print its outcome, leave. `title`: what the progress line shows;
    `head_checked` False: also where the log is not the one whose head was signed last."""

    async def task(settings: wiring.Settings, working: Working) -> Done:
        def hashed(done: int, total: int) -> None:
            working.at(done, total, "Comparing the log with its signed head")

        async with wiring.open_ledger(settings, head_checked=head_checked, progress=hashed) as opened:
            working.at(0, None, title)
            return await work(Call(opened, working))

    without_ledger(title, as_json, task)


def without_ledger(title: str, as_json: bool, task: Task) -> NoReturn:
    """The same for a command that opens for itself what it needs."""
    plainly(title, as_json, lambda settings, working: run_async(lambda: task(settings, working)))


def plainly(title: str, as_json: bool, task: Callable[[wiring.Settings, Working], Done]) -> NoReturn:
    """The same for work that is no coroutine; SIGTERM stops it like Ctrl-C."""

    def work(spoken: _Spoken) -> Done:
        settings = wiring.settings_from_environment()
        spoken.language = "vi" if settings.language == "vi" else "en"
        with Working(title, silent=as_json) as working:
            return task(settings, working)

    _carry_out(as_json, work)


def without_settings(title: str, as_json: bool, task: Callable[[], Awaitable[Done]]) -> NoReturn:
    """The same for a program that has nothing of a ledger: no setting is read."""

    def work(_: _Spoken) -> Done:
        with Working(title, silent=as_json):
            return run_async(task)

    _carry_out(as_json, work)


@dataclass(slots=True)
class _Spoken:
    language: Language = "en"


def _carry_out(as_json: bool, work: Callable[[_Spoken], Done]) -> NoReturn:
    spoken = _Spoken()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        done = work(spoken)
        if not done.printed:
            print_done(done, as_json=as_json)
    except (KeyboardInterrupt, asyncio.CancelledError):
        print_error("stopped", "Stopped. What was recorded stays; run it again to go on.", as_json=as_json)
        raise typer.Exit(STOPPED) from None
    except (BrokenPipeError, typer.BadParameter, typer.Exit):
        raise
    except Exception as error:
        fail(error, as_json, spoken.language)
    raise typer.Exit(done.code)


def fail(error: Exception, as_json: bool, language: Language) -> NoReturn:
    """Say what is wrong and leave with exit code 1."""
    known = told(error, language)
    if known is None:
        traceback.print_exception(error)
        sentence = f"hoso has a defect here ({type(error).__name__}: {error}). Please report the lines above."
        print_error("defect", sentence, as_json=as_json)
    else:
        print_error(known.code, known.sentence, as_json=as_json, details=known.details)
    raise typer.Exit(1)


def run_async(main: Callable[[], Awaitable[Done]]) -> Done:
    """Run on the production loop; SIGTERM cancels like Ctrl-C, so that what was opened is closed."""

    async def guarded() -> Done:
        task = asyncio.current_task()
        assert task is not None
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await main()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(guarded())
