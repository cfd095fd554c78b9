"""The bytes of dossiers' facts, made many times faster than one by one: each kind of fact is decided once by
the aggregate itself and encoded once by the ledger's codec, with marks in place of ids, codes and times;
every further one is that text with the marks filled in. A fact with sealed text is sealed for itself.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from application.ports import Codec
from domain.dossier import Dossier
from domain.facts import Actor, Envelope, Fact, Personal

Fields = Mapping[bytes, bytes]

OFFICER, POSTING, AGENCY, PROCEDURE, OWNER, PLACE, WORKER, OBLIGATION = (
    UUID(f"00000000-0000-7000-8000-00000000000{n}") for n in range(1, 9)
)
STREAM = UUID("00000000-0000-7000-8000-0000000000ff")
AT, DUE = datetime(1999, 1, 1, tzinfo=UTC), datetime(1999, 2, 2, tzinfo=UTC)
CODE, PROCEDURE_CODE, PLACE_CODE = "MARK-OF-CODE", "MARK-OF-PROCEDURE", "MARK-OF-PLACE"
AMOUNT, POSITION, FEE = 987_654, 87_654_321, 7_654_321
UNIT, CHANNEL = "calendar_day", "kiosk"
PAPERS: tuple[dict[str, Any], ...] = ({"id": "MARK", "form": "original", "count": 1},)


def _text(at: datetime) -> bytes:
    return at.replace(tzinfo=None).isoformat(timespec="microseconds").encode() + b"Z"


MARKS: tuple[tuple[bytes, bytes], ...] = (
    *((str(mark).encode(), name) for mark, name in (
        (OFFICER, b"officer"), (POSTING, b"posting"), (AGENCY, b"agency"), (PROCEDURE, b"procedure"),
        (OWNER, b"owner"), (PLACE, b"place"), (WORKER, b"worker"), (OBLIGATION, b"obligation"),
    )),
    (b'"' + _text(DUE) + b'"', b"due"),
    (_text(AT), b"at"),
    (CODE.encode(), b"code"),
    (PROCEDURE_CODE.encode(), b"procedure_code"),
    (PLACE_CODE.encode(), b"place_code"),
    (orjson.dumps(PAPERS), b"papers"),
    (str(AMOUNT).encode(), b"amount"),
    (str(POSITION).encode(), b"calendar"),
    (str(FEE).encode(), b"fee"),
    (f'"{UNIT}"'.encode(), b"unit"),
    (f'"{CHANNEL}"'.encode(), b"channel"),
)  # fmt: skip
"""`due`, `amount`, `unit` and `channel` are filled with JSON, quotes or null included."""

SEALED = ("refuse_intake", "request_supplement", "stop")


class Prototypes:
    """One for each step of `bench.lives.STEPS`, and `online`: submitted by the applicant."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._facts = _decided()
        self._texts = {
            name: _marked(codec.encode(fact).payload)
            for name, fact in self._facts.items()
            if name not in SEALED
        }
        self._salts = _salts()
        self.topics = {name: (fact.TOPIC.encode(), fact.CATEGORY) for name, fact in self._facts.items()}

    def payload(self, name: str, fields: dict[bytes, bytes]) -> bytes:
        """The stored bytes of a fact without sealed text."""
        fields[b"salt"] = next(self._salts)
        return self._texts[name] % fields

    def sealed(
        self, name: str, stream: UUID, version: int, at: datetime, fields: Fields, words: str
    ) -> bytes:
        """The stored bytes of a fact with sealed text; the owner's key is in memory."""
        agency, officer = UUID(fields[b"agency"].decode()), fields[b"officer"].decode()
        envelope = replace(
            self._facts[name].envelope,
            actor=Actor("officer", officer),
            occurred_at=at,
            posting_id=UUID(fields[b"posting"].decode()),
            acting_agency=agency,
            holder=agency,
        )
        text = Personal(UUID(fields[b"owner"].decode()), words)
        own = (
            {"request": text, "until": at + timedelta(days=10)}
            if name == "request_supplement"
            else {"reason": text}
        )
        fact = replace(
            self._facts[name], originator_id=stream, originator_version=version, envelope=envelope, **own
        )
        return self._codec.encode(fact).payload


def _decided() -> dict[str, Fact]:
    """Each kind of fact, as the aggregate decides it."""
    officer = Envelope(Actor("officer", str(OFFICER)), AT, POSTING, AGENCY, AGENCY)
    applicant = Envelope(Actor("applicant", str(OWNER)), AT, None, None, AGENCY)
    words = Personal(OWNER, "")
    found: dict[str, Fact] = {}

    def dossier(*names: str) -> Dossier:
        made = Dossier.empty(STREAM)
        made.submit(
            applicant if "online" in names else officer,
            code=CODE,
            code_origin="assumed",
            procedure=PROCEDURE,
            procedure_code=PROCEDURE_CODE,
            channel=CHANNEL,
            owner=OWNER,
            submitter=OWNER,
            receiving_agency=AGENCY,
            competent_agency=AGENCY,
            returning_agency=AGENCY,
            components=PAPERS,
            place=PLACE,
            place_code=PLACE_CODE,
        )
        if "accept" in names:
            made.accept(
                officer,
                procedure_version=1,
                channel=CHANNEL,
                calendar_position=POSITION,
                counted_from=AT,
                limit_amount=AMOUNT,
                limit_unit=UNIT,
                statutory_due=DUE,
                promised=DUE,
            )
        if "assign" in names:
            made.assign(officer, officer=WORKER)
        return made

    def keep(*names: str, of: Dossier) -> None:
        found.update(zip(names, of.collect_events(), strict=True))

    keep("online", of=dossier("online"))
    keep("submit", "accept", "assign", of=dossier("accept", "assign"))
    for name, of in (
        ("refuse_intake", dossier()),
        ("withdraw", dossier("online")),
        ("request_supplement", dossier()),
        ("request_payment", dossier("accept", "assign")),
        ("stop", dossier("accept", "assign")),
        ("finish", dossier("accept", "assign")),
    ):
        of.collect_events()
        match name:
            case "refuse_intake":
                of.refuse_intake(officer, ground="not_in_order", reason=words)
            case "withdraw":
                of.withdraw(applicant)
            case "request_supplement":
                of.request_supplement(officer, request=words, components=(), until=AT + timedelta(days=1))
            case "request_payment":
                of.request_payment(officer, obligation=OBLIGATION, amount_vnd=FEE, purpose="fee")
            case "stop":
                of.stop(officer, ground="conditions_not_met", reason=words)
            case "finish":
                of.finish(officer, outcome="granted")
                keep("finish", of=of)
                of.return_result(officer, way="counter")
                name = "return_result"
        keep(name, of=of)
    return found


def _marked(payload: bytes) -> bytes:
    """The text with a place to fill in for each mark, and for the salt."""
    salt = orjson.loads(payload)["salt"].encode()
    text = payload.replace(b"%", b"%%").replace(salt, b"%(salt)b")
    for mark, name in MARKS:
        text = text.replace(mark, b"%(" + name + b")b")
    return text


def _salts() -> Iterator[bytes]:
    """Sixteen random bytes each, in base64url, many at once: eighteen make 24 letters, of which 22 are kept;
    the last says two bits only."""
    while True:
        letters = urlsafe_b64encode(os.urandom(18 * 4096))
        for start in range(0, len(letters), 24):
            yield letters[start : start + 21] + b"AQgw"[letters[start + 21] & 3 :][:1]
