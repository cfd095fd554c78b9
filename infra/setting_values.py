"""How the value of a `HOSO_...` variable is read, or refused by the variable's name."""

from __future__ import annotations

import re
from collections.abc import Mapping

import psycopg
from psycopg.conninfo import conninfo_to_dict

MOST_ORIGIN = 100


class SettingError(ValueError):
    """A `HOSO_...` variable holds a value that cannot be used; the text says which, and what it must be."""


def language(environ: Mapping[str, str], name: str, default: str) -> str:
    text = environ.get(name, "").strip() or default
    if text not in ("vi", "en"):
        raise SettingError(f"{name} must be vi or en; it is {text!r}.")
    return text


def address(environ: Mapping[str, str], name: str) -> str:
    """Readable, or refused without repeating it: it may hold a password."""
    text = environ.get(name, "").strip()
    try:
        conninfo_to_dict(text)
    except psycopg.ProgrammingError:
        raise SettingError(
            f"{name} cannot be read as a database's address: write it like"
            " postgresql://hoso_app:PASSWORD@db.example/hoso, with %20 for a blank in it."
        ) from None
    return text


def place(environ: Mapping[str, str], name: str) -> str:
    """A folder or a bucket."""
    text = environ.get(name, "").strip()
    if "://" in text and not re.fullmatch(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9._/-]*)?", text):
        raise SettingError(
            f"{name} must be a folder or a bucket written like s3://papers/hoso (letters, digits, dots "
            f"and hyphens); it is {text!r}."
        )
    return text


def endpoint(environ: Mapping[str, str], name: str) -> str:
    """Refused without repeating it: it may hold a password."""
    text = environ.get(name, "").strip()
    if text and not re.fullmatch(r"https?://[A-Za-z0-9.:\[\]-]+/?", text):
        raise SettingError(
            f"{name} must be an address like https://s3.example or http://127.0.0.1:9000, "
            "without a path, a user or a password."
        )
    return text.rstrip("/")


def origin(environ: Mapping[str, str], name: str) -> str:
    text = environ.get(name, "").strip()
    if text and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*(:[0-9]{1,5})?(/[A-Za-z0-9._-]+)*", text):
        raise SettingError(
            f"{name} must be a name like hoso.bacninh.example/log (letters, digits, dots, hyphens and single "
            f"slashes, without https://); it is {text!r}."
        )
    if len(text) > MOST_ORIGIN:
        raise SettingError(f"{name} must have at most {MOST_ORIGIN} letters; it has {len(text)}.")
    return text


def yes(environ: Mapping[str, str], name: str) -> bool:
    text = environ.get(name, "").strip()
    if text not in ("", "yes", "no"):
        raise SettingError(f"{name} must be yes, no or empty; it is {text!r}.")
    return text == "yes"


def required(environ: Mapping[str, str], name: str) -> bool:
    text = environ.get(name, "").strip()
    if text not in ("", "reported", "required"):
        raise SettingError(f"{name} must be reported, required or empty; it is {text!r}.")
    return text == "required"


def whole(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 12 and int(text) > 0):
        raise SettingError(f"{name} must be a whole number of at least 1, such as {default}; it is {text!r}.")
    return int(text)


def between(environ: Mapping[str, str], name: str, default: float, least: float, most: float) -> float:
    text = environ.get(name, "").strip()
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not least <= value <= most:
        raise SettingError(
            f"{name} must be a number from {least:g} to {most:g}, such as {default:g}; it is {text!r}."
        )
    return value


def seconds(environ: Mapping[str, str], name: str, default: float) -> float:
    text = environ.get(name, "").strip()
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 60:
        raise SettingError(
            f"{name} must be a number of seconds from 0 to 60, such as {default}; it is {text!r}."
        )
    return value
