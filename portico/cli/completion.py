"""portico completion: click's own completion scripts."""

import click

from portico.cli import output
from portico.cli.command import Command

_WHOLE_NAMES = """\
# Names of models have colons, at which bash would take a word apart.
COMP_WORDBREAKS=${COMP_WORDBREAKS//:}
"""


@click.command(
    "completion",
    cls=Command,
    examples=[
        ('eval "$(portico completion bash)"', "in ~/.bashrc"),
        ('eval "$(portico completion zsh)"', "in ~/.zshrc"),
        ("portico completion fish > ~/.config/fish/completions/portico.fish", "once, for fish"),
    ],
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> int:
    """Print the script for completion of commands, options and model names."""
    from click.shell_completion import get_completion_class

    completion = get_completion_class(shell)
    if completion is None:
        raise click.UsageError(f"click completes nothing in {shell}")
    script = completion(context.find_root().command, {}, "portico", "_PORTICO_COMPLETE").source().strip()
    output.data(f"{_WHOLE_NAMES}\n{script}" if shell == "bash" else script)
    return 0
