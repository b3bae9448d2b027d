"""What a search returns: order, sentences, filters, and what each part of the fusion does."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace

import numpy as np
import pytest

from corpus.text import Segmenter
from corpus.types import Passage
from embeddings.fusion import Fusion
from embeddings.index import Contents, Index
from embeddings.types import FloatArray, Writable
from tests.contracts import check_encoder
from tests.fakes import BigramEncoder, make_contents, make_passage

PASSAGES = (
    make_passage("图书馆全年开放320天。接待读者12.6万人次。", id="north-1", title="2024年工作报告"),
    make_passage("全年举办讲座46场。由陈立群主持。", id="north-2", title="2024年工作报告"),
    make_passage("氨氮浓度为0.42毫克每升。水质达到三类标准。", id="river-1", title="水质简报"),
)
TWINS = tuple(
    make_passage("全年举办讲座46场。", id=f"twin-{number}", title="报告") for number in (1, 2, 3)
)


def make_index(passages: tuple[Passage, ...], segmenter: Segmenter) -> Index:
    """An index over these passages with the bigram encoder."""
    encoder = BigramEncoder(dimensions=1024)  # with fewer, texts this short are near by chance
    contents = make_contents(passages, encoder, segmenter)
    return Index("20250101T000000Z-00000000", contents, encoder, segmenter)


def test_the_fake_encoder_keeps_the_contract() -> None:
    """What holds for the tests' encoder holds for any."""
    check_encoder(BigramEncoder())


@pytest.fixture(scope="module")
def index(segmenter: Segmenter) -> Index:
    """Three passages of two reports."""
    return make_index(PASSAGES, segmenter)


@pytest.mark.parametrize(
    ("question", "passage", "sentence"),
    [
        ("接待了多少读者", "north-1", "接待读者12.6万人次。"),
        ("讲座由谁主持", "north-2", "由陈立群主持。"),
        ("氨氮濃度是多少", "river-1", "氨氮浓度为0.42毫克每升。"),
        ("讲座４６场", "north-2", "全年举办讲座46场。"),
    ],
    ids=["plain", "name", "traditional characters", "full width"],
)
def test_the_passage_and_its_best_sentence_come_first(
    index: Index, question: str, passage: str, sentence: str
) -> None:
    """However it is typed, a question finds its passage and the sentence in it."""
    best = index.search(question, k=3)[0]
    assert best.passage.id == passage
    assert best.passage.text[slice(*best.sentence)] == sentence


def test_a_hit_has_all_sentences_of_its_passage(index: Index) -> None:
    """Sentences come best first, the best one gives the hit its score, and none is missing."""
    for hit in index.search("讲座有多少场", k=3):
        scores = [sentence.score for sentence in hit.sentences]
        assert scores == sorted(scores, reverse=True)
        assert hit.score == scores[0]
        texts = {hit.passage.text[slice(*sentence.span)] for sentence in hit.sentences}
        assert texts == {text + "。" for text in hit.passage.text.split("。") if text}
        assert all(-1 <= sentence.similarity <= 1 for sentence in hit.sentences)


def test_hits_come_by_falling_score(index: Index) -> None:
    """Hits are ordered by score, and there are no more than passages."""
    scores = [hit.score for hit in index.search("图书馆的水质", k=100)]
    assert len(scores) == len(PASSAGES)
    assert scores == sorted(scores, reverse=True)


def test_equal_passages_come_by_id(segmenter: Segmenter) -> None:
    """Passages with the same text share a score and stay in the order of their ids."""
    hits = make_index(TWINS, segmenter).search("讲座", k=3)
    assert [hit.passage.id for hit in hits] == ["twin-1", "twin-2", "twin-3"]
    assert len({hit.score for hit in hits}) == 1


def test_same_question_same_hits(index: Index) -> None:
    """Searching is a function: nothing in it depends on chance or on earlier searches."""
    assert index.search("全年开放多少天", k=3) == index.search("全年开放多少天", k=3)


def test_many_threads_may_search_at_once(index: Index) -> None:
    """Questions asked at the same time get the hits that they get alone."""
    questions = ["讲座由谁主持", "氨氮浓度", "开放多少天", "水质"] * 10
    with ThreadPoolExecutor(max_workers=8) as pool:
        together = list(pool.map(lambda question: index.search(question, k=3), questions))
    assert together == [index.search(question, k=3) for question in questions]


@pytest.mark.parametrize("question", ["", "  \n", "\u3000"], ids=["empty", "blank", "wide blank"])
def test_a_blank_question_has_no_hits(index: Index, question: str) -> None:
    """Nothing asked, nothing found."""
    assert index.search(question, k=5) == []


@pytest.mark.parametrize("k", [0, -1])
def test_no_hits_wanted(index: Index, k: int) -> None:
    """Asking for no hits gives none."""
    assert index.search("讲座", k) == []


def test_only_the_chosen_documents_are_ranked(index: Index) -> None:
    """Passages of other documents are no hits, however well they fit."""
    hits = index.search("讲座由谁主持", k=5, documents=frozenset({"river"}))
    assert [hit.passage.id for hit in hits] == ["river-1"]
    assert index.search("讲座", k=5, documents=frozenset()) == []


def test_a_chosen_document_is_ranked_as_if_it_were_alone(segmenter: Segmenter) -> None:
    """The filter applies before ranking: what is left out does not change the order."""
    chosen = make_index(PASSAGES, segmenter).search("讲座", 5, documents=frozenset({"north"}))
    assert [hit.passage.id for hit in chosen] == ["north-2", "north-1"]


@pytest.mark.parametrize("part", ["plain", "contextual", "words", "bigrams"])
def test_each_part_of_the_fusion_can_be_left_alone(index: Index, part: str) -> None:
    """With all other weights at 0, one signal decides, and the clear case comes first."""
    nothing = {signal.name: 0.0 for signal in fields(Fusion)}
    alone = replace(index, fusion=Fusion(**{**nothing, part: 1.0}))
    assert alone.search("氨氮浓度为多少毫克每升", k=3)[0].passage.id == "river-1"


class NumpyVectors:
    """A `VectorIndex` of a matrix and nothing else."""

    def __init__(self, vectors: FloatArray) -> None:
        self.vectors = vectors

    def __len__(self) -> int:
        return len(self.vectors)

    def similarities(self, vector: FloatArray) -> FloatArray:
        """Return the dot product with each row."""
        return np.asarray(self.vectors @ vector, dtype=np.float32)

    def write(self, file: Writable) -> None:
        """Write the numbers as they are."""
        file.write(self.vectors.tobytes())


def test_any_vector_index_finds_the_same(index: Index) -> None:
    """FAISS is behind a seam: a matrix in its place gives the same passages."""
    plain, contextual = (
        NumpyVectors(vectors.vectors)
        for vectors in (index.contents.plain, index.contents.contextual)
    )
    other = replace(index, contents=replace(index.contents, plain=plain, contextual=contextual))
    for question in ("接待了多少读者", "水质达到几类", "谁主持讲座"):
        expected = [hit.passage.id for hit in index.search(question, k=3)]
        assert [hit.passage.id for hit in other.search(question, k=3)] == expected


@pytest.mark.parametrize("part", ["passages", "sentences", "keys"])
def test_parts_that_do_not_belong_together_are_refused(index: Index, part: str) -> None:
    """Contents of which a part has lost a row cannot be built."""
    contents: Contents = index.contents
    with pytest.raises(ValueError, match=r"differ in number|belong together"):
        replace(contents, **{part: getattr(contents, part)[:-1]})
