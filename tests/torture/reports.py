"""A folder of reports that changes from rebuild to rebuild, and questions about them."""

import random
from pathlib import Path

QUESTIONS = (
    "一号泵站运行多少小时？",
    "三号泵站的值班员是谁？",
    "二号站区改造投资多少万元？",
    "当地的气温是多少？",
)
_NUMBERS = "一二三四五六"
_NAMES = ("陈立群", "周晓岚", "何志远", "苏雨晴", "梁国栋", "马文秀")
_SENTENCES = (
    "{place}全年运行{n}小时。",
    "{place}的值班员是{name}，共值班{n}天。",
    "{place}检修{n}次，更换零件{m}件。",
    "{place}改造投资{n}万元，由{name}负责。",
    "{place}抽水{n}万立方米，比上年增加{m}万立方米。",
)


class Reports:
    """The reports; no text that has gone ever comes back, for its number does not."""

    def __init__(self, folder: Path, rng: random.Random, paragraphs: int) -> None:
        """Write four reports of so many paragraphs each into a new folder."""
        self.folder = folder
        self._rng = rng
        self._paragraphs = paragraphs
        self._serial = 0
        folder.mkdir()
        for _ in range(4):
            self.add()

    def change(self) -> None:
        """Edit, add or remove; three reports at least remain."""
        kinds = [self.edit, self.edit, self.add]
        if len(self._paths()) > 3:
            kinds.append(self.remove)
        self._rng.choice(kinds)()

    def add(self) -> None:
        """Write another report."""
        number = self._next()
        lines = [f"第{number}号站区2025年运行报告"]
        for place in range(self._paragraphs):
            lines += [f"{_NUMBERS[place % 6]}、{_NUMBERS[place % 6]}号泵站", self._paragraph(place)]
        (self.folder / f"report-{number}.txt").write_text("\n".join(lines), "utf-8")

    def edit(self) -> None:
        """Write one paragraph of a report anew."""
        path = self._rng.choice(self._paths())
        lines = path.read_text("utf-8").splitlines()
        place = self._rng.randrange(self._paragraphs)
        lines[2 * place + 2] = self._paragraph(place)
        path.write_text("\n".join(lines), "utf-8")

    def remove(self) -> None:
        """Take a report away."""
        self._rng.choice(self._paths()).unlink()

    def _paths(self) -> list[Path]:
        return sorted(self.folder.iterdir())

    def _paragraph(self, place: int) -> str:
        fields = {"place": f"{_NUMBERS[place % 6]}号泵站", "name": self._rng.choice(_NAMES)}
        return "".join(
            sentence.format(n=self._next(), m=self._next(), **fields) for sentence in _SENTENCES
        )

    def _next(self) -> int:
        self._serial += 1
        return self._serial
