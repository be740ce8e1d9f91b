"""Settings: what is read, what overrides, and where every mistake stands."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pdpo_audit.errors import ExitCode, SettingsError
from pdpo_audit.settings import load


def write(folder: Path, text: str) -> Path:
    file = folder / "pdpo-audit.toml"
    file.write_text(text, "utf-8")
    return file


def test_every_mistake_is_told_with_its_line_and_a_suggestion(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        '[organisation]\nnam = "x"\n[[sources]]\nname = "a"\nuri = "/x"\n[[sources]]\nname = "b"\nuri = "/y"\n'
        'ownr = "c"\nexternal_facing = "maybe"\n[similarity]\nlevel = "neer"\n',
    )
    with pytest.raises(SettingsError) as caught:
        load(file, {})
    lines = caught.value.message.splitlines()
    assert [line.split(":")[1] for line in lines] == ["2", "9", "10", "12"]
    assert 'did you mean "name"?' in lines[0]
    assert 'did you mean "owner"?' in lines[1]
    assert 'did you mean "near"?' in lines[3]
    assert caught.value.exit_code is ExitCode.WRONG_CALL


def test_mistakes_in_faces_are_told_where_and_as_they_are_written(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r':2:1: faces\.scope: "some" is not one of') as caught:
        load(write(tmp_path, '[faces]\nscope = "some"\n[[people]]\nname = "Ho Mei"\n'), {})
    assert "people" not in str(caught.value)
    with pytest.raises(SettingsError, match=r':2:1: there is no setting "faces\.scop"; did you mean "scope"'):
        load(write(tmp_path, '[faces]\nscop = "all"\n'), {})


def test_people_and_the_face_pass_under_one_name_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load(write(tmp_path, '[people]\nscope = "all"\n[[people]]\nname = "Ho Mei"\n'), {})
    assert "[faces]" in caught.value.advice


def test_broken_toml_has_its_place(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"pdpo-audit\.toml:2:\d+: "):
        load(write(tmp_path, "[audit]\npurpose = \n"), {})


def test_names_of_sources_are_unique(tmp_path: Path) -> None:
    text = '[[sources]]\nname = "a"\nuri = "x"\n[[sources]]\nname = "a"\nuri = "y"\n'
    with pytest.raises(SettingsError, match="used twice: a"):
        load(write(tmp_path, text), {})


def test_variables_override_the_file(tmp_path: Path) -> None:
    file = write(tmp_path, '[people]\nscope = "all"\n[audit]\nauthorised_by = "A"\n')
    settings = load(file, {"PDPO_AUDIT_PEOPLE__SCOPE": "off", "PDPO_AUDIT_PASSPHRASE": "secret", "HOME": "/"})
    assert settings.people.scope == "off"
    assert settings.audit.authorised_by == "A"
    with pytest.raises(SettingsError, match=r"^PDPO_AUDIT_PEOPLE__SCOPE: people.scope"):
        load(file, {"PDPO_AUDIT_PEOPLE__SCOPE": "of"})


def test_facts_by_pattern_keep_their_dotted_names_and_types(tmp_path: Path) -> None:
    text = (
        '[[sources]]\nname = "a"\nuri = "x"\npurpose_ended_on = ""\n[[sources.facts]]\nmatch = "2023/**"\n'
        'campaign.ended_on = 2023-09-30\nrecord.class = "event_photo"\n'
    )
    source = load(write(tmp_path, text), {}).sources[0]
    assert source.purpose_ended_on is None
    assert source.facts[0].facts() == {"campaign.ended_on": date(2023, 9, 30), "record.class": "event_photo"}


def test_the_digest_follows_the_settings(tmp_path: Path) -> None:
    one = load(write(tmp_path, '[audit]\npurpose = "a"\n'), {})
    other = load(write(tmp_path, '[audit]\npurpose = "b"\n'), {})
    assert one.digest() != other.digest()
    assert one.digest() == load(write(tmp_path, '[audit]\npurpose = "a"\n'), {}).digest()
