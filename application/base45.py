"""Bytes as the 45 characters that a QR code holds best (RFC 9285): two bytes in three characters."""

from __future__ import annotations

from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES: Final = {letter: value for value, letter in enumerate(ALPHABET)}


def encode(content: bytes) -> str:
    found: list[str] = []
    for place in range(0, len(content), 2):
        pair = content[place : place + 2]
        value = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            value, letter = divmod(value, 45)
            found.append(ALPHABET[letter])
    return "".join(found)


def decode(text: str) -> bytes:
    """Raises ValueError for anything that `encode` does not write."""
    found = bytearray()
    for place in range(0, len(text), 3):
        letters = text[place : place + 3]
        if len(letters) == 1 or any(letter not in _VALUES for letter in letters):
            raise ValueError(f"{letters!r} at character {place + 1} is no base45")
        value = sum(_VALUES[letter] * 45**power for power, letter in enumerate(letters))
        if value >= 1 << 8 * (len(letters) - 1):
            raise ValueError(f"{letters!r} at character {place + 1} is no base45")
        found += value.to_bytes(len(letters) - 1, "big")
    return bytes(found)
