"""The `eventsourcing` library's mapper over our codec, so that its EventStore, Repository and
Application.save work on our facts and the bytes are the same whichever way they were recorded.

Keys of new subjects must be ensured before saving (`Keyring.ensure`); the library's way is sync and asks
nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from uuid import UUID

from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper, MapperDeserialisationError, StoredEvent, Transcoder

from domain.facts import Aggregate, Fact
from infra.codec import DecodingFailed, JsonCodec
from infra.fact_types import FactTypeError

TAggregate = TypeVar("TAggregate", bound=Aggregate)


class NoTranscoder(Transcoder):
    """The library asks for one; the codec does its work."""

    def encode(self, obj: Any) -> bytes:
        raise NotImplementedError("facts are encoded whole, by the codec")

    def decode(self, data: bytes) -> Any:
        raise NotImplementedError("facts are decoded whole, by the codec")


class LedgerMapper(Mapper[UUID]):
    """Facts to the library's stored events and back. No cipher or compressor: personal text is sealed by
    the codec.
    """

    def __init__(self, codec: JsonCodec) -> None:
        super().__init__(NoTranscoder())
        self.codec = codec

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        if not isinstance(domain_event, Fact):
            raise TypeError(f"the ledger records facts, not {type(domain_event).__name__}")
        event = self.codec.encode(domain_event)
        return StoredEvent(event.stream_id, event.version, event.topic, event.payload)

    def to_domain_event(self, stored_event: StoredEvent) -> Fact:
        stream_id = stored_event.originator_id
        if not isinstance(stream_id, UUID):
            stream_id = UUID(stream_id)
        try:
            return self.codec.decode_fact(
                stream_id, stored_event.originator_version, stored_event.topic, stored_event.state
            )
        except (DecodingFailed, FactTypeError) as error:
            raise MapperDeserialisationError(str(error)) from error


def replayed(cls: type[TAggregate]) -> Callable[[TAggregate | None, Iterable[Any]], TAggregate | None]:
    """The `projector_func` for `Repository.get`: our aggregates start empty, not from their first event."""

    def project(aggregate: TAggregate | None, facts: Iterable[Any]) -> TAggregate | None:
        for fact in facts:
            if aggregate is None:
                aggregate = cls.empty(fact.originator_id)
            aggregate.replay(fact)
        return aggregate

    return project
