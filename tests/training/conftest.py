"""What the tests of training share: a tiny model, and a tiny folder of reports behind a fake."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

from corpus.splitter import split
from corpus.text import Segmenter
from embeddings.index import Index
from embeddings.model_folder import SHIPPED_FOLDER
from qa.evaluation import GoldQuestion
from tests.fakes import BigramEncoder, make_contents, make_document
from training.folders import Folder
from training.train_reader import tokenizer

_OTHER_LINES = "".join(f"（{n}）第{n}项工程完成土方{n * 37}立方米。\n" for n in range(2, 40))
REPORTS = {
    year: (
        f"青湾港务局{year}年工作报告\n"
        "一、生产情况\n"
        f"全年完成货物吞吐量{tons}万吨，比上年增长{rise}%。受台风影响，停产{days}天。\n"
        "二、主要工作\n"
        "（一）设备更新，包括：\n"
        "1. 更换岸桥两台；\n"
        f"2. 新购拖轮{tugs}艘；\n"
        "3. 改造堆场照明。\n"
        f"{_OTHER_LINES}"
    )
    for year, tons, rise, days, tugs in ((2021, 318, 4.1, 6, 2), (2022, 342, 7.5, 11, 3))
}
LIST = "1. 更换岸桥两台；\n2. 新购拖轮3艘；\n3. 改造堆场照明。"
QUESTIONS = (
    GoldQuestion(
        id="x-1",
        question="青湾港2022年吞吐量多少",
        type="number",
        answers=("342万吨", "完成货物吞吐量342万吨"),
        evidence="全年完成货物吞吐量342万吨，比上年增长7.5%。",
        doc="harbour-2022.txt",
    ),
    GoldQuestion(
        id="x-2",
        question="那停了几天",
        type="followup",
        answers=("6天",),
        evidence="受台风影响，停产6天。",
        doc="harbour-2021.txt",
        context_turns=("青湾港2021年受台风影响吗",),
    ),
    GoldQuestion(
        id="x-3",
        question="22年青湾港换了哪些设备",
        type="list",
        answers=(LIST,),
        evidence=LIST,
        doc="harbour-2022.txt",
    ),
    GoldQuestion(id="x-4", question="青湾港2022年利润多少", type="unanswerable", answers=()),
)


def _reading_set() -> dict[str, object]:
    """Two paragraphs in SQuAD's form: one question answered, one not."""
    text = "山脚下有一座石桥。桥建于1912年，由村民集资。桥长二十米。如今已经停用。"
    asked = {"question": "橋是哪一年建的？", "answers": [{"text": "1912年", "answer_start": 12}]}
    unanswered: dict[str, object] = {"question": "桥有多宽？", "answers": []}
    paragraph = {"context": text, "qas": [asked, unanswered]}
    return {"data": [{"title": "石桥", "paragraphs": [paragraph] * 8}]}


@pytest.fixture(scope="session")
def words() -> Tokenizer:
    """The shipped tokenizer, as the reader is trained with it."""
    return tokenizer(SHIPPED_FOLDER)


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory, words: Tokenizer) -> Path:
    """The folder of a random BERT of two narrow layers, with the shipped tokenizer."""
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=words.get_vocab_size(),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        pad_token_id=1,
    )
    folder = tmp_path_factory.mktemp("tiny")
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    shutil.copyfile(SHIPPED_FOLDER / "tokenizer.json", folder / "tokenizer.json")
    return folder


@pytest.fixture(scope="session")
def harbour(segmenter: Segmenter) -> Folder:
    """Two sibling reports with four questions, behind the fake encoder."""
    documents = [
        make_document(text, id=f"harbour-{year}", title=text.partition("\n")[0])
        for year, text in REPORTS.items()
    ]
    passages = sorted((p for d in documents for p in split(d)), key=lambda passage: passage.id)
    encoder = BigramEncoder(dimensions=1024)  # with fewer, texts this short are near by chance
    contents = make_contents(passages, encoder, segmenter)
    return Folder("harbour", Index("version", contents, encoder, segmenter), QUESTIONS)


@pytest.fixture
def reading_set(tmp_path: Path) -> Path:
    """A file of sixteen questions over one paragraph, half of them unanswerable."""
    path = tmp_path / "bridge.json"
    path.write_text(json.dumps(_reading_set(), ensure_ascii=False), encoding="utf-8")
    return path
