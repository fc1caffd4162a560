"""A folder of templates gives the texts of its ordinary files, and reads nothing else."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from briefings.adapters.template_folder import LARGEST_FILE, MOST_FILES, TemplateFolder, read_templates, stamp
from briefings.errors import BadInput, Problem

TEXT = "{{ item.lead }} ü"


def test_files_are_read_in_subfolders_too(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "story.html.j2").write_text(TEXT)
    (tmp_path / "parts" / "head.txt").write_text("")
    assert read_templates(tmp_path) == TemplateFolder({"story.html.j2": TEXT, "parts/head.txt": ""}, {})


def test_hidden_files_are_not_read(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text("x")
    (tmp_path / ".story.html.j2.swp").write_text("x")
    assert read_templates(tmp_path) == TemplateFolder()
    assert stamp(tmp_path) == ()


def test_the_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "story.html.j2").write_text(TEXT)
    (tmp_path / "link").symlink_to("real")
    assert read_templates(tmp_path / "link").files == {"story.html.j2": TEXT}


@pytest.mark.parametrize("target", ["/etc/passwd", "end.html.j2", "nowhere", "story.html.j2", "..", "/dev/zero"])
def test_a_link_in_the_folder_is_refused(tmp_path: Path, target: str) -> None:
    (tmp_path / "end.html.j2").write_text(TEXT)
    (tmp_path / "story.html.j2").symlink_to(target)
    folder = read_templates(tmp_path)
    assert folder.files == {"end.html.j2": TEXT}
    assert folder.refused == {"story.html.j2": Problem("template-is-link")}


def test_a_pipe_and_a_socket_are_refused_and_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "story.html.j2")
    monkeypatch.chdir(tmp_path)  # the address of a socket is short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("end.html.j2")
        folder = read_templates(tmp_path)
    assert folder.refused == dict.fromkeys(("story.html.j2", "end.html.j2"), Problem("template-not-file"))


def test_a_folder_in_place_of_a_template_is_no_template(tmp_path: Path) -> None:
    (tmp_path / "story.html.j2").mkdir()
    assert read_templates(tmp_path).files == {}


def test_a_file_of_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "story.html.j2").write_bytes(b"\xff\xfe{{")
    assert read_templates(tmp_path).refused == {"story.html.j2": Problem("not-utf-8")}


@pytest.mark.parametrize(("size", "is_read"), [(LARGEST_FILE, True), (LARGEST_FILE + 1, False), (10**12, False)])
def test_a_file_that_is_too_long_is_refused(tmp_path: Path, size: int, is_read: bool) -> None:
    (tmp_path / "story.html.j2").touch()
    os.truncate(tmp_path / "story.html.j2", size)
    folder = read_templates(tmp_path)
    assert (set(folder.files), set(folder.refused)) == (
        ({"story.html.j2"}, set()) if is_read else (set(), {"story.html.j2"})
    )


def test_a_folder_that_is_too_full_is_refused(tmp_path: Path) -> None:
    for number in range(MOST_FILES):
        (tmp_path / f"{number}").touch()
    assert len(read_templates(tmp_path).files) == MOST_FILES
    (tmp_path / "more").touch()
    for look in (read_templates, stamp):
        with pytest.raises(BadInput) as raised:
            look(tmp_path)
        assert raised.value.problem == Problem("folder-too-full", {"most": MOST_FILES})


def test_a_folder_that_is_gone_is_named(tmp_path: Path) -> None:
    for look in (read_templates, stamp):
        with pytest.raises(BadInput) as raised:
            look(tmp_path / "gone")
        assert raised.value.problem == Problem("folder-unreadable", {"cause": "no such file or directory"})


@pytest.mark.parametrize("change", ["text", "new", "gone", "link"])
def test_the_stamp_changes_with_the_folder(tmp_path: Path, change: str) -> None:
    (tmp_path / "parts").mkdir()
    part = tmp_path / "parts" / "head"
    part.write_text("head")
    before = stamp(tmp_path)
    assert stamp(tmp_path) == before
    if change == "text":
        part.write_text("longer")
    elif change == "new":
        (tmp_path / "parts" / "foot").touch()
    else:
        part.unlink()
        if change == "link":
            part.symlink_to("foot")
    assert stamp(tmp_path) != before
