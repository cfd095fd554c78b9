"""Is a certificate good? Answered from its file alone: no ledger, no database, no network.

The file must be byte for byte what its content gives, so a change of any byte is found. Whose a key is, the
file cannot say by itself: with a list of agencies' keys from elsewhere that is checked too, and without one
the answer says so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.agency_keys import PUBLIC_KEY_BYTES, decoded, key_id_of
from domain.certificate import FORMAT, SIGNATURE_BYTES, canonical, digest_of, list_digest, signed_bytes
from domain.refusals import Refused

FILE_FORMAT = "hoso.certificate-file.v1"
FILE_FIELDS = {"format", "document", "digest", "signatures"}
SIGNATURE_FIELDS = {"agency", "side", "key_id", "public_key", "signed_at", "signature"}
Json = dict[str, Any]
Verify = Callable[[bytes, bytes, bytes], bool]
"""Public key, signature, message: whether it is good."""


@dataclass(slots=True)
class Checked:
    """`problems`: why it is not valid, each a sentence; `remarks`: what was not checked; `signed`: how many
    good signatures there are of `required`."""

    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    signed: int = 0
    required: int = 0
    document: Json = field(default_factory=dict)

    @property
    def valid(self) -> bool:
        return not self.problems


def check(
    file: bytes,
    verify: Verify,
    *,
    dossiers: Iterable[UUID] | None = None,
    keys: Iterable[Mapping[str, Any]] | None = None,
) -> Checked:
    """`dossiers`: the ids that the certificate's list should be; `keys`: agencies' keys known from elsewhere
    (agency, key_id, public_key, from, withdrawn)."""
    checked = Checked()
    content = _read(file, checked)
    if content is None:
        return checked
    document = checked.document = content["document"]
    try:
        if digest_of(canonical(document)) != content["digest"]:
            checked.problems.append("the document is not the one that was signed: its digest differs")
        _signatures(content, verify, checked, _by_id(keys))
        if dossiers is not None:
            _list(document, dossiers, checked)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        checked.problems.append(f"the file lacks what a certificate has: {type(error).__name__} {error}")
    if keys is None:
        checked.remarks.append("whose the keys are was not checked: name a list of agencies' keys (--keys)")
    return checked


def _read(file: bytes, checked: Checked) -> Json | None:
    try:
        content = json.loads(file)
    except (ValueError, RecursionError) as error:
        checked.problems.append(f"the file cannot be read as JSON: {error}")
        return None
    if not isinstance(content, dict) or set(content) != FILE_FIELDS or content["format"] != FILE_FORMAT:
        checked.problems.append(f"the file is no {FILE_FORMAT}")
        return None
    if canonical(content) + b"\n" != file:
        checked.problems.append("the file was changed: its bytes are not those that its content gives")
    if not isinstance(content["document"], dict) or content["document"].get("format") != FORMAT:
        checked.problems.append(f"the document is no {FORMAT}")
        return None
    return content


def _by_id(keys: Iterable[Mapping[str, Any]] | None) -> dict[str, Mapping[str, Any]] | None:
    return None if keys is None else {key["key_id"]: key for key in keys}


def _signatures(
    content: Json, verify: Verify, checked: Checked, known: dict[str, Mapping[str, Any]] | None
) -> None:
    document = content["document"]
    listed = {(a["id"], a["side"]): a for a in document["agencies"]}
    required = {signer for signer, agency in listed.items() if agency["required"]}
    checked.required = len(required)
    good: set[tuple[str, str]] = set()
    for entry in content["signatures"]:
        signer = (entry["agency"], entry["side"])
        name = _named(listed, signer)
        wrong = _wrong(entry, content["digest"], verify)
        if signer not in listed:
            wrong = "the certificate does not list it"
        elif signer in good:
            wrong = "it stands twice"
        elif wrong is None and known is not None:
            wrong = _foreign(entry, known)
        if wrong:
            checked.problems.append(f"the signature of {name} is not good: {wrong}")
        else:
            good.add(signer)
    checked.signed = len(good & required)
    checked.problems += [f"{_named(listed, signer)} has not signed" for signer in sorted(required - good)]


def _wrong(entry: Json, digest: str, verify: Verify) -> str | None:
    if set(entry) != SIGNATURE_FIELDS:
        return "it has other fields than a signature"
    public = decoded(entry["public_key"], PUBLIC_KEY_BYTES)
    signature = decoded(entry["signature"], SIGNATURE_BYTES)
    if public is None or signature is None:
        return "key or signature cannot be read"
    try:
        if key_id_of(entry["public_key"]) != entry["key_id"]:
            return "the key's id is not the key's"
    except Refused:
        return "the key cannot be read"
    message = signed_bytes(digest, entry["agency"], entry["side"], entry["signed_at"])
    return None if verify(public, signature, message) else "it does not fit the document, the key or the time"


def _foreign(entry: Json, known: Mapping[str, Mapping[str, Any]]) -> str | None:
    key = known.get(entry["key_id"])
    if key is None or key["public_key"] != entry["public_key"]:
        return f"the key {entry['key_id']} is not in the list of keys"
    if key["agency"] != entry["agency"]:
        return f"the key {entry['key_id']} is another agency's"
    signed_at = datetime.fromisoformat(entry["signed_at"])
    if signed_at < datetime.fromisoformat(key["from"]):
        return f"the key {entry['key_id']} was named later"
    if key["withdrawn"] and signed_at >= datetime.fromisoformat(key["withdrawn"]):
        return f"the key {entry['key_id']} had been withdrawn"
    return None


def _list(document: Json, dossiers: Iterable[UUID], checked: Checked) -> None:
    ids = [dossier.bytes for dossier in dossiers]
    if len(ids) != document["dossiers"]:
        checked.problems.append(f"the list has {len(ids)} dossiers, the certificate {document['dossiers']}")
    if list_digest(ids) != document["list_digest"]:
        checked.problems.append("the list of dossiers is not the one that was signed: its digest differs")


def _named(listed: Mapping[tuple[str, str], Json], signer: tuple[str, str]) -> str:
    agency = listed.get(signer)
    return f"{agency['identifier']} ({signer[1]})" if agency else f"{signer[0]} ({signer[1]})"
