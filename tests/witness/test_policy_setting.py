"""HOSO_WITNESS_POLICY: read at start, and refused at start where it cannot be meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from application import log_identity
from application.tlog_ports import NoWitnesses
from domain.notes import ED25519_COSIGNATURE, VerifierKey
from infra.setting_values import SettingError
from infra.settings import read_settings
from interfaces.attest_wiring import policy_says
from interfaces.witness_wiring import open_cosigner
from tests.witness.asking import consistency, policy_text
from tests.witness.conftest import Witness
from tests.witness.log import Log

pytestmark = pytest.mark.anyio


async def test_without_a_policy_nobody_is_asked() -> None:
    async with open_cosigner(read_settings({})) as cosigner:
        assert isinstance(cosigner, NoWitnesses)


async def test_the_policy_of_the_settings_is_asked(witness: Witness, tmp_path: Path) -> None:
    log = witness.trusted(Log(7))
    path = tmp_path / "policy"
    path.write_text(policy_text([("w", witness.vkeys[1], witness.at.url + "/")], "w"))
    async with open_cosigner(read_settings({"HOSO_WITNESS_POLICY": str(path)})) as cosigner:
        assert (await cosigner.cosign(str(log.note()), 7, consistency(log))).quorum


KEY = str(VerifierKey("w.example", ED25519_COSIGNATURE, bytes(range(32))))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"witness a {KEY} https://w.example\nquorum b\n", ":2: 'b' is no witness"),
        (f"# a\nwitness a {KEY}\nquorum a\n", ":2: a has no address"),
        (f"witness a {KEY} w.example/x\nquorum a\n", ":1: a has an address that is none"),
        (f"witness a {KEY} ftp://w.example\nquorum a\n", ":1: a has an address that is none"),
        (f"witness a {KEY} https://me:secret@w.example\nquorum a\n", ":1: a has an address that is none"),
        (f"witness a {KEY} https://w.example:99999\nquorum a\n", ":1: a has an address that is none"),
    ],
)
async def test_a_policy_that_cannot_be_meant_is_refused_at_start(
    tmp_path: Path, text: str, says: str
) -> None:
    path = tmp_path / "policy"
    path.write_text(text)
    with pytest.raises(SettingError) as refused:
        async with open_cosigner(read_settings({"HOSO_WITNESS_POLICY": str(path)})):
            pass
    assert f"HOSO_WITNESS_POLICY: {path}{says}" in str(refused.value)
    assert "secret" not in str(refused.value)


async def test_what_a_policy_says_of_the_log_is_known_while_nobody_attests(tmp_path: Path) -> None:
    path, ours, other = tmp_path / "policy", Log(), Log()
    settings = read_settings({"HOSO_WITNESS_POLICY": str(path)})
    log = log_identity.Log(1, ours.origin, 2, (log_identity.SigningKey(ours.key, 2),))
    for named, wrong in ((ours, False), (other, True)):
        path.write_text(f"log {named.key}\nwitness a {KEY}\nquorum a\n")
        says = policy_says(settings, log)
        assert len(says.witnesses) == 1
        assert ("does not name this log" in (says.wrong or "")) == wrong
    path.write_text("quorum a\n")
    assert f"HOSO_WITNESS_POLICY: {path}:1: " in (policy_says(settings, log).wrong or "")
    assert policy_says(read_settings({}), log).wrong is None


async def test_a_policy_that_cannot_be_read_is_refused_at_start(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(SettingError, match=f"HOSO_WITNESS_POLICY: {path} cannot be read"):
            async with open_cosigner(read_settings({"HOSO_WITNESS_POLICY": str(path)})):
                pass
