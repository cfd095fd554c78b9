"""The documents of one person as a decision sees them: those of the owner's own store, and of the stores of
whoever was found to be the same person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from domain.document_store import COMPONENT, DocumentStore, KeptDocument, store_stream


class KeptDocuments:
    """`stores`: the owner's own first; `records`: the citizens whose records said that they are one
    person."""

    def __init__(self, *stores: DocumentStore, records: tuple[UUID, ...] = ()) -> None:
        self.stores = stores
        self.records = records

    @property
    def streams(self) -> tuple[UUID, ...]:
        return tuple(store.id for store in self.stores)

    @property
    def read(self) -> tuple[UUID, ...]:
        """The streams that a decision by these documents was made on: also who the same person is."""
        return (*self.streams, *self.records)

    def of(self, record: UUID) -> DocumentStore | None:
        """The store of one record of this person: what is sealed under it is kept there."""
        stream = store_stream(record)
        return next((store for store in self.stores if store.id == stream), None)

    @property
    def own(self) -> DocumentStore:
        """That of the dossier's owner."""
        return self.stores[0]

    def get(self, document: UUID) -> KeptDocument | None:
        """A document of this person; None for anybody else's."""
        return next((s.documents[document] for s in self.stores if document in s.documents), None)

    def made_of(self, dossier: UUID, version: int) -> KeptDocument | None:
        """The document that was made of the component that this fact provided; a result is none."""
        made = (found for store in self.stores if (found := store.made_of(dossier, version)))
        return next((known for known in made if known.kept_as == COMPONENT), None)

    def of_kind(self, kind: str | None) -> Iterator[KeptDocument]:
        """All documents of a kind, whether they count or not; none where nobody said of which kind."""
        if kind is not None:
            for store in self.stores:
                yield from store.of_kind(kind)

    def valid(self, kind: str | None, day: date) -> Iterator[KeptDocument]:
        """Those that count on a day of Vietnam."""
        return (known for known in self.of_kind(kind) if known.valid_on(day))


NO_DOCUMENTS = KeptDocuments()
"""Of a dossier without an owner, and where nothing was read."""
