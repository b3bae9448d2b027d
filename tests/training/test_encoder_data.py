"""Questions with the sentences that answer them: what the encoder learns from."""

from pathlib import Path
from random import Random

from corpus.text import normalize
from tests.training.conftest import QUESTIONS, REPORTS
from training.encoder_data import Pair, batches_of, folder_pairs, reading_pairs
from training.folders import Folder

_NEGATIVES = 2


def drawn(folder: Folder, passes: int = 4, seed: int = 0) -> list[tuple[int, Pair]]:
    """All pairs of a folder with the numbers of their passes."""
    return list(folder_pairs(folder, Random(seed), passes, _NEGATIVES))


def short(pairs: list[tuple[int, Pair]]) -> list[tuple[int, Pair]]:
    """Those of the questions that one sentence answers."""
    return [(number, pair) for number, pair in pairs if "设备" not in pair.question]


def test_every_answerable_question_has_a_pair_in_every_pass(harbour: Folder) -> None:
    """Unanswerable ones have nothing to be near to."""
    numbers = [number for number, _ in short(drawn(harbour))]
    assert sorted(numbers) == sorted([*range(4)] * 2)


def test_an_enumeration_over_several_lines_has_a_pair(harbour: Folder) -> None:
    """No sentence holds all of it; any of its lines is what the question should find."""
    pairs = [pair for _, pair in drawn(harbour) if "设备" in pair.question]
    assert pairs
    lines = normalize(QUESTIONS[2].evidence).splitlines()
    assert all(pair.positive.rstrip().endswith(tuple(lines)) for pair in pairs)


def test_the_positive_holds_the_answer_and_no_negative_does(harbour: Folder) -> None:
    """For every question and pass, whatever is drawn."""
    for seed in range(4):
        for number, pair in short(drawn(harbour, seed=seed)):
            question = QUESTIONS[0] if "吞吐量" in pair.question else QUESTIONS[1]
            assert question.answers[0] in pair.positive, number
            assert len(pair.negatives) == _NEGATIVES
            assert pair.positive not in pair.negatives
            assert not any(a in text for a in question.answers for text in pair.negatives)


def test_sentences_stand_alone_in_every_other_pass(harbour: Folder) -> None:
    """In the others they stand after their title."""
    titles = tuple(f"{normalize(text.partition(chr(10))[0])} " for text in REPORTS.values())
    for number, pair in drawn(harbour):
        titled = {text.startswith(titles) for text in (pair.positive, *pair.negatives)}
        assert titled == {number % 2 == 1}


def test_alone_only_the_same_report_is_wrong(harbour: Folder) -> None:
    """Without its title, the sibling's sentence would be as right."""
    own = {2021: normalize(REPORTS[2021]), 2022: normalize(REPORTS[2022])}
    for number, pair in short(drawn(harbour)):
        if number % 2 == 0:
            year = 2022 if "吞吐量" in pair.question else 2021
            assert all(text in own[year] for text in pair.negatives)


def test_a_reading_pair_has_the_sentence_that_answers(reading_set: Path) -> None:
    """Questions without an answer are left out; half of the pairs have the title."""
    pairs = reading_pairs([reading_set], Random(0))
    assert len(pairs) == 8
    assert {pair.positive.removeprefix("石桥 ") for pair in pairs} == {"桥建于1912年,由村民集资。"}
    assert {pair.positive.startswith("石桥 ") for pair in pairs} == {True, False}
    assert all("1912年" not in text for pair in pairs for text in pair.negatives)


def test_batches_hold_every_pair_once() -> None:
    """In an order of chance that the seed decides."""
    pairs = [Pair(str(n), "", ()) for n in range(10)]
    groups = list(batches_of(pairs, 4, Random(1)))
    assert [len(group) for group in groups] == [4, 4, 2]
    assert sorted(int(pair.question) for group in groups for pair in group) == list(range(10))
    assert groups == list(batches_of(pairs, 4, Random(1)))
    assert groups != list(batches_of(pairs, 4, Random(2)))
