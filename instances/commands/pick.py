"""`patrol pick`: tonight's plan, drawn by lot from those that `patrol draw` has made."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from instances.commands.failures import DONE, SHORT, VIOLATED
from instances.commands.made_plans import named_plan, named_streets
from instances.commands.options import NIGHT, Target, force_option, talk_options
from instances.commands.streams import show, show_json
from instances.commands.talk import Talk
from instances.commands.written_plans import PLAN_NAMES
from instances.outputs import Outputs


@click.command(short_help="Draw tonight's plan from those of 'patrol draw'.")
@click.argument("draws", metavar="DRAWS", type=click.Path(path_type=Path))
@click.option("-o", "--out", required=True, type=Target(), help="Directory for tonight's plan.")
@click.option("--secret-file", type=click.Path(path_type=Path), help="File that holds the secret.")
@click.option("--secret-env", metavar="NAME", help="Environment variable that holds the secret.")
@click.option("--make-secret", is_flag=True, help="Make the secret file where there is none yet.")
@click.option("--night", type=NIGHT, help="Date or number of the night; else the date on which the shift begins.")
@force_option
@talk_options
@click.pass_context
def pick(ctx: click.Context, /, draws: Path, out: Path, force: bool, as_json: bool, **options: Any) -> None:
    """Draw tonight's plan from those in DRAWS, and write it as 'patrol plan' does.

    The same secret and night always draw the same plan; without the secret nobody can tell which one it is but by the
    chances. The secret is never written anywhere. Keep it where only those can read it who may know tonight's plan.

    \b
    Examples:
      patrol pick draws --secret-file patrol.secret --make-secret -o tonight
      patrol pick draws --secret-env PATROL_SECRET --night 2026-10-17 -o tonight
    """
    from instances.documents import read_draw
    from solver.check import check
    from solver.draws.picking import pick as pick_plan
    from solver.export.plan_files import plan_files
    from solver.score import score

    talk = Talk(options["quiet"], options["verbose"])
    drawn = read_draw(draws / "draw.json")
    night = options["night"] or drawn.night
    with Outputs(out, PLAN_NAMES, what="a plan", force=force) as outputs:
        number = pick_plan(
            _secret(options, (draws, out), talk),
            night=night,
            fingerprint=drawn.fingerprint,
            chances=[plan.chance for plan in drawn.plans],
        )
        name = drawn.plans[number].directory
        problem, made = named_plan((draws / name,))
        violations = check(problem, made)
        if violations or problem.fingerprint() != drawn.fingerprint:
            told = [str(v) for v in violations] or [f"its problem is not that of {draws / 'draw.json'}"]
            talk.note("\n".join([f"{draws / name} was drawn, but cannot be used:", *told]))
            ctx.exit(VIOLATED)
        files = plan_files(problem, made, score(problem, made), named_streets((draws / name,), None))
        written = outputs.commit(files)
    chance = drawn.plans[number].chance / sum(plan.chance for plan in drawn.plans)
    talk.note(f"drawn for {night}: {name} of {len(drawn.plans)} plans (chance {100 * chance:.1f} %)")
    if night != drawn.night:
        talk.note(f"its times are those of {drawn.night}, the night for which the plans were made")
    talk.detail("\n".join(f"wrote {path}" for path in written))
    if as_json:
        show_json({"files": [str(p) for p in written], "night": night, "drawn": name, "of": len(drawn.plans)})
    else:
        show(files["summary.txt"])
        talk.note(f"wrote {out}: {len(written)} files")
    ctx.exit(SHORT if made.shortfalls else DONE)


def _secret(options: Mapping[str, Any], public: tuple[Path, ...], talk: Talk) -> bytes:
    """Return the secret that the options name; it must not lie in a `public` directory."""
    from instances import secret

    path, name = options["secret_file"], options["secret_env"]
    if (path is None) == (name is None):
        raise click.UsageError("give either --secret-file FILE or --secret-env NAME")
    if path is None and options["make_secret"]:
        raise click.UsageError("--make-secret makes a file; give --secret-file FILE")
    try:
        if path is None:
            return secret.secret_in_environment(name, os.environ)
        if inside := [d for d in public if path.resolve().is_relative_to(d.resolve())]:
            raise click.UsageError(f"{path} lies in {inside[0]}, which others get to see; keep the secret elsewhere")
        if options["make_secret"] and not path.exists():
            secret.make_secret(path)
            talk.note(f"made a secret in {path}; keep it, and keep it from others")
        found = secret.secret_in_file(path)
    except secret.SecretError as error:
        raise click.UsageError(str(error)) from None
    if secret.others_can_read(path):
        talk.note(f"{path} can be read by others than its owner; 'chmod 600' keeps it from them")
    return found
