"""A file to sealed bytes and back: the one place that knows the cryptography of a file (docs/files.md).

    header   `hoso.file/1` and a line feed · the subject, 16 bytes · a salt, 16 random bytes
    segments 65,536 clear bytes each, the last one what remains (1 to 65,536), each followed by its tag

AES-256-GCM; key = HKDF-SHA256(subject's key, salt, info `hoso/file/1`); nonce = the segment's number from 0
(11 bytes, big endian) and 1 for the last segment, 0 for any other; associated data = the header. The clear
bytes begin with the media type and a line feed. So no segment can be left out, moved, repeated or brought
from another file, and no end be cut off, without being noticed. The format never changes: another one gets
another magic.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.sealed_fields import KEY_BYTES, SALT_BYTES

MAGIC: Final = b"hoso.file/1\n"
HEADER_BYTES: Final = len(MAGIC) + 16 + SALT_BYTES
FILE_INFO: Final = b"hoso/file/1"
SEGMENT: Final = 65_536
TAG: Final = 16
SEALED_SEGMENT: Final = SEGMENT + TAG
MOST_MEDIA_TYPE: Final = 100


class NotSealed(Exception):
    """The bytes are no sealed file, or not as they were sealed; the text says which, as a sentence's end."""


@dataclass(frozen=True, slots=True)
class Header:
    """What stands in clear before the segments."""

    subject: UUID
    salt: bytes

    @property
    def clear(self) -> bytes:
        return MAGIC + self.subject.bytes + self.salt

    @staticmethod
    def read(stored: bytes) -> Header:
        """The header at the beginning of these bytes. Raises NotSealed."""
        if len(stored) < HEADER_BYTES or not stored.startswith(MAGIC):
            raise NotSealed("it does not begin as a file of hoso does")
        salt = len(MAGIC) + 16
        return Header(UUID(bytes=stored[len(MAGIC) : salt]), stored[salt:HEADER_BYTES])


def new_header(subject: UUID) -> Header:
    """The header of a new file, with a salt of its own."""
    return Header(subject, os.urandom(SALT_BYTES))


def clear_size(stored_size: int, media_type: str) -> int:
    """How many clear bytes a stored file of this size has."""
    sealed = stored_size - HEADER_BYTES
    segments = -(-sealed // SEALED_SEGMENT)
    return sealed - segments * TAG - len(media_type) - 1


class _Segments:
    def __init__(self, header: Header, subject_key: bytes) -> None:
        key = HKDF(SHA256(), KEY_BYTES, header.salt, FILE_INFO).derive(subject_key)
        self._cipher = AESGCM(key)
        self._header = header.clear
        self._number = 0

    def seal(self, clear: bytes, *, last: bool) -> bytes:
        return self._cipher.encrypt(self._nonce(last), clear, self._header)

    def open(self, sealed: bytes, *, last: bool) -> bytes:
        number, nonce = self._number, self._nonce(last)
        try:
            return self._cipher.decrypt(nonce, sealed, self._header)
        except (InvalidTag, ValueError):
            raise NotSealed(f"its segment {number} does not open") from None

    def _nonce(self, last: bool) -> bytes:
        nonce = self._number.to_bytes(11, "big") + bytes([last])
        self._number += 1
        return nonce


class Sealer:
    """Clear bytes in, in pieces of any size; what is stored out. Every piece but the last needs `more`."""

    def __init__(self, header: Header, subject_key: bytes, media_type: str) -> None:
        self._segments = _Segments(header, subject_key)
        self._out = bytearray(header.clear)
        self._clear = bytearray(media_type.encode("ascii") + b"\n")

    def more(self, clear: bytes) -> bytes:
        """Take these bytes; what can be stored by now, which may be nothing."""
        self._clear += clear
        while len(self._clear) > SEGMENT:  # what fills a segment exactly may be the last
            self._out += self._segments.seal(bytes(self._clear[:SEGMENT]), last=False)
            del self._clear[:SEGMENT]
        out, self._out = bytes(self._out), bytearray()
        return out

    def end(self) -> bytes:
        """What remains to be stored."""
        return bytes(self._out) + self._segments.seal(bytes(self._clear), last=True)


class Opener:
    """What is stored in, in pieces of any size; clear bytes out. `media_type`: known with the first of them,
    "" before."""

    def __init__(self, header: Header, subject_key: bytes) -> None:
        self._segments = _Segments(header, subject_key)
        self._sealed = bytearray()
        self.media_type = ""

    def more(self, sealed: bytes) -> bytes:
        """Take these bytes; the clear ones of the segments that are whole, the last one kept back.
        Raises NotSealed."""
        self._sealed += sealed
        clear = bytearray()
        while len(self._sealed) > SEALED_SEGMENT:
            clear += self._segments.open(bytes(self._sealed[:SEALED_SEGMENT]), last=False)
            del self._sealed[:SEALED_SEGMENT]
        return self._without_type(clear)

    def end(self) -> bytes:
        """The clear bytes of the last segment. Raises NotSealed where the end was cut off."""
        return self._without_type(bytearray(self._segments.open(bytes(self._sealed), last=True)))

    def _without_type(self, clear: bytearray) -> bytes:
        if clear and not self.media_type:
            line, ended, rest = bytes(clear[: MOST_MEDIA_TYPE + 1]).partition(b"\n")
            if not (ended and line and line.isascii()):
                raise NotSealed("it says no media type")
            self.media_type = line.decode("ascii")
            return rest + bytes(clear[MOST_MEDIA_TYPE + 1 :])
        return bytes(clear)
