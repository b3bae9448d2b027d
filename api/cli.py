"""`wenju`: the verbs and flags of the command line."""

import gc
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from api import ports
from api.ports import PortInUse
from api.settings import BadSetting, Settings

# Each verb imports its work when it runs: the models' libraries take seconds to import, and neither
# --help nor a wrong flag nor a port in use should wait for them.

app = typer.Typer(
    help="问据 Wenju：向报告提问，每个回答都有出处。 / Ask your reports; every answer is cited.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Corpus = Annotated[Path | None, typer.Option(help="语料文件夹 / folder of the reports")]
Data = Annotated[Path | None, typer.Option(help="索引文件夹 / folder of the index")]
Model = Annotated[str | None, typer.Option(help="编码模型的名称或文件夹 / encoder, name or folder")]
Question = Annotated[str, typer.Argument(help="问题 / the question")]
Json = Annotated[bool, typer.Option("--json", help="输出与 HTTP 相同的 JSON / the JSON of HTTP")]


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="监听地址 / address")] = None,
    port: Annotated[int | None, typer.Option(help="端口 / port")] = None,
    corpus: Corpus = None,
    data: Data = None,
    model: Model = None,
    watch: Annotated[
        bool | None,
        typer.Option("--watch/--no-watch", help="报告有变时自动重建 / follow the corpus"),
    ] = None,
) -> None:
    """提供网页与 HTTP 接口；没有索引时先建立。 / Serve; without an index, build it first."""
    folders = {"corpus": corpus, "data": data}
    settings = Settings.read(host=host, port=port, model=model, watch=watch, **folders)
    with ports.reserve(settings.host, settings.port) as reserved:
        from api import commands

        commands.serve(settings, reserved)


@app.command()
def rebuild(
    corpus: Corpus = None,
    data: Data = None,
    model: Model = None,
    full: Annotated[bool, typer.Option("--full", help="全部重新编码 / encode everything")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="不作质量检查 / without the quality gate")
    ] = False,
) -> None:
    """重建索引，只编码新内容。 / Rebuild the index; only what is new is encoded."""
    settings = Settings.read(corpus=corpus, data=data, model=model)
    from api import rebuild_command

    rebuild_command.rebuild(settings, full=full, force=force)


@app.command()
def ask(question: Question, as_json: Json = False, data: Data = None, model: Model = None) -> None:
    """提一个问题，显示回答、原文与出处。 / Ask a question: answer, quote, source."""
    settings = Settings.read(data=data, model=model)
    from api import commands

    commands.ask(settings, question, as_json=as_json)


@app.command()
def search(
    question: Question,
    k: Annotated[int, typer.Option("--k", min=1, max=50, help="段落数 / how many passages")] = 10,
    as_json: Json = False,
    data: Data = None,
    model: Model = None,
) -> None:
    """查找最接近问题的段落。 / Find the passages nearest to a question."""
    settings = Settings.read(data=data, model=model)
    from api import commands

    commands.search(settings, question, k, as_json=as_json)


@app.command(name="eval")
def evaluate(
    gold: Annotated[Path, typer.Argument(metavar="GOLD.jsonl", help="问题文件 / question file")],
    out: Annotated[
        Path | None, typer.Option(help="把回答写到此文件 / write responses here")
    ] = None,
    doc: Annotated[
        str, typer.Option(help="未注明时答案所在的报告 / the report of lines without doc")
    ] = "",
    data: Data = None,
    model: Model = None,
) -> None:
    """用带答案的问题文件评测。 / Evaluate with a file of questions whose answers are known."""
    settings = Settings.read(data=data, model=model)
    from api import commands

    commands.evaluate(settings, gold, doc, out)


@app.command()
def calibrate(
    gold: Annotated[Path, typer.Argument(metavar="GOLD.jsonl", help="问题文件 / question file")],
    doc: Annotated[
        str, typer.Option(help="未注明时答案所在的报告 / the report of lines without doc")
    ] = "",
    data: Data = None,
    model: Model = None,
) -> None:
    """用自己的问题文件校准把握与作答门槛。 / Fit confidence and threshold to a question file."""
    settings = Settings.read(data=data, model=model)
    from api import calibrate_command

    calibrate_command.calibrate(settings, gold, doc)


@app.command()
def versions(data: Data = None) -> None:
    """列出索引的版本。 / List the versions of the index."""
    settings = Settings.read(data=data)
    from api import version_commands

    version_commands.versions(settings)


@app.command()
def activate(
    version: Annotated[str, typer.Argument(help="版本 / the version")], data: Data = None
) -> None:
    """启用某个版本。 / Make a version the current one."""
    settings = Settings.read(data=data)
    from api import version_commands

    version_commands.activate(settings, version)


@app.command()
def doctor(
    data: Data = None,
    model: Model = None,
    repair: Annotated[
        bool, typer.Option("--repair", help="退回最新的完好版本 / fall back to a sound version")
    ] = False,
) -> None:
    """检查索引并说明该运行什么。 / Check the index and say what to run."""
    settings = Settings.read(data=data, model=model)
    from api import doctor_command

    doctor_command.examine(settings, repair=repair)


def main(arguments: list[str] | None = None) -> None:
    """Run a verb and exit: 0 fine, 1 the work failed and one line says why, 2 wrong usage."""
    gc.disable()  # a second less to start: imports leave no garbage; the work turns it on
    try:
        app(args=arguments, prog_name="wenju")
    except BadSetting as error:
        _fail(error, 2)
    except PortInUse as error:
        _fail(error, 1)
    except OSError as error:
        from api.problems import disk_text

        _fail(disk_text(error), 1)
    except Exception as error:
        if not isinstance(error, _explained()):
            raise
        _fail(error, 1)
    finally:
        gc.enable()


def _explained() -> tuple[type[Exception], ...]:
    """The errors whose text is for people; asked for only once something has failed."""
    from api.problems import COMMAND_ERRORS, PROBLEMS

    return (*PROBLEMS, *COMMAND_ERRORS)


def _fail(error: Exception | str, code: int) -> NoReturn:
    """Say why on one line of stderr, and exit."""
    typer.echo(" ".join(str(error).split()), err=True)
    raise SystemExit(code)
