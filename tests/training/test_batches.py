"""Examples as tokens, and tokens as batches."""

from random import Random

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from corpus.types import Span
from embeddings.model_folder import SHIPPED_FOLDER
from qa.evaluation import squeeze
from training.batches import Batch, Tokens, batches, tokens_of
from training.reading_sets import ReadingExample
from training.train_reader import LONGEST, tokenizer

_TEXT = "全年接待读者12.6万人次，比上年增长8%。讲座由退休教师陈立群主持，共46场。"
_PAD = 1
_WORDS = tokenizer(SHIPPED_FOLDER)  # hypothesis and fixtures of a function do not go together


def example(answer: str | None, context: str = "", text: str = _TEXT) -> ReadingExample:
    """An example with the answer where it first stands."""
    start = text.index(answer) if answer else 0
    span = Span(start, start + len(answer)) if answer else None
    return ReadingExample("接待了多少读者", context, text, span)


def said(row: Tokens) -> str:
    """The words of the answer's tokens."""
    return str(_WORDS.decode(row.ids[row.start : row.end + 1]))


@pytest.mark.parametrize(
    "context", ["", "北区图书馆2024年工作报告；一、基本情况"], ids=["bare", "context"]
)
@pytest.mark.parametrize("answer", ["全年", "12.6万人次", "8%", "退休教师陈立群", "共46场"])
def test_the_answers_tokens_say_the_answer(answer: str, context: str) -> None:
    """Wherever it stands, and whatever stands above the text."""
    row = tokens_of(_WORDS, example(answer, context))
    assert said(row) == answer
    assert row.start >= row.first


@given(data=st.data(), context=st.sampled_from(["", "报告", "2024年报告；一、概况"]))
@settings(max_examples=60, deadline=None)
def test_the_answers_tokens_hold_any_answer(data: st.DataObject, context: str) -> None:
    """An answer that ends inside a token gets that token whole."""
    text = data.draw(
        st.text(alphabet="全年接待读者人次增长，。 12.6%“”ab", min_size=1, max_size=40)
    )
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    row = tokens_of(_WORDS, ReadingExample("多少", context, text, Span(start, end)))
    assert squeeze(text[start:end]) in squeeze(said(row))
    assert row.start <= row.end < len(row.ids)


def test_no_answer_is_nowhere() -> None:
    """The first token stands for it."""
    row = tokens_of(_WORDS, example(None))
    assert (row.start, row.end) == (0, 0)


def test_an_answer_that_was_cut_off_is_nowhere() -> None:
    """A text longer than the model reads loses its end, and the answer with it."""
    row = tokens_of(_WORDS, example("终点", text="第一段。" * LONGEST + "终点"))
    assert len(row.ids) == LONGEST
    assert (row.start, row.end) == (0, 0)


def test_the_text_begins_after_question_and_context() -> None:
    """`first` is the token where the text begins."""
    row = tokens_of(_WORDS, example(None, context="北区图书馆"))
    assert _WORDS.decode(row.ids[row.first : -1]).lstrip() == _WORDS.decode(
        _WORDS.encode(_TEXT, add_special_tokens=False).ids
    )


def rows_of(lengths: list[int]) -> list[Tokens]:
    """Rows of these lengths, all tokens of a row being its number."""
    return [Tokens([n + 10] * length, 2, 2, 2) for n, length in enumerate(lengths)]


@given(
    lengths=st.lists(st.integers(3, 40), max_size=60),
    budget=st.integers(20, 200),
    seed=st.integers(0, 9),
)
@settings(max_examples=40, deadline=None)
def test_every_row_comes_once_within_the_budget(lengths: list[int], budget: int, seed: int) -> None:
    """Only a row that is longer than the budget exceeds it, alone."""
    made = list(batches(rows_of(lengths), budget, _PAD, Random(seed)))
    numbers = [number for batch in made for number in (batch.ids[:, 0] - 10).tolist()]
    assert sorted(numbers) == list(range(len(lengths)))
    assert all(batch.ids.numel() <= budget or len(batch.ids) == 1 for batch in made)


def test_many_rows_come_once_in_the_same_order_for_the_same_seed() -> None:
    """More rows than are sorted together: nothing is lost, little is padded, chance is fixed."""
    rows = rows_of([3 + n * 7 % 90 for n in range(1300)])
    first, again = (list(batches(rows, 900, _PAD, Random(3))) for _ in range(2))
    other = list(batches(rows, 900, _PAD, Random(4)))
    assert sum(len(batch.ids) for batch in first) == len(rows)
    assert all(torch.equal(a.ids, b.ids) for a, b in zip(first, again, strict=True))
    assert [len(b.ids) for b in first] != [len(b.ids) for b in other]
    padded = sum(batch.ids.numel() for batch in first)
    assert padded < 1.1 * sum(len(row.ids) for row in rows)


def one_batch() -> Batch:
    """Two rows of unlike length, an answer in one of them."""
    rows = [Tokens([5, 6, 7, 8, 9, 2], 3, 3, 4), Tokens([5, 6, 7, 2], 2, 0, 0)]
    (batch,) = batches(rows, 100, _PAD, Random(0))
    return batch


def test_padding_is_not_attended_to() -> None:
    """The shorter row is filled up, and answers stay with their rows."""
    batch = one_batch()
    assert batch.ids.tolist() == [[5, 6, 7, 2, _PAD, _PAD], [5, 6, 7, 8, 9, 2]]
    assert batch.attention.tolist() == [[1, 1, 1, 1, 0, 0], [1, 1, 1, 1, 1, 1]]
    assert (batch.start.tolist(), batch.end.tolist()) == ([0, 3], [0, 4])


def test_neither_question_nor_padding_is_quotable() -> None:
    """The first token is, for it stands for no answer, and so is the text."""
    quotable = one_batch().quotable.tolist()
    assert quotable[0][:3] == [True, False, True]
    assert quotable[0][4:] == [False, False]
    assert quotable[1][:5] == [True, False, False, True, True]


def test_the_closing_token_is_not_quotable() -> None:
    """It is no text: the reader never quotes it, so training must not score it either."""
    quotable = one_batch().quotable.tolist()
    assert (quotable[0][3], quotable[1][5]) == (False, False)


def test_no_rows_make_no_batch() -> None:
    """Nothing in, nothing out."""
    assert list(batches([], 100, _PAD, Random(0))) == []


def test_the_tokenizer_cuts_texts_and_not_questions(words: Tokenizer) -> None:
    """A question of usual length is whole in every row."""
    long = ReadingExample("接待了多少读者" * 5, "", _TEXT * 30, None)
    row = tokens_of(words, long)
    assert len(row.ids) == LONGEST
    assert words.decode(row.ids[: row.first]).count("接待了多少读者") == 5
