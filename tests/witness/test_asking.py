"""What the ledger believes of witnesses: honest ones, silent ones, and ones that lie."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from application.cosigning import AGAIN_SECONDS
from application.tlog_ports import LastCosignature, TlogUnavailable
from domain.notes import (
    ED25519_COSIGNATURE,
    Checkpoint,
    VerifierKey,
    cosignature,
    cosigned_message,
    read_vkey,
)
from tests.witness.asking import asking, consistency, policy_text
from tests.witness.conftest import Witness
from tests.witness.log import Log

pytestmark = pytest.mark.anyio
Says = Callable[[bytes], tuple[int, str, str]]
TEXT = "text/plain"


class Liar:
    """A witness's key, and a server that answers as it is told to: status, content type, body."""

    def __init__(self, name: str = "liar") -> None:
        self.private = Ed25519PrivateKey.generate()
        raw = self.private.public_key().public_bytes_raw()
        self.key = VerifierKey(f"{name}.example", ED25519_COSIGNATURE, raw)

    def cosigns(self, checkpoint: Checkpoint, at: float | None = None) -> str:
        when = int(time.time() if at is None else at)
        message = cosigned_message(self.key, checkpoint, when)
        return f"{cosignature(self.key, when, self.private.sign(message))}\n"


@contextmanager
def answering(says: Says) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, kind, text = says(self.rfile.read(int(self.headers["content-length"])))
            content = text.encode("utf-8", "surrogateescape")
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def silent() -> Iterator[str]:
    """An address that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


async def test_a_witness_with_two_keys_is_asked_once_and_counts_by_both(witness: Witness) -> None:
    log = witness.trusted(Log(7))
    named = [(f"w{n}", vkey, witness.at.url) for n, vkey in enumerate(witness.vkeys)]
    async with asking(policy_text(named, "2")) as cosigning:
        done = await cosigning.cosign(str(log.note()), 7, consistency(log))
        assert (done.quorum, done.report) == (True, None)
        assert [one.key for one in done.signatures] == [read_vkey(vkey) for vkey in witness.vkeys]
        assert all(abs(one.cosigned_at.timestamp() - time.time()) < 30 for one in done.signatures)
        assert len({one.cosigned_at for one in done.signatures}) == 1, "one request, one time"
        assert done.again_in == 1800, "before its time is older than the bound"


async def test_the_same_checkpoint_again_asks_nobody_whose_cosignature_is_fresh(witness: Witness) -> None:
    log = witness.trusted(Log(7))
    now = time.time()
    text = policy_text([("w", witness.vkeys[0], witness.at.url)], "w")
    async with asking(text, clock=lambda: now) as cosigning:
        first = await cosigning.cosign(str(log.note()), 7, consistency(log))
        await asyncio.sleep(1.1)
        assert (await cosigning.cosign(str(log.note()), 7, consistency(log))).signatures == first.signatures
        now += 1801
        later = await cosigning.cosign(str(log.note()), 7, consistency(log))
        assert later.signatures[0].cosigned_at > first.signatures[0].cosigned_at


async def test_a_silent_witness_costs_its_time_and_not_the_quorum_of_the_others(witness: Witness) -> None:
    log = witness.trusted(Log(7))
    with silent() as nowhere:
        named = [("good", witness.vkeys[0], witness.at.url), ("silent", str(Liar().key), nowhere)]
        for quorum, reached in (("1", True), ("2", False)):
            async with asking(policy_text(named, quorum), seconds=0.6) as cosigning:
                began = time.monotonic()
                done = await cosigning.cosign(str(log.note()), 7, consistency(log))
                assert time.monotonic() - began < 2
                assert done.quorum == reached
                assert len(done.signatures) == 1
                assert "The witness silent" in (done.report or "")
                assert ("quorum" in (done.report or "")) != reached
                assert done.again_in == AGAIN_SECONDS


async def test_a_witness_that_comes_back_is_added_to_the_same_checkpoint(witness: Witness) -> None:
    log = witness.trusted(Log(7))
    late, up = Liar("late"), False

    def says(_: bytes) -> tuple[int, str, str]:
        return (200, TEXT, late.cosigns(log.checkpoint())) if up else (500, TEXT, "later")

    with answering(says) as url:
        named = [("good", witness.vkeys[0], witness.at.url), ("late", str(late.key), url)]
        async with asking(policy_text(named, "2")) as cosigning:
            first = await cosigning.cosign(str(log.note()), 7, consistency(log))
            assert (len(first.signatures), first.quorum) == (1, False)
            up = True
            second = await cosigning.cosign(str(log.note()), 7, consistency(log))
            assert (len(second.signatures), second.quorum, second.report) == (2, True, None)
            log.grow(1)
            up = False
            third = await cosigning.cosign(str(log.note()), 8, consistency(log))
            assert (len(third.signatures), third.quorum) == (1, False), "nothing of the one before"


def liars(liar: Liar, log: Log) -> dict[str, tuple[Says, str]]:
    other = Checkpoint(log.origin, 7, bytes(32))
    now, hour = time.time(), 3600
    stranger = Liar("stranger")
    line = liar.cosigns(log.checkpoint())
    return {
        "another checkpoint": (lambda _: (200, TEXT, liar.cosigns(other)), "is not good"),
        "a stranger's key": (
            lambda _: (200, TEXT, stranger.cosigns(log.checkpoint())),
            "did not sign by the key",
        ),
        "a key of the same name": (
            lambda _: (200, TEXT, Liar("liar").cosigns(log.checkpoint())),
            "did not sign by the key",
        ),
        "a time in the future": (
            lambda _: (200, TEXT, liar.cosigns(log.checkpoint(), now + 120)),
            "s ahead of ours",
        ),
        "a time long past": (
            lambda _: (200, TEXT, liar.cosigns(log.checkpoint(), now - hour - 60)),
            "that passed",
        ),
        "a time beyond all calendars": (
            lambda _: (200, TEXT, liar.cosigns(log.checkpoint(), 2**63 - 1)),
            "s ahead of ours",
        ),
        "nothing": (lambda _: (200, TEXT, ""), "no cosignature"),
        "a page": (lambda _: (200, "text/html", "<html>hello</html>\n"), "no cosignature"),
        "no text": (lambda _: (200, TEXT, "\udcff\udcfe\n"), "no cosignature"),
        "a cut line": (lambda _: (200, TEXT, line[:-9] + "\n"), "no cosignature|is not good"),
        "without end": (lambda _: (200, TEXT, line * 40), "no cosignature"),
        "a flood": (lambda _: (200, TEXT, "x" * 200_000), "longer than"),
        "409 without a size": (lambda _: (409, TEXT, "3\n"), "refuses with 409"),
        "409 with nonsense": (lambda _: (409, "text/x.tlog.size", "03\n"), "refuses with 409"),
        "409 with the size that was said": (lambda _: (409, "text/x.tlog.size", "0\n"), "refuses to go on"),
        "409 with more than there is": (
            lambda _: (409, "text/x.tlog.size", "8\n"),
            "has cosigned 8 entries, more than the 7",
        ),
        "another size each time": (_restless(), "another size at each of 3"),
        "a redirection": (lambda _: (302, TEXT, ""), "refuses with 302"),
        "forbidden": (lambda _: (403, TEXT, "unknown\nkey\x07"), "refuses with 403: unknown key"),
    }


def _restless() -> Says:
    sizes = iter(range(1, 9))
    return lambda _: (409, "text/x.tlog.size", f"{next(sizes)}\n")


@pytest.mark.parametrize("how", liars(Liar(), Log(7)))
async def test_what_is_no_good_cosignature_is_not_believed_and_said(witness: Witness, how: str) -> None:
    log = witness.trusted(Log(7))
    liar = Liar()
    says, report = liars(liar, log)[how]
    with answering(says) as url:
        named = [("good", witness.vkeys[0], witness.at.url), ("liar", str(liar.key), url)]
        async with asking(policy_text(named, "2")) as cosigning:
            done = await cosigning.cosign(str(log.note()), 7, consistency(log))
    assert [one.key for one in done.signatures] == [read_vkey(witness.vkeys[0])]
    assert not done.quorum
    assert done.report is not None
    assert "The witness liar" in done.report
    assert any(part in done.report for part in report.split("|")), done.report


async def test_a_minute_ahead_and_just_within_the_bound_are_believed() -> None:
    log, honest, now = Log(7), Liar("honest"), time.time()
    for at in (now + 58, now - 3590):
        with answering(lambda _, at=at: (200, TEXT, honest.cosigns(log.checkpoint(), at))) as url:  # type: ignore[misc]
            text = policy_text([("w", str(honest.key), url)], "w")
            async with asking(text, clock=lambda: now) as cosigning:
                assert (await cosigning.cosign(str(log.note()), 7, consistency(log))).quorum


async def test_a_witness_that_lost_its_state_is_reported_and_counts_no_more() -> None:
    log, liar = Log(9), Liar("forgetful")
    forgot = (409, "text/x.tlog.size", "4\n")
    answers = iter([(200, TEXT, liar.cosigns(log.checkpoint())), forgot, forgot])
    with answering(lambda _: next(answers)) as url:
        async with asking(policy_text([("w", str(liar.key), url)], "w")) as cosigning:
            assert (await cosigning.cosign(str(log.note()), 9, consistency(log))).quorum
            log.grow(3)
            for _ in range(2):
                done = await cosigning.cosign(str(log.note()), 12, consistency(log))
                assert not done.quorum
                assert "it lost its state and must not be believed" in (done.report or "")


async def test_a_witness_that_lost_its_state_before_this_process_began_is_found_out(witness: Witness) -> None:
    log, key = witness.trusted(Log(12)), read_vkey(witness.vkeys[0])
    long_ago = datetime.fromtimestamp(time.time() - 7200, UTC)
    async with asking(policy_text([("w", str(key), witness.at.url)], "w")) as cosigning:
        cosigning.knows(log.origin, [LastCosignature(key.name, key.key_id, 9, long_ago)])
        done = await cosigning.cosign(str(log.note()), 12, consistency(log))
        assert not done.quorum
        assert "has 0 entries and cosigned 9 before: it lost its state" in (done.report or "")
        assert "its last cosignature is 120 minutes old" in (done.report or "")


async def test_after_a_loss_the_next_log_begins_at_nothing_and_accuses_nobody(witness: Witness) -> None:
    """The attester goes on in the same process once `hoso tlog recover` has opened the next log."""
    lost, log = witness.trusted(Log(20)), witness.trusted(Log(12))
    async with asking(policy_text([("w", witness.vkeys[0], witness.at.url)], "w")) as cosigning:
        assert (await cosigning.cosign(str(lost.note()), 20, consistency(lost))).quorum
        for size in (12, 25):
            log.grow(size - len(log.leaves))
            done = await cosigning.cosign(str(log.note()), size, consistency(log))
            assert (done.quorum, done.report) == (True, None)


async def test_a_witness_that_begins_anew_at_less_is_reported_too() -> None:
    log, liar = Log(9), Liar("careless")
    with answering(lambda _: (200, TEXT, liar.cosigns(log.checkpoint(now_at)))) as url:
        async with asking(policy_text([("w", str(liar.key), url)], "w")) as cosigning:
            now_at = 9
            assert (await cosigning.cosign(str(log.note()), 9, consistency(log))).quorum
            now_at = 5
            done = await cosigning.cosign(str(log.note(5)), 5, consistency(log))
            assert not done.quorum
            assert "has 0 entries and cosigned 9 before" in (done.report or "")


async def test_a_witness_of_another_log_with_our_key_is_told_from_silence(witness: Witness) -> None:
    """Two ledgers with one key: the witness knows the longer one."""
    log = witness.cosigned(20)
    fork = log.fork(10, 15)
    async with asking(policy_text([("w", witness.vkeys[0], witness.at.url)], "w")) as cosigning:
        done = await cosigning.cosign(str(fork.note()), 15, consistency(fork))
        assert "has cosigned 20 entries, more than the 15 of this log" in (done.report or "")
        assert "hoso tlog recover --ground head_lost" in (done.report or ""), "log and head fit each other"
        fork.grow(10)
        done = await cosigning.cosign(str(fork.note()), 25, consistency(fork))
        assert "refuses with 422: The proof does not hold" in (done.report or "")
        assert not done.quorum


@pytest.mark.parametrize(
    ("named", "says"),
    [("none", None), ("this", None), ("this and another", None),
     ("another", "but others (log.example/other)"),
     ("an earlier key of this", "by other keys only"), ("an earlier key and this", None)],
)  # fmt: skip
async def test_a_policy_that_names_other_logs_is_never_reached_and_that_is_said(
    witness: Witness, named: str, says: str | None
) -> None:
    log = witness.trusted(Log(7))
    other, earlier = Log(0, "log.example/other"), Log(0, log.origin)
    keys = {
        "none": (), "this": (log,), "this and another": (other, log), "another": (other,),
        "an earlier key of this": (earlier,), "an earlier key and this": (earlier, log),
    }[named]  # fmt: skip
    text = "".join(f"log {one.key}\n" for one in keys)
    text += policy_text([("w", witness.vkeys[0], witness.at.url)], "w")
    async with asking(text) as cosigning:
        done = await cosigning.cosign(str(log.note()), 7, consistency(log))
    assert (len(done.signatures), done.quorum) == (1, says is None)
    assert (done.report or "").startswith(
        f"The policy in HOSO_WITNESS_POLICY does not name this log, {log.origin}, {says}" if says else ""
    )
    assert (done.report is None) == (says is None)


async def test_a_log_whose_proofs_cannot_be_made_now_is_reported(witness: Witness) -> None:
    log = witness.cosigned(5)
    log.grow(2)

    async def nothing(old: int) -> list[bytes]:
        raise TlogUnavailable(f"cannot be shown a proof from {old}: the tiles cannot be read")

    async with asking(policy_text([("w", witness.vkeys[0], witness.at.url)], "w")) as cosigning:
        done = await cosigning.cosign(str(log.note()), 7, nothing)
        assert "the tiles cannot be read" in (done.report or "")


async def test_an_old_last_cosignature_is_said_with_its_age() -> None:
    log, liar, now, up = Log(7), Liar("aging"), time.time(), True

    def says(_: bytes) -> tuple[int, str, str]:
        return (200, TEXT, liar.cosigns(log.checkpoint(), now)) if up else (500, TEXT, "out of order")

    with answering(says) as url:
        text = policy_text([("w", str(liar.key), url)], "w")
        async with asking(text, fresh_seconds=600, clock=lambda: now) as cosigning:
            assert (await cosigning.cosign(str(log.note()), 7, consistency(log))).quorum
            up = False
            for passed, old in ((400, False), (400, True)):
                now += passed
                done = await cosigning.cosign(str(log.note()), 7, consistency(log))
                assert ("its last cosignature is 13 minutes old" in (done.report or "")) == old
