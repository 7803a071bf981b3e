"""`patrol completion`: what a shell needs to complete commands, options and names."""

from __future__ import annotations

import click

from instances.commands.options import json_option
from instances.commands.streams import show, show_json

SHELLS = ("bash", "zsh", "fish")


@click.command(short_help="Print the script that lets a shell complete commands.")
@click.argument("shell", metavar="|".join(SHELLS), type=click.Choice(SHELLS))
@json_option
@click.pass_context
def completion(ctx: click.Context, shell: str, as_json: bool) -> None:
    """Print the script that lets a shell complete commands, options, files and callsigns.

    \b
    Examples:
      patrol completion bash > ~/.local/share/bash-completion/completions/patrol
      patrol completion zsh > ~/.zfunc/_patrol          (a directory of $fpath)
      patrol completion fish > ~/.config/fish/completions/patrol.fish
    """
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None, shell
    door = ctx.find_root()
    script = found(door.command, {}, "patrol", "_PATROL_COMPLETE").source()
    show_json({"shell": shell, "script": script}) if as_json else show(script)
