"""The audit where files or their whole store are missing: one finding for each, and the log is audited on."""

from __future__ import annotations

import shutil
from dataclasses import replace

from application.file_ports import FilesUnavailable
from application.files import Files
from infra.file_folder import FileFolder
from interfaces.cli.audit_said import done
from tests.office.asked_papers import BIRTH, a_file, both_published, do, filed
from tests.office.test_audit_finds import only, tamper
from tests.office.world import Office


class DeadStore(FileFolder):
    """A bucket that does not answer, as far as the audit can tell."""

    async def look(self, *, used: bool) -> None:
        raise FilesUnavailable("the bucket s3://papers does not answer: start the service")


async def named_twice(office: Office) -> str:
    """A file that two facts name, the dossier's and the store's, beside another."""
    await both_published(office)
    owner = await office.applicant()
    code = await filed(office, owner, BIRTH, "to-khai")
    twice, other = await a_file(office, owner), await a_file(office, owner)
    for paper, file in (("khai-sinh", twice), ("to-khai", other)):
        await do(office, code, "upload-component", component=paper, file=file)
    await do(office, code, "accept")  # keeps the one that is of a kind
    return twice


def folder_of(files: Files) -> FileFolder:
    assert isinstance(files.store, FileFolder)
    return files.store


async def test_an_unreachable_store_is_one_finding_and_the_log_is_audited_on(damaged_office: Office) -> None:
    await named_twice(damaged_office)
    damaged_office.files = replace(
        damaged_office.files, store=DeadStore(folder_of(damaged_office.files).root)
    )
    tamper(
        damaged_office,
        "UPDATE event SET payload = set_byte(payload, 40, get_byte(payload, 40) # 1)"
        " WHERE position = (SELECT max(position) FROM event)",
    )
    found = await damaged_office.audited()
    assert only(found, "file") == [
        "the files were not looked at: the bucket s3://papers does not answer: start the service"
    ]
    assert only(found, "leaf")
    assert done(found).code == 1
    assert "Stop recording" in done(found).sentence


async def test_a_file_that_several_facts_name_is_one_finding(damaged_office: Office) -> None:
    file = await named_twice(damaged_office)
    await folder_of(damaged_office.files).remove(file)
    found = await damaged_office.audited()
    (says,) = only(found, "file")
    assert says.endswith(f"names the file {file}, as one more does; the file store does not have it")


async def test_where_only_files_are_missing_nobody_is_told_to_stop_recording(damaged_office: Office) -> None:
    file = await named_twice(damaged_office)
    await folder_of(damaged_office.files).remove(file)
    said = done(await damaged_office.audited())
    assert said.code == 1
    assert "Look at HOSO_FILES first" in said.sentence
    assert "Stop recording" not in said.sentence


async def test_a_store_that_was_never_made_is_one_sentence_however_many_facts_name_files(
    damaged_office: Office,
) -> None:
    await named_twice(damaged_office)
    shutil.rmtree(folder_of(damaged_office.files).root)
    (says,) = only(await damaged_office.audited(), "file")
    assert "there is no folder" in says
    assert "correct HOSO_FILES" in says
    folder_of(damaged_office.files).root.mkdir()
