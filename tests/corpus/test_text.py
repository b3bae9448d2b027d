"""Characters, bigrams and words."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.text import Segmenter, bigrams, lines, normalize, trimmed
from corpus.types import Span
from tests.corpus.writing import SIMPLIFIED, TRADITIONAL, texts


def test_normalize_keeps_length_for_every_code_point() -> None:
    """No character of Unicode becomes two or none, and a second pass changes nothing."""
    everything = "".join(map(chr, range(0x110000)))
    once = normalize(everything)
    assert len(once) == len(everything)
    assert normalize(once) == once


@given(st.text(alphabet=st.characters()))
def test_normalize_works_character_by_character(text: str) -> None:
    """A text is normalised as its characters are, lone surrogates included."""
    assert normalize(text) == "".join(map(normalize, text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("２０２５年ＡＢＣ", "2025年abc"),
        ("（一）％，：；！？", "(一)%,:;!?"),
        ("“甲”‘乙’「丙」『丁』", '"甲"\'乙\'"丙""丁"'),
        ("學習型城市網絡", "学习型城市网络"),
        ("大衛‧阿喬雷納－羅", "大卫·阿乔雷纳-罗"),
        ("a\u3000b\u00a0c", "a b c"),
        ("⼀⼈", "一人"),
        ("①②", "①②"),
        ("㎡…İ", "㎡…İ"),
        ("。、《》", "。、《》"),
    ],
    ids=[
        "full-width",
        "punctuation",
        "quotes",
        "traditional",
        "names",
        "spaces",
        "radicals",
        "circled-stay",
        "longer-forms-stay",
        "chinese-marks-stay",
    ],
)
def test_normalize_folds(text: str, expected: str) -> None:
    """Each kind of variant becomes the form it is matched by."""
    assert normalize(text) == expected


def test_normalize_makes_both_scripts_one() -> None:
    """The same paragraph in traditional characters matches the simplified one."""
    assert normalize(TRADITIONAL) == normalize(SIMPLIFIED)


@given(texts)
def test_lines_join_back(text: str) -> None:
    """The lines give back the text they were cut from."""
    assert "".join(text[start:end] for start, end in lines(text)) == text


@given(texts, st.data())
def test_trimmed_is_strip(text: str, data: st.DataObject) -> None:
    """A trimmed span holds what strip() leaves, inside the span."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    inner = trimmed(text, Span(start, end))
    assert text[inner.start : inner.end] == text[start:end].strip()
    assert start <= inner.start <= inner.end <= end


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("學習型城市", ["学习", "习型", "型城", "城市"]),
        ("是", ["是"]),
        ("2025年增长8.2%", ["2025", "年增", "增长", "8.2%"]),
        ("GNLC 和UIL", ["gnlc", "和", "uil"]),
        ("总额1,863.4亿元。", ["总额", "1,863.4", "亿元"]),
        ("——，。 ", []),
        ("二〇二五", ["二〇", "〇二", "二五"]),
    ],
    ids=["han", "single", "figures", "letters", "grouped", "punctuation", "zero"],
)
def test_bigrams(text: str, expected: list[str]) -> None:
    """Han runs give pairs, other runs themselves, punctuation nothing."""
    assert bigrams(text) == expected


@given(texts)
def test_bigrams_take_any_text(text: str) -> None:
    """No token is empty or holds white space."""
    assert all(token and not any(map(str.isspace, token)) for token in bigrams(text))


def test_words_are_normalised_and_overlap(segmenter: Segmenter) -> None:
    """Long words come with the words inside them; width and script do not matter."""
    words = segmenter.words("韓國教育部長，ＧＮＬＣ")
    assert {"韩国", "教育", "部长", "gnlc"} <= set(words)
    assert words == segmenter.words("韩国教育部长,gnlc")


def test_words_hold_numbers_with_and_without_their_unit(segmenter: Segmenter) -> None:
    """2025 and 2025年 both find 2025年."""
    words = segmenter.words("2025年增长8.2%")
    assert {"2025", "2025年", "8.2%"} <= set(words)


def test_words_leave_punctuation_out(segmenter: Segmenter) -> None:
    """White space and marks are no words."""
    assert segmenter.words(" 。，“”—— \n_") == []


@given(text=st.one_of(texts, st.text(alphabet=st.characters())))
def test_tagged_words_cover_the_text(segmenter: Segmenter, text: str) -> None:
    """Each word stands where its offsets say, and nothing is left out."""
    words = segmenter.tagged(text)
    assert "".join(word.text for word in words) == text
    assert all(text[word.start : word.end] == word.text for word in words)


def test_tags_tell_names_and_places(segmenter: Segmenter) -> None:
    """Parts of speech are jieba's, whatever the script."""
    tags = {word.text: word.tag for word in segmenter.tagged("李明在韓國学习")}
    assert tags["李明"] == "nr"
    assert tags["韓國"] == "ns"


def test_threads_share_a_segmenter(segmenter: Segmenter) -> None:
    """Eight threads at once get what one alone gets."""
    texts = [f"{part}第{n}次" for n, part in enumerate(SIMPLIFIED.split("，") * 8)]
    alone = [(segmenter.words(text), segmenter.tagged(text)) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        together = pool.map(lambda text: (segmenter.words(text), segmenter.tagged(text)), texts)
    assert list(together) == alone
