"""Facts to stored bytes and back, exactly as docs/events.md writes them down.

Encoding draws a new salt each time, seals `Personal` fields under their subject's key and checks every
type; decoding decrypts nothing and calls nobody.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol, get_type_hints
from uuid import UUID

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from application.ports import NewEvent, StoredFact
from domain.facts import ENVELOPE_FIELDS, Actor, Envelope, Fact, Personal, Recorded, Sealed
from domain.sealed_fields import NONCE_BYTES, SALT_BYTES, associated_data, from_base64, to_base64
from infra.fact_types import FactTypeError, FactTypes
from infra.field_codec import (
    Decode,
    Encode,
    FieldError,
    Seal,
    Unseal,
    decode_tree,
    field_codec,
    id_of,
    instant_text,
    same,
    stored_name,
)
from infra.sealing import field_cipher

MAX_PAYLOAD_BYTES = 1_048_576
ACTOR_KINDS = frozenset(("officer", "applicant", "representative", "portal", "import", "system"))


class EncodingRefused(ValueError):
    """A fact cannot be recorded as it is; the text names the topic and the field."""


class DecodingFailed(Exception):
    """Stored bytes are not what their topic promises; the text names topic, stream and version."""


class SubjectKeys(Protocol):
    """Where sealing gets keys: from memory, since the command ensured its subjects before."""

    def key_of(self, subject: UUID) -> bytes: ...


class JsonCodec:
    """The port `Codec`. `random` gives salts and nonces; only golden tests pass another than the system's."""

    def __init__(
        self, types: FactTypes, keys: SubjectKeys, random: Callable[[int], bytes] = os.urandom
    ) -> None:
        self.types = types
        self._keys = keys
        self._random = random
        self._compiled = {cls: _FactCodec(cls) for cls in types.classes.values()}

    def encode(self, fact: Fact) -> NewEvent:
        """The event to append. Keys of its subjects must be ensured before. Raises EncodingRefused."""
        compiled = self._compiled.get(type(fact))
        if compiled is None:
            raise EncodingRefused(f"{type(fact).__qualname__} is not one of the ledger's fact types")
        seal = _Sealer(fact, self._keys, self._random)
        try:
            # Data first: a fact that was read keeps the salt of its sealed fields.
            data = compiled.data(fact, seal)
            payload = orjson.dumps({"salt": seal.salt_text(), **_envelope_state(fact.envelope), "data": data})
        except (FieldError, TypeError) as error:
            raise EncodingRefused(f"{fact.TOPIC}: {error}") from error
        if len(payload) > MAX_PAYLOAD_BYTES:
            raise EncodingRefused(f"{fact.TOPIC}: {len(payload)} bytes; a fact may have {MAX_PAYLOAD_BYTES}")
        return NewEvent(fact.originator_id, fact.originator_version, fact.CATEGORY, fact.TOPIC, payload)

    def decode(self, stored: StoredFact) -> Recorded[Fact]:
        """The fact with its place in the log; personal fields stay sealed. Raises DecodingFailed,
        UnknownTopic.
        """
        fact = self.decode_fact(stored.stream_id, stored.version, stored.topic, stored.payload)
        return Recorded(fact, stored.position, stored.recorded_at, stored.leaf)

    def decode_fact(self, stream_id: UUID, version: int, topic: str, payload: bytes) -> Fact:
        """The fact of these stored bytes. Raises DecodingFailed, UnknownTopic."""
        compiled = self._compiled[self.types.newest(topic)]
        try:
            state = orjson.loads(payload)
            unseal = _unsealer(stream_id, version, topic, state["salt"])
            data = state["data"]
            if topic in self.types.upcasts:
                data = self.types.upcast(topic, decode_tree(data, "data", unseal))
            return compiled.build(stream_id, version, state, data, unseal)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise DecodingFailed(
                f"{topic}, stream {stream_id}, version {version}: the stored bytes cannot be read: {error!r}"
            ) from error


class _FactCodec:
    """A fact class, compiled: (Python name, stored key, path, encoder, decoder) of each field, in order."""

    def __init__(self, cls: type[Fact]) -> None:
        hints = get_type_hints(cls)
        self.cls = cls
        self.parts: list[tuple[str, str, str, Encode, Decode]] = []
        for field in fields(cls):
            if field.name not in ENVELOPE_FIELDS:
                try:
                    pair = field_codec(hints[field.name], field.name)
                except FieldError as error:
                    raise FactTypeError(f"{cls.__qualname__}: {error}") from error
                key = stored_name(field.name)
                self.parts.append((field.name, key, f"data.{key}", *pair))

    def data(self, fact: Fact, seal: Seal) -> dict[str, Any]:
        return {key: enc(getattr(fact, name), path, seal) for name, key, path, enc, _ in self.parts}

    def build(
        self, stream_id: UUID, version: int, state: dict[str, Any], data: dict[str, Any], unseal: Unseal
    ) -> Fact:
        if len(data) != len(self.parts):
            raise ValueError(f"{len(data)} fields stored, {len(self.parts)} known")
        values = {
            name: data[key] if dec is same else dec(data[key], path, unseal)
            for name, key, path, _, dec in self.parts
        }
        return self.cls(
            originator_id=stream_id, originator_version=version, envelope=_envelope(state), **values
        )


def _envelope_state(envelope: Envelope) -> dict[str, Any]:
    if envelope.actor.kind not in ACTOR_KINDS:
        raise FieldError("actor.kind", f"{envelope.actor.kind!r} is none of {', '.join(sorted(ACTOR_KINDS))}")
    return {
        "actor": {"kind": envelope.actor.kind, "id": envelope.actor.id},
        "posting_id": envelope.posting_id,
        "acting_agency": envelope.acting_agency,
        "holder": envelope.holder,
        "occurred_at": instant_text(envelope.occurred_at, "occurred_at"),
        "rules": envelope.rules,
    }


def _envelope(state: dict[str, Any]) -> Envelope:
    actor = state["actor"]
    return Envelope(
        Actor(actor["kind"], actor["id"]),
        datetime.fromisoformat(state["occurred_at"]),
        _id(state["posting_id"]),
        _id(state["acting_agency"]),
        _id(state["holder"]),
        tuple(state["rules"]),
    )


def _id(text: str | None) -> UUID | None:
    return None if text is None else id_of(text)


class _Sealer:
    """Seals the fields of one fact. All have the payload's salt, so a fact holds new text or sealed text,
    never both.
    """

    def __init__(self, fact: Fact, keys: SubjectKeys, random: Callable[[int], bytes]) -> None:
        self._fact = fact
        self._keys = keys
        self._random = random
        self._salt = random(SALT_BYTES)
        self._ciphers: dict[UUID, AESGCM] = {}
        self._copied: bool = False

    def salt_text(self) -> str:
        return to_base64(self._salt)

    def __call__(self, value: Personal | Sealed, path: str) -> dict[str, Any]:
        fact = self._fact
        # `associated_data` with what repeats written once, and the id by the library that is quick at it.
        begins = b"%b|%d" % (orjson.dumps(fact.originator_id)[1:-1], fact.originator_version)
        associated = begins + _place(fact.TOPIC, path)
        if isinstance(value, Sealed):
            return self._copy(value, path, associated)
        if self._copied:
            raise FieldError(path, "a fact cannot hold text sealed before and new text")
        cipher = self._ciphers.get(value.subject)
        if cipher is None:
            cipher = self._ciphers[value.subject] = field_cipher(self._keys.key_of(value.subject), self._salt)
        nonce = self._random(NONCE_BYTES)
        try:
            clear = value.text.encode("utf-8")
        except UnicodeEncodeError:
            raise FieldError(path, "is not valid text") from None
        return _sealed_state(value.subject, nonce, cipher.encrypt(nonce, clear, associated))

    def _copy(self, value: Sealed, path: str, associated: bytes) -> dict[str, Any]:
        """A fact that was read and is written again, byte for byte (golden tests, restores): in its own
        place only.
        """
        if value.associated != associated:
            where = value.associated.decode("utf-8", "replace")
            raise FieldError(path, f"holds text sealed for {where}: open it and seal it anew")
        if self._ciphers or (self._copied and value.salt != self._salt):
            raise FieldError(path, "a fact cannot hold text sealed before and new text")
        self._copied, self._salt = True, value.salt
        return _sealed_state(value.subject, value.nonce, value.ciphertext)


@lru_cache(maxsize=4096)
def _place(topic: str, path: str) -> bytes:
    return f"|{topic}|{path}".encode()


def _sealed_state(subject: UUID, nonce: bytes, ciphertext: bytes) -> dict[str, Any]:
    return {"subject": subject, "nonce": to_base64(nonce), "ciphertext": to_base64(ciphertext)}


def _unsealer(stream_id: UUID, version: int, topic: str, salt_text: str) -> Unseal:
    salt: list[bytes] = []

    def unseal(state: dict[str, str], path: str) -> Sealed:
        if not salt:
            salt.append(from_base64(salt_text))
        return Sealed(
            UUID(state["subject"]),
            from_base64(state["nonce"]),
            from_base64(state["ciphertext"]),
            salt[0],
            associated_data(stream_id, version, topic, path),
        )

    return unseal
