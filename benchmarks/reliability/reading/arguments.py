"""Command lines with values that nobody should give, or not there."""

from __future__ import annotations

import random
import re

from benchmarks.reliability.reading.hostile import PLAUSIBLE, TEXTS

Command = tuple[str, ...]


LINES: tuple[str, ...] = (
    "replan out --at 20:00 -o made/plan --work-limit 1 --late 'A1 20min'",
    "replan out --at 20:00 -o made/plan --work-limit 1 --incident 'Market units=1 minutes=40'",
    "replan out --at 20:00 -o made/plan --work-limit 1 --out-of-service A1 --keep-others --helpers 1",
    "replan out --at 20:00 -o made/plan --shift night.yaml --work-limit 1 --incident '51.5002,-0.1000' --no-cache",
    "risk incidents.csv --weekday friday --hours 18-02 --since 90days --half-life 30days --weight theft=3",
    "risk incidents.csv --cell 200 --smoothing 100 --hotspots 40 --demand 10 --until 2020-11-20",
    "risk incidents.csv --column date=date --timezone Europe/London --dates auto --format geojson",
    "site sites.yaml --points 1..3 --gap 1% --time-limit 5s --no-cache",
    "beats night.yaml --by risk --balance 20% --beats 2 --mode car --no-cache",
    "roster --crews A,B,C,D --from 2026-12-01 --days 28 --cycle-from 2026-11-01 --rest 11h",
    "roster --crews A,B,C,D --from 2026-12-01 --shifts d=08:00-20:00,n=20:00-08:00 --pattern '2 d, 2 n, 4 off'",
    "roster --crews A,B,C,D --from 2026-12-01 --days 28 -o made/roster.csv --ics made/calendars",
    "explain out Market --at 20:00 --work-limit 1",
    "explain out A1 --from 19:00 --to 21:00 --work-limit 1",
    "export gpx out --unit A1 --points 500 --route-points 20 -o made/a.gpx",
    "export gpx out --datum gcj02 --content both -o made/plan",
    "export ics out --unit B2 -o made/a.ics",
    "export pdf out --unit B1 --lang zh -o made/a.pdf",
    "plan night.yaml -o made/plan --no-cache --work-limit 1 --alert orange --gap 2%",
    "plan made.yaml -o made/plan --no-cache --work-limit 1 --alert North=red --patience 20 --seed 3",
    "draw night.yaml -o made/draws --plans 2 --within 2% --work-limit 2 --seed 3 --no-cache",
    "pick draws --secret-file patrol.secret --night 2026-10-17 -o made/plan",
    "compare out other -o made/table.csv -o made/map.geojson",
    "plot out cover -o made/plan.png --lang zh",
    "score out --lang zh",
    "network town.osm --no-cache",
    "plan night.yaml -o made/plan --no-cache --work-limit 1 --busy 30%",
    "baseline night.yaml -o made/plan --rule random --seed 3 --alert orange --no-cache",
    "simulate out --replications 5 --calls 20 --service 40min --serious 15% --reserve 1 --after resume",
    "simulate other --replications 5 --calls-per-hour 3 --service-spread fixed --seed 2 --against beats",
    "simulate out --incidents incidents.csv --weekday friday --column date=date --replications 5",
    "simulate out --roads night.yaml --replications 5 --no-cache",
    "contain out --roads town.osm --at 20:00 --place Market --delay 30s --within 10min --time-limit 1s --no-cache",
    "contain out --shift night.yaml --at 20:00 --place '51.5002,-0.1000' --by foot --speed 0.8 --radius 500 --no-cache",
    "backtest incidents.csv --cell 200m --area 5% --test 1d --bandwidth 0m,100m --half-life 30d,none --no-cache",
    "backtest incidents.csv --shift made.yaml --work-limit 1 --near 100m --test 1d --periods 1 --no-cache",
)
"""Command lines of which one value is changed."""

_WORDS = re.compile(r"'([^']*)'|(\S+)")

_KEPT = frozenset({"-o", "--cache-dir", "--ics"})
"""Options whose values stay: where a user wants to write, he may."""


def command_of(rng: random.Random) -> tuple[Command, str]:
    """Return a command line with one value of its options or arguments changed, and which."""
    words = [one or other for one, other in _WORDS.findall(rng.choice(LINES))]
    free = [i for i, word in enumerate(words) if i and not word.startswith("-") and words[i - 1] not in _KEPT]
    at = rng.choice([i for i in free if words[i - 1] != "--work-limit"])
    old = words[at]
    words[at] = _other(old, rng)
    return tuple(words), f"{words[at][:40]!r} for {old!r}"


def _other(word: str, rng: random.Random) -> str:
    """Return another value in place of a word, such as a command line can hold."""
    digits = re.search(r"[0-9]+", word)
    if digits and rng.random() < 0.5:
        put = rng.choice(("0", "1", "-1", "7", "99", "1000000000", "1000000000000", "9" * 400, "0.5", "1e9", ""))
        return word[: digits.start()] + put + word[digits.end() :]
    put = rng.choice(rng.choice((PLAUSIBLE, TEXTS)))
    text = rng.choice((put, put, word + put, put + word, word[:-1], word + word, word.upper()))
    text = text.replace("\0", "").encode("utf-8", "replace").decode()
    return text if len(text) < 100_000 else text[:100_000]
