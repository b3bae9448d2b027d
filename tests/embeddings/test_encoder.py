"""The encoder: the shipped model's vectors, any other folder, and what an `Encoder` promises."""

import json
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Transformer
from sentence_transformers.sentence_transformer.modules import Pooling
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Split
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from embeddings.encoder import SentenceEncoder
from embeddings.model_folder import (
    SHIPPED_FOLDER,
    SHIPPED_NAME,
    ModelFolder,
    Prefixes,
    family_prefixes,
)
from embeddings.types import Encoder, ModelUnreadable
from tests.fakes import BigramEncoder

CHINESE = "北区图书馆全年接待读者12.6万人次，比上年增长8%。"
ENGLISH = "The northern library welcomed 126,000 readers over the year."
OTHERS = [
    "计划在下游增设两个自动监测站，预算为96万元。",
    "全年举办讲座46场，由退休教师陈立群主持。",
    "更换书架210组，新增自助借还机4台。",
]
# The first five numbers of each as a passage.
GOLDEN = {
    CHINESE: [-0.0197, -0.0138, 0.0016, 0.0250, 0.1418],
    ENGLISH: [0.0051, 0.0041, -0.0201, -0.0083, 0.0720],
}
TEXTS = [CHINESE, "短句", ENGLISH, *OTHERS, "很长的一段话，" * 15, "2024年"]


@pytest.fixture(scope="module")
def shipped() -> SentenceEncoder:
    """The encoder that comes with the project."""
    return SentenceEncoder.load()


@pytest.fixture(scope="module")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real sentence-transformers folder: a random two-layer BERT over single characters."""
    base = tmp_path_factory.mktemp("tiny-bert")
    characters = sorted(set("".join(TEXTS)))
    vocabulary = {piece: id_ for id_, piece in enumerate(["[PAD]", "[UNK]", *characters])}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Split("", "isolated")
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call] # transformers leaves it so
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", model_max_length=128
    ).save_pretrained(base)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=128,
    )
    BertModel(config).save_pretrained(base)
    folder = tmp_path_factory.mktemp("tiny-encoder") / "tiny"
    SentenceTransformer(
        modules=[Transformer(str(base)), Pooling(16)], device="cpu"
    ).save_pretrained(str(folder), create_model_card=False)
    return folder


@pytest.fixture(scope="module", params=["shipped", "tiny", "fake"])
def any_encoder(request: pytest.FixtureRequest, tiny_folder: Path) -> Encoder:
    """Each kind of encoder that the project or its tests use."""
    if request.param == "fake":
        return BigramEncoder()
    return SentenceEncoder.load(tiny_folder if request.param == "tiny" else None)


def cosine_order(encoder: Encoder, question: str, texts: Sequence[str]) -> list[str]:
    """The texts, the nearest to the question first."""
    scores = encoder.encode_passages(texts) @ encoder.encode_questions([question])[0]
    return [texts[row] for row in np.argsort(-scores)]


def test_encoder_contract_unit_rows(any_encoder: Encoder) -> None:
    """Any encoder gives one float32 unit row per text."""
    for vectors in (any_encoder.encode_questions(TEXTS), any_encoder.encode_passages(TEXTS)):
        assert vectors.shape == (len(TEXTS), any_encoder.dimensions)
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_encoder_contract_no_texts(any_encoder: Encoder) -> None:
    """No texts, no rows, but the right width."""
    assert any_encoder.encode_questions([]).shape == (0, any_encoder.dimensions)
    assert any_encoder.encode_passages([]).shape == (0, any_encoder.dimensions)


def test_encoder_contract_batches_do_not_matter(any_encoder: Encoder) -> None:
    """A text has the same vector alone, in company and in another order."""
    together = any_encoder.encode_passages(TEXTS * 5)
    alone = np.concatenate([any_encoder.encode_passages([text]) for text in TEXTS])
    np.testing.assert_allclose(together, np.tile(alone, (5, 1)), atol=1e-5)
    np.testing.assert_allclose(any_encoder.encode_passages(TEXTS[::-1]), alone[::-1], atol=1e-5)


def test_encoder_contract_tells_of_batches(any_encoder: Encoder) -> None:
    """The numbers told add up to all texts, in more than one step for many."""
    told: list[int] = []
    any_encoder.encode_passages(TEXTS * 5, on_batch=told.append)
    assert sum(told) == len(TEXTS) * 5
    assert len(told) > 1


def test_encoder_contract_has_a_name_and_a_fingerprint(any_encoder: Encoder) -> None:
    """The manifest of an index can name the encoder and tell it from others."""
    assert any_encoder.name
    assert len(any_encoder.fingerprint) == 16


@pytest.mark.parametrize("text", GOLDEN, ids=["chinese", "english"])
def test_shipped_vectors_stay_as_they_are(shipped: SentenceEncoder, text: str) -> None:
    """The shipped encoder gives the vectors it was released with."""
    (vector,) = shipped.encode_passages([text])
    np.testing.assert_allclose(vector[:5], GOLDEN[text], atol=1e-3)


def test_shipped_questions_and_passages_differ(shipped: SentenceEncoder) -> None:
    """E5 marks questions and passages apart, by the prompts in the shipped folder."""
    question, passage = (
        shipped.encode_questions([CHINESE])[0],
        shipped.encode_passages([CHINESE])[0],
    )
    assert 0.8 < question @ passage < 0.999


@pytest.mark.parametrize(
    "question",
    [
        "图书馆一年接待了多少读者？",
        "圖書館一年接待了多少讀者",
        "How many readers visited the library in a year?",
    ],
    ids=["simplified", "traditional", "english"],
)
def test_shipped_finds_the_evidence(shipped: SentenceEncoder, question: str) -> None:
    """However the question is written, its evidence is nearer than other sentences."""
    assert cosine_order(shipped, question, [*OTHERS, CHINESE])[0] == CHINESE


@pytest.mark.parametrize("name", ["wenju-encoder-zh-en-q4", "multilingual-e5-small-zh-en-q4"])
def test_the_shipped_model_is_found_by_name(name: str) -> None:
    """By today's, and by a former one, which an index from before an update still names."""
    assert ModelFolder.find(name) == ModelFolder.find()


def test_any_folder_loads_offline(tiny_folder: Path) -> None:
    """A saved sentence-transformers model works without the network, under its folder's name."""
    encoder = SentenceEncoder.load(tiny_folder)
    expected = SentenceTransformer(str(tiny_folder), device="cpu", local_files_only=True).encode(
        TEXTS, normalize_embeddings=True
    )
    assert encoder.name == str(tiny_folder)
    np.testing.assert_allclose(encoder.encode_passages(TEXTS), expected, atol=1e-5)


def test_a_model_is_found_again_by_its_name(
    tiny_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From another folder, where a relative path would lead elsewhere; the shipped one as well."""
    monkeypatch.chdir(tiny_folder.parent)
    name = ModelFolder.find(tiny_folder.name).name
    monkeypatch.chdir("/")
    assert ModelFolder.find(name).path == tiny_folder
    assert ModelFolder.find(SHIPPED_NAME) == ModelFolder.find()


def test_fingerprint_follows_the_content_not_the_place(tiny_folder: Path, tmp_path: Path) -> None:
    """A copied model is the same one; another pooling makes it another one."""
    original = SentenceEncoder.load(tiny_folder).fingerprint
    copy = shutil.copytree(tiny_folder, tmp_path / "elsewhere")
    assert SentenceEncoder.load(copy).fingerprint == original
    pooling = copy / "1_Pooling" / "config.json"
    pooling.write_text(json.dumps({"embedding_dimension": 16, "pooling_mode": "cls"}))
    assert SentenceEncoder.load(copy).fingerprint != original


def test_the_models_own_prompts_win(tiny_folder: Path, tmp_path: Path) -> None:
    """Prompts in the folder are used, whatever family its name tells of."""
    plain = SentenceEncoder.load(tiny_folder)
    copy = shutil.copytree(tiny_folder, tmp_path / "e5-like")
    settings = copy / "config_sentence_transformers.json"
    prompts = {"query": "读者", "document": "图书"}
    settings.write_text(json.dumps(json.loads(settings.read_text()) | {"prompts": prompts}))
    prompted = SentenceEncoder.load(copy)
    np.testing.assert_allclose(
        prompted.encode_questions(["接待"]), plain.encode_questions(["读者接待"]), atol=1e-5
    )
    np.testing.assert_allclose(
        prompted.encode_passages(["接待"]), plain.encode_passages(["图书接待"]), atol=1e-5
    )


@pytest.mark.parametrize(
    ("name", "question", "passage"),
    [
        ("intfloat/multilingual-e5-base", "query: ", "passage: "),
        ("/models/e5-small-v2", "query: ", "passage: "),
        ("BAAI/bge-small-zh-v1.5", "为这个句子生成表示以用于检索相关文章：", ""),
        ("BAAI/bge-m3", "", ""),
        ("thenlper/gte-large-zh", "", ""),
        ("moka-ai/m3e-base", "", ""),
        ("shibing624/text2vec-base-chinese", "", ""),
    ],
)
def test_families_have_their_prefixes(name: str, question: str, passage: str) -> None:
    """A name tells the family, and the family what goes before its texts."""
    assert family_prefixes(name) == Prefixes(question, passage)


def test_instructed_e5_has_a_task_before_questions_only() -> None:
    """The instructed models of the E5 family differ from the plain ones."""
    prefixes = family_prefixes("intfloat/multilingual-e5-large-instruct")
    assert prefixes.question.startswith("Instruct: ")
    assert prefixes.passage == ""


def test_a_missing_folder_says_what_to_do(tmp_path: Path) -> None:
    """A path that is not there is named, with the way out, in both languages."""
    with pytest.raises(ModelUnreadable, match=r"找不到模型.*Model not found"):
        SentenceEncoder.load(tmp_path / "nowhere")


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    """A folder without modules.json is no sentence-transformers model."""
    with pytest.raises(ModelUnreadable, match=r"no modules\.json"):
        SentenceEncoder.load(tmp_path)


def test_damaged_weights_are_refused(tiny_folder: Path, tmp_path: Path) -> None:
    """A truncated weights file is reported, not loaded in part."""
    copy = shutil.copytree(tiny_folder, tmp_path / "damaged")
    weights = copy / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(ModelUnreadable, match="无法读取模型"):
        SentenceEncoder.load(copy)


def test_threads_share_an_encoder() -> None:
    """Eight threads that encode at once, from the first call on, get what one would."""
    encoder = SentenceEncoder.load()
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(encoder.encode_passages, [OTHERS] * 8))
    expected = encoder.encode_passages(OTHERS)
    for result in results:
        np.testing.assert_allclose(result, expected, atol=1e-5)


def test_the_shipped_folder_is_the_default(shipped: SentenceEncoder) -> None:
    """Loading nothing and loading the shipped folder are the same but for the name."""
    assert SentenceEncoder.load(SHIPPED_FOLDER).fingerprint == shipped.fingerprint
