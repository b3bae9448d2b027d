"""What a service knows of the folders it was opened on."""

import shutil

from api.wiring import Service


def test_an_index_of_the_same_reports_tells_of_no_changes(service: Service) -> None:
    """Nothing to run where the index holds what the folder holds."""
    assert service.changes() == ""


def test_changed_reports_are_told_with_the_command_to_run(service: Service) -> None:
    """A report added, and one edited: the index answers from what was there before."""
    (service.settings.corpus / "new.txt").write_text("新报告\n全年植树300棵。", "utf-8")
    assert "wenju rebuild" in service.changes()


def test_a_corpus_folder_gone_is_told(service: Service) -> None:
    """The index still answers; the message says that its reports cannot be found."""
    shutil.rmtree(service.settings.corpus)
    assert "--corpus" in service.changes()
