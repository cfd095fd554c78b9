"""The log's name and keys as application functions record them, on a real ledger."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from application import log_identity
from application.changing import Asked
from application.log_identity import Log
from application.policy import Identity
from application.refusals import NotAllowed, Refused
from application.registry import Registry
from application.tlog_ports import TlogUnavailable
from domain import log_rules as rules
from domain.facts import Actor, Envelope
from domain.log_facts import log_stream
from domain.log_identity import LogIdentity
from infra.log_keys import LogKeyFiles
from infra.secrets import create_secrets
from infra.settings import Settings
from interfaces.tlog_wiring import open_first_log
from tests.codec.event_schemas import faults_of_ledger
from tests.office.world import Office, open_office
from tests.support import Database

SYSTEM = Asked(Identity("system", "hoso"))
FIRST = "demo.hoso/one"


class Opened:
    """One ledger and the keys of its log."""

    def __init__(self, office: Registry, ledger_id: UUID, keys: LogKeyFiles) -> None:
        self.office, self.id, self.keys = office, ledger_id, keys

    async def open(self, asked: Asked = SYSTEM, first: str = FIRST) -> log_identity.Named:
        return await log_identity.open_log(self.office, asked, self.id, self.keys, first=first)

    async def logs(self, as_of: int | None = None) -> tuple[Log, ...]:
        return await log_identity.logs(self.office.ledger, self.id, as_of)

    async def lose(self) -> None:
        """As recovering records it."""
        identity = await self.office.ledger.load(LogIdentity, log_stream(self.id))
        now, _ = await self.office.ledger.recorder.clock()
        envelope = Envelope(Actor("system", "hoso"), now)
        identity.lose_history(envelope, head=None, kept_size=2, kept_root="00" * 32, ground="head_lost")
        await self.office.ledger.append(identity)


async def _unfurnished(office: Office) -> None:
    pass


@pytest.fixture
async def ledger(database: Database, tmp_path: Path) -> AsyncIterator[Opened]:
    """Nothing but its first position."""
    async with open_office(database, _unfurnished) as office:
        keys = LogKeyFiles(tmp_path / "secrets")
        yield Opened(office.registry, office.opened.recorder.ledger.ledger_id, keys)
        found = await office.audited()
        assert found.ok, found.findings
    assert faults_of_ledger(database.app_dsn) == []


async def test_a_log_is_opened_with_a_key_of_this_machine_and_once(ledger: Opened) -> None:
    assert await ledger.logs() == ()
    named = await ledger.open()
    assert (named.changed.position, named.origin) == (2, FIRST)
    (log,) = await ledger.logs()
    assert (log.number, log.origin, log.opened) == (1, FIRST, 2)
    assert log.signers(1) == ()
    assert log.signers(2) == (named.key,)
    assert list(ledger.keys.keys()) == [named.key]
    with pytest.raises(Refused) as refused:
        await ledger.open()
    assert refused.value.rule == rules.OPEN_ONCE
    assert list(ledger.keys.keys()) == [named.key], "no key is made for what is refused"


async def test_a_key_that_was_made_before_a_crash_is_the_one_that_is_named(ledger: Opened) -> None:
    ledger.keys.make("another/origin")
    made = ledger.keys.make(FIRST)
    assert (await ledger.open()).key == made


async def test_after_a_rotation_both_sign_until_the_old_key_is_withdrawn(
    database: Database, tmp_path: Path
) -> None:
    async with open_office(database) as office:
        registry, keys = office.registry, LogKeyFiles(tmp_path / "secrets")
        id_ = office.opened.recorder.ledger.ledger_id
        operator = Asked(office.officer("first operator"))
        old = await log_identity.open_log(registry, operator, id_, keys, first=FIRST)
        new = await log_identity.add_key(registry, operator, id_, keys)
        gone = await log_identity.withdraw_key(
            registry, operator, id_, key_id=old.key.key_id.hex(), ground="rotated"
        )
        (log,) = await log_identity.logs(registry.ledger, id_)
        opened, added = old.changed.position, new.changed.position
        assert log.signers(opened) == log.signers(added - 1) == (old.key,)
        assert log.signers(added) == log.signers(gone.position - 1) == (old.key, new.key)
        assert log.signers(gone.position) == (new.key,)
        (then,) = await log_identity.logs(registry.ledger, id_, as_of=added)
        assert then.signing() == (old.key, new.key)
        await _only_who_may(office, id_, keys, new.key.key_id.hex())
        found = await office.audited()
        assert found.ok, found.findings


async def _only_who_may(office: Office, id_: UUID, keys: LogKeyFiles, key_id: str) -> None:
    registry, portal = office.registry, Asked(Identity("portal", "web"))
    for asked in (portal, Asked(Identity("applicant", str(id_)))):
        with pytest.raises(NotAllowed):
            await log_identity.open_log(registry, asked, id_, keys, first=FIRST)
    for asked in (portal, SYSTEM):
        with pytest.raises(NotAllowed):
            await log_identity.add_key(registry, asked, id_, keys)
        with pytest.raises(NotAllowed):
            await log_identity.withdraw_key(registry, asked, id_, key_id=key_id, ground="lost")
    operator = Asked(office.officer("first operator"))
    with pytest.raises(Refused) as refused:
        await log_identity.withdraw_key(registry, operator, id_, key_id=key_id, ground="lost")
    assert refused.value.rule == rules.KEY_LAST
    assert len(keys.keys()) == 2, "no key is made for who may not have one"


async def test_after_a_loss_the_next_log_has_another_origin_and_another_key(ledger: Opened) -> None:
    first = await ledger.open()
    await ledger.lose()
    second = await ledger.open(first="what HOSO_ORIGIN says later")
    assert second.origin == FIRST + "/2"
    assert second.key != first.key
    before, after = await ledger.logs()
    assert (before.lost, after.number) == (3, 2)
    assert before.signers(3) == ()
    assert before.signers(2) == (first.key,)
    assert after.signers(4) == (second.key,)


async def test_secrets_that_cannot_be_written_record_nothing(ledger: Opened, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(TlogUnavailable, match="HOSO_SECRETS_DIR"):
        await log_identity.open_log(
            ledger.office, SYSTEM, ledger.id, LogKeyFiles(tmp_path / "file" / "secrets"), first=FIRST
        )
    assert await ledger.logs() == ()


def test_the_origin_on_record_counts_and_another_setting_is_reported() -> None:
    id_ = UUID(int=5)
    assert log_identity.first_origin(id_, configured="", demo=False) == f"hoso/{id_}"
    assert log_identity.first_origin(id_, configured="", demo=True) == f"demo.hoso/{id_}"
    assert log_identity.first_origin(id_, configured="a.example/log", demo=True) == "demo.a.example/log"
    log = Log(1, "a.example/log", 2, ())
    assert log_identity.other_origin((), "b.example") is None
    assert log_identity.other_origin((log,), "a.example/log") is None
    said = log_identity.other_origin((log, Log(2, "a.example/log/2", 9, ())), "b.example")
    assert said is not None
    assert "opened as a.example/log" in said


async def test_a_new_ledger_s_log_stands_at_position_2(database: Database, tmp_path: Path) -> None:
    settings = Settings(secrets_dir=tmp_path, origin="hoso.bacninh.example/log")
    create_secrets(tmp_path)
    named = await open_first_log(settings, database.app_dsn)
    assert named is not None
    assert (named.origin, named.changed.position) == ("demo.hoso.bacninh.example/log", 2)
    assert await open_first_log(settings, database.app_dsn) is None, "what is in use is not opened by the way"
