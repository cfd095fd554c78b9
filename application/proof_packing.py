"""Numbers, bytes and texts in a row: how the packed form of a proof is written (docs/proof-format.md).

A number is LEB128: seven bits a byte, the lowest first, the top bit set but in the last byte, and no byte
more than it takes.
"""

from __future__ import annotations

from typing import Final

LARGEST: Final = 2**63 - 1


class Packer:
    def __init__(self) -> None:
        self._packed = bytearray()

    def number(self, value: int) -> None:
        """0 to 2 ** 63 - 1."""
        assert 0 <= value <= LARGEST, value
        while value > 0x7F:
            self._packed.append(0x80 | value & 0x7F)
            value >>= 7
        self._packed.append(value)

    def raw(self, content: bytes) -> None:
        """Bytes whose number is known to who reads."""
        self._packed += content

    def sized(self, content: bytes) -> None:
        """Their number, then the bytes."""
        self.number(len(content))
        self.raw(content)

    def text(self, text: str) -> None:
        """The same of its UTF-8."""
        self.sized(text.encode())

    def packed(self) -> bytes:
        return bytes(self._packed)


class Unpacker:
    """Reads the same. All raise ValueError where there is too little, or more than there may be."""

    def __init__(self, packed: bytes) -> None:
        self._packed = packed
        self._place = 0

    def number(self, most: int = LARGEST) -> int:
        value = shift = 0
        while True:
            (byte,) = self.raw(1)
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
            shift += 7
            if shift > 63:
                raise ValueError("a number is too long")
        if value > most:
            raise ValueError(f"a number is {value}, at most {most} belongs there")
        return value

    def raw(self, count: int) -> bytes:
        found = self._packed[self._place : self._place + count]
        if len(found) != count:
            raise ValueError(f"it ends after {len(self._packed)} bytes, where something is still missing")
        self._place += count
        return found

    def sized(self, most: int) -> bytes:
        return self.raw(self.number(most))

    def text(self, most: int) -> str:
        return self.sized(most).decode("utf-8")

    def left(self) -> int:
        """How many bytes were not read."""
        return len(self._packed) - self._place
