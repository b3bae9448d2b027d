"""BM25 over postings against BM25 written down naively."""

import io
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.keywords import Keywords

ROWS = [["水质", "监测", "水质"], ["监测", "站"], [], ["图书馆", "讲座", "讲座", "讲座", "读者"]]

tokens = st.lists(st.sampled_from(["水", "河", "站", "年", "a", "2025"]), max_size=12)


def written(keywords: Keywords) -> bytes:
    """What an index writes to its file."""
    file = io.BytesIO()
    keywords.write(file)
    return file.getvalue()


def naive_scores(rows: list[list[str]], question: list[str]) -> list[float]:
    """BM25 of each row, token by token as the textbook has it."""
    mean_length = sum(map(len, rows)) / len(rows) or 1.0
    scores = [0.0] * len(rows)
    for token in question:
        held = sum(token in row for row in rows)
        idf = math.log(1 + (len(rows) - held + 0.5) / (held + 0.5))
        for number, row in enumerate(rows):
            f, length_factor = row.count(token), 1 - 0.75 + 0.75 * len(row) / mean_length
            scores[number] += idf * f * (1.5 + 1) / (f + 1.5 * length_factor)
    return scores


@given(st.lists(tokens, min_size=1, max_size=8), tokens)
def test_scores_are_the_naive_ones(rows: list[list[str]], question: list[str]) -> None:
    """Any rows and any question score as by the formula."""
    found = Keywords.build(rows).scores(question)
    np.testing.assert_allclose(found, naive_scores(rows, question), rtol=1e-5)


def test_rows_without_the_tokens_score_nothing() -> None:
    """Only rows that hold a token of the question score above 0."""
    found = Keywords.build(ROWS).scores(["水质", "没有这个词"])
    assert found.dtype == np.float32
    assert (found > 0).tolist() == [True, False, False, False]


def test_idf_falls_with_the_rows_that_hold_the_token() -> None:
    """Rare tokens weigh more than common ones, unknown ones the most, none below 0."""
    keywords = Keywords.build(ROWS)
    weights = [keywords.idf(token) for token in ("没有", "水质", "监测")]
    assert weights == sorted(weights, reverse=True)
    assert Keywords.build([["年"]] * 5).idf("年") > 0


@given(st.lists(tokens, max_size=8), st.lists(tokens | st.integers(0, 7), max_size=8))
def test_updated_postings_are_those_of_a_fresh_build(
    before: list[list[str]], after: list[list[str] | int]
) -> None:
    """Rows kept, dropped, moved and new ones between them: bytes and all."""
    origins, rows, free = [], [], set(range(len(before)))
    for row in after:
        kept = row if isinstance(row, int) and row in free else -1
        free.discard(kept)
        origins.append(kept)
        rows.append(before[kept] if kept >= 0 else row if isinstance(row, list) else ["新"])
    new = [row for origin, row in zip(origins, rows, strict=True) if origin < 0]
    updated = Keywords.build(before).updated(np.array(origins, dtype=np.int64), new)
    assert written(updated) == written(Keywords.build(rows))


@pytest.mark.parametrize("rows", [[], [[]], ROWS], ids=["none", "one empty", "some"])
def test_bytes_round_trip(rows: list[list[str]]) -> None:
    """Keywords read back score the same and give the same bytes again."""
    keywords = Keywords.build(rows)
    again = Keywords.read(io.BytesIO(written(keywords)))
    assert len(again) == len(rows)
    assert again.vocabulary == keywords.vocabulary
    assert again.scores(["监测", "讲座"]).tolist() == keywords.scores(["监测", "讲座"]).tolist()
    assert written(again) == written(keywords)


def test_tokens_with_odd_characters_survive() -> None:
    """Line ends, quotes and rare ideographs in a token do not disturb the vocabulary."""
    rows = [["a\nb", '"', "𠮷", "\u2028"]]
    assert Keywords.read(io.BytesIO(written(Keywords.build(rows)))).vocabulary == dict(
        zip(sorted(rows[0]), range(4), strict=True)
    )
