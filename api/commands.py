"""The work of those verbs that need the models: what is slow to import is imported here."""

import contextlib
import gc
import json
import socket
from pathlib import Path
from threading import Thread

import typer
from pydantic import ValidationError

from api import answers, console, ports
from api.app import Server
from api.problems import field_error
from api.rebuild_command import show_rebuild
from api.schemas import AnswerOut, AskIn
from api.settings import Settings
from api.wiring import Service, load_models, open_service
from embeddings.versions import IndexMissing
from qa.evaluation import judge, read_questions, summary


def serve(settings: Settings, reserved: socket.socket) -> None:
    """Answer on a reserved socket until interrupted; build the index first where there is none."""
    models = load_models(settings)
    try:
        service = Service.open(settings, models)
    except IndexMissing:
        show_rebuild(settings, models.encoder, models.segmenter)
        service = Service.open(settings, models)
    gc.freeze()  # what is loaded stays until the end: no collection need look at it again
    if not settings.watch:
        Thread(target=_tell_of_changes, args=(service,), daemon=True).start()
    ports.listen(reserved)
    host, port = reserved.getsockname()[:2]
    typer.echo(f"问据 Wenju: http://{f'[{host}]' if ':' in host else host}:{port}", err=True)
    server = Server(service, "warning")
    with contextlib.suppress(KeyboardInterrupt):  # raised once all has ended in order
        server.run(sockets=[reserved])


def _tell_of_changes(service: Service) -> None:
    """Print what to run where the corpus folder no longer holds what the index was built from."""
    with contextlib.suppress(OSError):
        if changes := service.changes():
            typer.echo(changes, err=True)


def ask(settings: Settings, question: str, *, as_json: bool) -> None:
    """Print the answer to a question."""
    asked = _asked(question)
    found = answers.answer(open_service(settings).answerer, asked)
    typer.echo(found.model_dump_json() if as_json else "\n".join(console.answer(found)))


def search(settings: Settings, question: str, k: int, *, as_json: bool) -> None:
    """Print the passages nearest to a question."""
    asked = _asked(question)
    found = answers.search(open_service(settings).index, asked.question, k)
    typer.echo(found.model_dump_json() if as_json else "\n".join(console.passages(found.passages)))


def evaluate(settings: Settings, gold: Path, doc: str, out: Path | None) -> None:
    """Print the figures over a question file; write the responses, one a line, where `out` says."""
    questions = read_questions(gold, doc)
    if out is not None:
        out.open("a").close()  # fails now, not after every question; an older file stays
    answerer = open_service(settings).answerer
    given = (answers.gold_answer(answerer, question) for question in questions)
    responses = [AnswerOut.of(answer).model_dump(mode="json") for answer in given]
    pairs = list(zip(questions, responses, strict=True))
    typer.echo(json.dumps(summary([judge(*pair) for pair in pairs]), ensure_ascii=False))
    if out is not None:
        rows = [{"id": question.id, "response": response} for question, response in pairs]
        out.write_text("".join(f"{json.dumps(r, ensure_ascii=False)}\n" for r in rows), "utf-8")


def _asked(question: str) -> AskIn:
    """The question as HTTP would take it; what it would refuse is wrong usage here."""
    try:
        return AskIn(question=question)
    except ValidationError as error:
        raise typer.BadParameter(field_error(error.errors()[0])["detail"]) from error
