"""The command ``pst``: one way in for people; each subcommand stands in a module of its own.

Messages are in Indonesian, in English with ``--lang en`` (anywhere on the line).
Exit codes: 0 done, 1 refused or not in order, 2 the line itself is wrong.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from pst_core.refusal import PstError
from pst_core.text import Lang, Text

__all__ = ["main"]

_NEEDS = Text(
    id="Perintah pst memerlukan pustaka tambahan ({name}). Pasang dengan: "
    "pip install 'pst-core[demo]'",
    en="The command pst needs another library ({name}). Install it with: "
    "pip install 'pst-core[demo]'",
)
_USAGE = Text(id="Baris perintah tidak sah: ", en="The command line is not valid: ")
_HELP = Text(id="Lihat: {path} --help", en="See: {path} --help")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; with no arguments, that of the process."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    lang, rest = _take_lang(given)
    try:
        import click

        from .commands import pst
        from .words import in_one_language, of_the_line, page_of
    except ModuleNotFoundError as error:
        print(_NEEDS.fill(name=error.name).say(lang), file=sys.stderr)  # noqa: T201
        code = 1
    else:
        code = 0
        if {"-h", "--help"} & set(rest):
            in_one_language(pst, lang)
        try:
            returned = pst.main(rest, prog_name="pst", standalone_mode=False, obj={"lang": lang})
            code = returned if isinstance(returned, int) else 0
        except click.exceptions.Exit as stop:
            code = stop.exit_code
        except click.exceptions.NoArgsIsHelpError as error:
            # a group without a command: its help is the answer, there is nothing to add
            click.echo(page_of(error.ctx, lang), err=True)
            code = 2
        except click.UsageError as error:
            path = error.ctx.command_path if error.ctx else "pst"
            click.echo(_USAGE.say(lang) + of_the_line(error.format_message(), lang), err=True)
            click.echo(_HELP.fill(path=path).say(lang), err=True)
            code = 2
        except click.ClickException as error:
            click.echo(error.format_message(), err=True)
            code = 1
        except (click.Abort, KeyboardInterrupt):
            code = 130
        except PstError as error:
            click.echo(error.say(lang), err=True)
            code = 1
        except BrokenPipeError:
            # the reader (less, head) has seen enough
            sys.stderr.close()
            code = 0
    if arguments is None:
        sys.exit(code)
    return code


def _take_lang(arguments: list[str]) -> tuple[Lang, list[str]]:
    """Take ``--lang en`` or ``--lang=en`` from anywhere on the line."""
    lang: Lang = "id"
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        value = word.removeprefix("--lang=") if word.startswith("--lang=") else None
        if word == "--lang":
            value = next(words, "")
        if value is None:
            rest.append(word)
        elif value in ("id", "en"):
            lang = "en" if value == "en" else "id"
        else:
            # left on the line, click names it as what it is: an unknown option
            rest.append(f"--lang={value}")
    return lang, rest
