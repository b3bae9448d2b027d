"""The span model: where its spans lie, and which folders it refuses; with small random weights."""

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from tokenizers import Tokenizer
from transformers import BertConfig, BertForQuestionAnswering, BertModel

from corpus.text import normalize
from embeddings.model_folder import SHIPPED_FOLDER as ENCODER
from embeddings.types import ModelUnreadable
from qa.span_model import ScoredSpan, SpanModel, Text
from tests.corpus.writing import texts

QUESTION = "讲座由谁主持?"
CONTEXT = "北区图书馆工作报告;二、主要活动"
SAID = "全年举办讲座46场。其中,面向老年人的讲座18场,由退休教师陈立群主持。"
LONG = "".join(f"第{n}号阅览室全年开放{n * 3}天,接待读者{n * 71}人次。" for n in range(1, 60))


def tiny_config(words: int | None = None, positions: int = 512) -> BertConfig:
    """Two layers of 64, for the words of the shipped tokenizer where nothing else is said."""
    tokenizer = Tokenizer.from_file(str(ENCODER / "tokenizer.json"))
    return BertConfig(
        vocab_size=words or tokenizer.get_vocab_size(),
        max_position_embeddings=positions,
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        pad_token_id=1,
    )


def save(model: BertForQuestionAnswering | BertModel, folder: Path) -> Path:
    """Write a model and the shipped tokenizer into a folder, and return that."""
    model.save_pretrained(folder)
    shutil.copyfile(ENCODER / "tokenizer.json", folder / "tokenizer.json")
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a random reader, always the same one."""
    torch.manual_seed(5)
    return save(BertForQuestionAnswering(tiny_config()), tmp_path_factory.mktemp("reader"))


@pytest.fixture
def own(folder: Path, tmp_path: Path) -> Path:
    """A copy of the folder for one test alone."""
    return shutil.copytree(folder, tmp_path / "own")


@pytest.fixture(scope="module")
def model(folder: Path) -> SpanModel:
    """The random reader, loaded."""
    return SpanModel.load(folder)


def check_spans(spans: list[ScoredSpan], text: str, longest: int) -> None:
    """Assert that spans lie in the text, say something, are apart and come by their margin."""
    for one in spans:
        assert 0 <= one.span.start < one.span.end <= len(text)
        quote = text[slice(*one.span)]
        assert quote == quote.strip() != ""
        assert len(quote) <= longest
    places = sorted(one.span for one in spans)
    assert all(left.end <= right.start for left, right in pairwise(places))
    margins = [one.margin for one in spans]
    assert margins == sorted(margins, reverse=True)


@pytest.mark.parametrize("longest", [3, 300])
def test_spans_lie_in_the_text(model: SpanModel, longest: int) -> None:
    """In as many lists as there are texts, each with as many spans as asked for."""
    read = [Text(CONTEXT, SAID), Text("", SAID), Text(CONTEXT, LONG)]
    found = model.best_spans(QUESTION, read, longest, count=4)
    assert [len(spans) for spans in found] == [4, 4, 4]
    for text, spans in zip(read, found, strict=True):
        check_spans(spans, text.text, longest)


@settings(deadline=None, max_examples=30)
@given(question=texts, context=texts, text=texts)
def test_spans_lie_in_any_text(model: SpanModel, question: str, context: str, text: str) -> None:
    """Whatever is asked, and whatever stands above."""
    read = Text(normalize(context), normalize(text))
    (spans,) = model.best_spans(normalize(question), [read])
    check_spans(spans, text, 300)


def test_fewer_spans_are_the_best_ones(model: SpanModel) -> None:
    """How many are wanted does not change which."""
    (many,) = model.best_spans(QUESTION, [Text(CONTEXT, SAID)], count=5)
    assert model.best_spans(QUESTION, [Text(CONTEXT, SAID)], count=2) == [many[:2]]


def test_neither_question_nor_context_is_quoted(model: SpanModel) -> None:
    """However much longer than the text they are."""
    (spans,) = model.best_spans(LONG, [Text(LONG[:100], "46场")], count=9)
    assert spans
    check_spans(spans, "46场", 300)


def test_no_text_no_spans(model: SpanModel) -> None:
    """Nor from white space, and without any text nothing is read."""
    read = [Text("", ""), Text(CONTEXT, ""), Text(CONTEXT, " \n\u3000"), Text(CONTEXT, SAID)]
    assert [bool(spans) for spans in model.best_spans(QUESTION, read)] == [False] * 3 + [True]
    assert model.best_spans(QUESTION, []) == []


def test_a_long_text_is_read_to_its_end(model: SpanModel) -> None:
    """In several windows of tokens, whose spans are in characters of the whole text."""
    (spans,) = model.best_spans(QUESTION, [Text(CONTEXT, LONG)], longest=9, count=200)
    check_spans(spans, LONG, 9)
    quarters = {4 * one.span.start // len(LONG) for one in spans}
    assert quarters == {0, 1, 2, 3}


def test_offsets_hold_where_one_character_is_several_to_the_model(model: SpanModel) -> None:
    """The tokenizer reads ㍿ as four characters and blanks as one."""
    text = "㍿" * 20 + "   \n  " + SAID
    (spans,) = model.best_spans(QUESTION, [Text("", text)], longest=12, count=20)
    assert len(spans) > 3
    check_spans(spans, text, 12)


@pytest.mark.parametrize(
    "question",
    ["", "问" * 2000, "ﷺ" * 160, "㍿" * 70, "𠮷" * 500, "q " * 1000],
    ids=["empty", "long", "18 in one", "4 in one", "rare", "words"],
)
def test_no_question_is_too_long(model: SpanModel, question: str) -> None:
    """There is always room left for the text, also where one character becomes many tokens."""
    (spans,) = model.best_spans(question, [Text(CONTEXT, LONG)])
    assert spans
    check_spans(spans, LONG, 300)


def test_the_end_of_a_long_question_is_read(model: SpanModel) -> None:
    """What comes first may be an earlier question."""
    text = Text(CONTEXT, SAID)
    long, other, ending = (
        model.best_spans(question, [text])
        for question in ("甲" * 900 + "问" * 400, "乙" * 900 + "问" * 400, "问" * 1299 + "何")
    )
    assert long == other != ending


def test_threads_get_the_same(model: SpanModel) -> None:
    """Two questions at once, of unlike length, as each alone."""
    asked = [(QUESTION, [Text(CONTEXT, SAID)]), ("问" * 99, [Text("", LONG), Text("", SAID)])]
    alone = [model.best_spans(*one) for one in asked]
    with ThreadPoolExecutor(max_workers=2) as threads:
        beside = list(threads.map(lambda one: model.best_spans(*one), asked * 4))
    assert beside == alone * 4


def test_a_folder_read_twice_is_the_same_reader(model: SpanModel, own: Path) -> None:
    """Wherever it lies: fingerprint and spans are those of its files."""
    again = SpanModel.load(own)
    assert again.fingerprint == model.fingerprint
    text = [Text(CONTEXT, SAID)]
    assert again.best_spans(QUESTION, text) == model.best_spans(QUESTION, text)


def test_other_weights_have_another_fingerprint(model: SpanModel, tmp_path: Path) -> None:
    """So that nothing learnt of one reader is taken for another's."""
    torch.manual_seed(6)
    other = SpanModel.load(save(BertForQuestionAnswering(tiny_config()), tmp_path / "other"))
    assert other.fingerprint != model.fingerprint


def cut_off(folder: Path, name: str) -> None:
    """Leave half of a file."""
    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(whole[: len(whole) // 2])


def call_it_roberta(folder: Path, name: str) -> None:
    """Say in the configuration that the model is of another kind."""
    settings = json.loads((folder / name).read_text("utf-8"))
    (folder / name).write_text(json.dumps({**settings, "model_type": "roberta"}), "utf-8")


def empty_object(folder: Path, name: str) -> None:
    """Leave JSON that says nothing."""
    (folder / name).write_text("{}", "utf-8")


def remove(folder: Path, name: str) -> None:
    """Take a file away."""
    (folder / name).unlink()


@pytest.mark.parametrize(
    ("harm", "name"),
    [
        (remove, "config.json"),
        (remove, "model.safetensors"),
        (remove, "tokenizer.json"),
        (cut_off, "config.json"),
        (cut_off, "model.safetensors"),
        (cut_off, "tokenizer.json"),
        (empty_object, "config.json"),
        (empty_object, "tokenizer.json"),
        (call_it_roberta, "config.json"),
    ],
)
def test_a_harmed_folder_is_refused(
    own: Path, harm: Callable[[Path, str], None], name: str
) -> None:
    """In both languages, with the folder's name and what to do."""
    harm(own, name)
    with pytest.raises(
        ModelUnreadable, match=r"无法读取阅读模型.*WENJU_READER.*/ Could not"
    ) as told:
        SpanModel.load(own)
    assert str(told.value).count(str(own)) >= 2


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """As is a file in its place."""
    (tmp_path / "file").touch()
    for path in (tmp_path / "nowhere", tmp_path / "file", tmp_path):
        with pytest.raises(ModelUnreadable, match="WENJU_READER"):
            SpanModel.load(path)


def test_an_encoder_is_refused(tmp_path: Path) -> None:
    """It has no head; one made up by chance would quote by chance."""
    encoder = save(BertModel(tiny_config(), add_pooling_layer=False), tmp_path / "encoder")
    with pytest.raises(ModelUnreadable, match="qa_outputs"):
        SpanModel.load(encoder)


@pytest.mark.parametrize(
    "config", [tiny_config(positions=64), tiny_config(words=100)], ids=["positions", "words"]
)
def test_a_model_too_small_for_what_it_reads_is_refused(tmp_path: Path, config: BertConfig) -> None:
    """When it is loaded, not when the first long text comes."""
    small = save(BertForQuestionAnswering(config), tmp_path / "small")
    with pytest.raises(ModelUnreadable, match="words or"):
        SpanModel.load(small)


def test_text_under_its_context() -> None:
    """On a line of its own, where there is one."""
    assert (Text("甲", "乙").joined, Text("甲", "乙").first) == ("甲\n乙", 2)
    assert (Text("", "乙").joined, Text("", "乙").first) == ("乙", 0)
