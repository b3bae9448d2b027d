"""A smaller encoder learns the vectors of the larger one."""

from itertools import islice
from pathlib import Path
from random import Random

import torch
from tokenizers import Tokenizer

from training import distil_encoder, train_encoder
from training.distil_data import other_texts, reading_texts, report_texts
from training.distil_encoder import Pupil, batches, centre_of, smaller, steps
from training.loop import Trainer

TEXTS = [f"passage: 第{n}项工程完成土方{n * 37}立方米。" * (1 + n % 3) for n in range(40)]


def test_some_layers_stay(tiny_encoder: Path) -> None:
    """They are those asked for, and the embeddings learn nothing."""
    large = train_encoder.encoder(tiny_encoder)
    small = smaller(tiny_encoder, [1])
    assert small.config.num_hidden_layers == 1
    kept, there = small.encoder.layer[0].state_dict(), large.encoder.layer[1].state_dict()
    assert all(torch.equal(kept[name], there[name]) for name in there)
    assert not any(p.requires_grad for p in small.embeddings.parameters())


def test_every_text_comes_once_within_the_budget(words: Tokenizer) -> None:
    """Those of like length stand together."""
    found = list(batches(words, TEXTS, 200, Random(0)))
    assert sum(len(batch.ids) for batch in found) == len(TEXTS)
    assert max(batch.ids.numel() for batch in found) <= 200
    assert len(found) > 3


def test_a_model_that_is_the_same_has_nothing_to_learn(
    tiny_encoder: Path, words: Tokenizer
) -> None:
    """The loss counts from 0, whatever the centre."""
    large, same = train_encoder.encoder(tiny_encoder), smaller(tiny_encoder, [0, 1])
    centre = centre_of(large, words, TEXTS, Random(0))
    batch = next(batches(words, TEXTS, 200, Random(0)))
    assert Pupil(same, large, centre).loss_of(batch).item() < 1e-4


def test_the_layers_that_stay_learn(tiny_encoder: Path, words: Tokenizer, tmp_path: Path) -> None:
    """Two steps are taken and written; a layer is gone from the folder."""
    large = train_encoder.encoder(tiny_encoder).requires_grad_(False)
    pupil = Pupil(smaller(tiny_encoder, [0]), large, centre_of(large, words, TEXTS, Random(0)))
    name = "encoder.layer.0.output.dense.weight"
    before = pupil.small.get_parameter(name).clone()
    trainer = Trainer(pupil.small, distil_encoder.PLAN, tmp_path)
    trainer.run(islice(steps(words, TEXTS, distil_encoder.PLAN), 2), pupil.loss_of)
    assert not torch.equal(before, pupil.small.get_parameter(name))
    assert len(train_encoder.encoder(tmp_path).encoder.layer) == 1


def test_texts_of_every_source(reading_set: Path, tmp_path: Path) -> None:
    """Sentences, questions, and lines of running text; each with its words, nothing twice."""
    questions, sentences = reading_texts([reading_set], Random(0))
    assert "桥有多宽?" in questions
    assert any("桥建于1912年" in sentence for sentence in sentences)
    assert len(set(sentences)) == len(sentences)
    path = tmp_path / "other.txt"
    path.write_text("A heading\nThis line is long enough to be read.\n", encoding="utf-8")
    assert other_texts([path]) == ["this line is long enough to be read."]
    asked, said = report_texts(Path(__file__).parents[2] / "training/data/p")
    assert len(asked) > 100
    assert len(said) > 500
