"""Programs that are not ours, which read what we write; a test that needs one is skipped where it is missing."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest


def program(name: str) -> str:
    """Return the path of a program, or skip the test."""
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path


def ogr_layers(path: Path) -> list[str]:
    """Return the names of the layers that ogrinfo finds in a file, in their order."""
    run = subprocess.run([program("ogrinfo"), "-ro", "-q", str(path)], check=True, capture_output=True, text=True)
    return [line.split(": ", 1)[1].rsplit(" (", 1)[0] for line in run.stdout.splitlines() if line[:1].isdigit()]


def ogr_features(path: Path, layer: str) -> list[dict[str, Any]]:
    """Return the features of a layer as ogr2ogr reads them, as GeoJSON."""
    command = [program("ogr2ogr"), "-f", "GeoJSON", "/vsistdout/", str(path), layer, "-lco", "COORDINATE_PRECISION=7"]
    run = subprocess.run(command, check=True, capture_output=True)
    assert not run.stderr, run.stderr.decode()
    features: list[dict[str, Any]] = json.loads(run.stdout)["features"]
    return features
