"""Builds everything; alone with `databases` and the schema and bench commands it knows infra. Nothing
happens at import.

    async with open_services(settings) as services: ...       # for routes
    async with open_ledger(settings) as opened: ...           # the same, with what only commands need
    async with open_runner(settings) as runner: ...           # the one process that keeps the read models up

Without HOSO_DATABASE_URL the embedded PostgreSQL is used: the first process starts it, others of the same
data directory join, and the last one to leave stops it.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace

from application.citizens import Citizens
from application.dossiers import Dossiers
from application.erasing_finish import finish as finish_erasures
from application.erasing_ports import Erasing
from application.feed import Feed
from application.file_look import StoreWatch
from application.file_ports import FileStoreError
from application.files import Files
from application.handovers import Handovers
from application.ledger import Ledger
from application.moment import OrganisationReader
from application.proving import Proving
from application.registry import Registry
from application.tlog import Tlog
from application.tree_reading import Progress, silent
from infra.agency_keys import AgencyKeyFiles
from infra.calendar_documents import CalendarYear, read_calendar, read_names
from infra.codec import JsonCodec
from infra.counters import PostgresCounters
from infra.embedded_home import ClusterError
from infra.export_files import ENDINGS as EXPORT_ENDINGS
from infra.export_files import read_export
from infra.fact_types import domain_fact_types
from infra.file_places import file_store
from infra.file_store import SealedFileStore
from infra.hours_document import read_hours
from infra.keyring import KeyringError, PostgresKeyring
from infra.limits import Limits
from infra.linked_document import read_linked_rules
from infra.national_list import Listed, is_national, read_national
from infra.organisation_documents import read_agencies, read_officers
from infra.person_index import PersonIndex
from infra.procedure_documents import ProcedureEntry, read_procedures
from infra.programme_document import read_programme
from infra.recorder import PostgresRecorder
from infra.reference import (
    CALENDAR,
    HOURS,
    IMPORT_MAPPINGS,
    LINKED_GROUPS,
    NAMES,
    PROCEDURES,
    SUCCESSION,
    UNITS,
)
from infra.reference_acts import read_changes, read_disputed, read_resolutions
from infra.reference_files import SuccessionRow, UnitRow, read_succession, read_units
from infra.reference_input import FileProblem, document, table_rows
from infra.retention_document import read_retention
from infra.scan import Scan, open_scan
from infra.schema import SchemaError
from infra.secrets import SecretsError, read_master_key, read_token_key
from infra.setting_values import SettingError
from infra.settings import Settings, read_settings
from infra.voice_document import read_voice_limits
from infra.xes import BrokenFile
from interfaces.attest_wiring import check, open_watch, tlog_of
from interfaces.databases import Database, open_database
from interfaces.erasing import ShownConcern
from interfaces.no_keys import NoKeys
from interfaces.not_opened import DatabaseInUse, NoLedger
from interfaces.services import Services
from interfaces.tlog_wiring import served_log
from interfaces.tokens import Tokens
from interfaces.views import ShownDossiers, open_pool, open_views
from projections.directory import Directory
from projections.handover import HandoverProgress
from projections.linked import LinkedRegister
from projections.replay_to import NoSuchReader, NoSuchReplay, ReplayKept
from projections.runner import Runner, RunnerBusy
from projections.schema import ViewsMissing, ViewsNotAllowed
from projections.status import Status
from projections.view import Log, View
from projections.voice import VoiceRegister

__all__ = [  # what commands read files with, and what they catch
    "CALENDAR",
    "EXPORT_ENDINGS",
    "HOURS",
    "IMPORT_MAPPINGS",
    "LINKED_GROUPS",
    "NAMES",
    "PROCEDURES",
    "SAID_ALREADY",
    "SUCCESSION",
    "UNITS",
    "CalendarYear",
    "FileProblem",
    "Listed",
    "ProcedureEntry",
    "Settings",
    "SuccessionRow",
    "UnitRow",
    "document",
    "is_national",
    "read_agencies",
    "read_calendar",
    "read_changes",
    "read_disputed",
    "read_export",
    "read_hours",
    "read_linked_rules",
    "read_names",
    "read_national",
    "read_officers",
    "read_procedures",
    "read_programme",
    "read_resolutions",
    "read_retention",
    "read_succession",
    "read_units",
    "read_voice_limits",
    "table_rows",
]  # fmt: skip

SAID_ALREADY: tuple[type[Exception], ...] = (
    NoLedger,
    DatabaseInUse,
    ClusterError,
    SchemaError,
    SecretsError,
    SettingError,
    KeyringError,
    FileProblem,
    BrokenFile,
    ViewsMissing,
    ViewsNotAllowed,
    ReplayKept,
    NoSuchReplay,
    NoSuchReader,
)
"""Errors whose own text is the sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An open ledger as commands use it."""

    settings: Settings
    services: Services
    recorder: PostgresRecorder
    persons: PersonIndex
    counters: PostgresCounters
    database: Database
    tlog: Tlog


def settings_from_environment() -> Settings:
    """Every setting, read once per process. Raises SettingError."""
    return read_settings(os.environ)


# The ledger


@asynccontextmanager
async def open_ledger(
    settings: Settings, *, head_checked: bool = True, progress: Progress = silent
) -> AsyncIterator[Opened]:
    """The ledger with all that routes and commands use. Raises what SAID_ALREADY names, HeadRefused and
    Unavailable. `head_checked` False: for who looks at what is wrong, and puts it right; `progress`: of
    hashing the log, where that is needed to compare it with its head."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(settings))
        recorder = await PostgresRecorder.open(
            database.app, _limits(settings), clock_confirmed=settings.clock_confirmed
        )
        stack.push_async_callback(recorder.close)
        work = await stack.enter_async_context(open_pool(database.app, "hoso work"))
        master_key = read_master_key(settings.secrets_dir)
        keyring = PostgresKeyring(work, master_key)
        await keyring.check()
        codec = JsonCodec(domain_fact_types(), keyring)
        ledger = Ledger(recorder, codec, keyring)
        tlog = tlog_of(settings, recorder, codec)
        if head_checked:
            await check(tlog, settings, progress)
        reader = OrganisationReader(recorder, codec)
        views = await stack.enter_async_context(open_views(database.app))
        persons = PersonIndex(work, keyring)
        token_key = read_token_key(settings.secrets_dir)
        counters = PostgresCounters(work)
        store = file_store(settings)
        sealed = SealedFileStore(store, keyring)
        dossiers = Dossiers(ledger, reader, counters, sealed)
        services = Services(
            ledger_id=recorder.ledger.ledger_id,
            demo=recorder.ledger.clock == "demo",
            settings=settings,
            ledger=ledger,
            reader=reader,
            tokens=Tokens(recorder.ledger.ledger_id, token_key.public_key(), token_key),
            dossiers=dossiers,
            citizens=Citizens(ledger, reader, persons),
            files=Files(ledger, reader, sealed, store, settings.file_max_bytes),
            erasing=Erasing(ledger, reader, ShownConcern(views), keyring, sealed),
            registry=Registry(ledger, reader),
            handovers=Handovers(ledger, reader, ShownDossiers(views)),
            feed=Feed(ledger, reader, recorder.ledger.ledger_id),
            proving=Proving(dossiers, tlog, settings.attest_seconds),
            views=views,
            files_report=StoreWatch(store).report,
            clock_report=lambda: recorder.clock_report,
            tlog=served_log(
                settings, ledger, recorder.ledger.ledger_id, demo=recorder.ledger.clock == "demo"
            ),
        )
        yield Opened(settings, services, recorder, persons, counters, database, tlog)


@asynccontextmanager
async def open_services(settings: Settings, progress: Progress = silent) -> AsyncIterator[Services]:
    """What routes work with."""
    async with (
        open_ledger(settings, progress=progress) as opened,
        open_watch(opened.database.app) as attesting,
    ):
        with suppress(FileStoreError):  # keys go first; its files go at the next start, and the audit says so
            await finish_erasures(opened.services.erasing)
        yield replace(opened.services, attesting=attesting)


def _limits(settings: Settings) -> Limits:
    return Limits(
        queue_items=settings.queue_limit,
        batch_events=settings.batch_events,
        batch_bytes=settings.batch_bytes,
        bulk_lock_seconds=settings.bulk_lock_ms / 1000,
        bulk_lock_seconds_alone=settings.bulk_lock_ms_alone / 1000,
        bulk_share=settings.bulk_lock_share,
    )


# The read models


def views() -> list[View]:
    """Every read model with tables, new."""
    return [Status(), Directory(), HandoverProgress(), VoiceRegister(), LinkedRegister()]


@asynccontextmanager
async def open_runner(settings: Settings) -> AsyncIterator[Runner]:
    """The runner of the read models. It opens no keys: it needs none."""
    async with open_log(settings) as (dsn, log):
        yield Runner(dsn, log, views())


@asynccontextmanager
async def open_log(settings: Settings) -> AsyncIterator[tuple[str, Log]]:
    """The log as the read models follow it, and the application's address of the database."""
    async with open_database(settings) as database:
        recorder = await PostgresRecorder.open(
            database.app, _limits(settings), clock_confirmed=settings.clock_confirmed
        )
        try:
            codec = JsonCodec(domain_fact_types(), NoKeys())
            yield database.app, Log(recorder.follow, recorder.events_after, codec.decode)
        finally:
            await recorder.close()


# Keys of agencies


def agency_keys(settings: Settings) -> AgencyKeyFiles:
    """The agencies' private keys that lie on this machine."""
    return AgencyKeyFiles(settings.data_dir / "keys")


# The audit


@asynccontextmanager
async def open_audit(opened: Opened) -> AsyncIterator[tuple[Scan, ShownDossiers]]:
    """The whole log in one snapshot, and what the read models show of it."""
    async with open_scan(opened.database.app) as scan:
        yield scan, ShownDossiers(opened.services.views)


async def catch_up(opened: Opened, position: int) -> None:
    """Bring the read models up to a recorded position, unless another process is their runner."""
    recorder = opened.recorder
    log = Log(recorder.follow, recorder.events_after, opened.services.ledger.codec.decode)
    with suppress(RunnerBusy):  # that one brings them there
        await Runner(opened.database.app, log, views()).catch_up(position, wait=False)
