"""The client that asks during rebuilds counts what it must."""

import json
from pathlib import Path

from httpx2 import Client, MockTransport, Request, Response

from bench.switching import Asked, worse_encoder


def service(answers: list[tuple[str, str] | None]) -> Client:
    """A service that gives these versions and answers in turn, and fails where there is None."""
    left = iter(answers)

    def respond(_: Request) -> Response:
        given = next(left)
        if given is None:
            return Response(503)
        version, answer = given
        shown = {"index_version": version, "answer": answer, "citations": [], "passages": []}
        return Response(200, json=shown)

    return Client(base_url="http://test", transport=MockTransport(respond))


def test_one_version_that_answers_in_two_ways_is_seen() -> None:
    """Another answer from another version is none of that."""
    client, asked = service([("v1", "甲"), ("v2", "乙"), ("v1", "甲"), ("v2", "丙")]), Asked()
    for _ in range(4):
        asked.ask(client, "谁")
    assert (asked.mixed, asked.failed, asked.versions) == (1, 0, {"v1", "v2"})
    assert len(asked.seconds) == 4


def test_a_failure_is_counted() -> None:
    """It is a question that was asked, without an answer."""
    client, asked = service([None, ("v1", "甲")]), Asked()
    asked.ask(client, "谁")
    asked.ask(client, "谁")
    assert (asked.failed, asked.mixed, len(asked.seconds)) == (1, 0, 2)


def test_the_worse_encoder_is_the_shipped_one_with_fewer_layers(tmp_path: Path) -> None:
    """A folder of its own."""
    folder = worse_encoder(tmp_path / "worse")
    config = json.loads((folder / "config.json").read_text("utf-8"))
    assert config["num_hidden_layers"] == 2
    assert (folder / "model.safetensors").is_file()
