"""The secret of a draw: read from a file or the environment, made where there is none, never written anywhere else."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from instances.reading import MOST_SECRET, content_of
from solver.draws.picking import LEAST_SECRET

_NEW = 32
"""Random bytes of a new secret, written in hexadecimal."""


class SecretError(ValueError):
    """There is no secret that will do; the message says why and what to do."""


def secret_of(text: bytes, where: str) -> bytes:
    """Return a secret without the line end that editors add.

    Raises
    ------
    SecretError
        When it is too short.
    """
    secret = text.rstrip(b"\r\n")
    if len(secret) < LEAST_SECRET:
        raise SecretError(
            f"{where} has {len(secret)} bytes, and a secret so short could be found by trying; "
            f"{LEAST_SECRET} are the least, and '--make-secret' makes one at random"
        )
    return secret


def secret_in_file(path: Path) -> bytes:
    """Return the secret in a file.

    Raises
    ------
    SecretError
        When the file is not there, cannot be read, or is too short.
    """
    try:
        return secret_of(content_of(path, MOST_SECRET), str(path))
    except FileNotFoundError:
        raise SecretError(f"{path}: there is no such file; give --make-secret to make one") from None
    except OSError as error:
        raise SecretError(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}") from None


def secret_in_environment(name: str, environment: Mapping[str, str]) -> bytes:
    """Return the secret in an environment variable.

    Raises
    ------
    SecretError
        When the variable is not set, or too short.
    """
    if name not in environment:
        raise SecretError(f"the environment variable {name} is not set")
    return secret_of(os.fsencode(environment[name]), f"the environment variable {name}")


def make_secret(path: Path) -> None:
    """Write a new secret, which nobody but the owner of the file can read; one that is there stays.

    Raises
    ------
    SecretError
        When it cannot be written.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    except OSError as error:
        raise SecretError(f"{path}: cannot be written: {(error.strerror or str(error)).lower()}") from None
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"{secrets.token_hex(_NEW)}\n")


def others_can_read(path: Path) -> bool:
    """Tell whether others than the owner may read a file, where the system has such rights."""
    return os.name == "posix" and bool(path.stat().st_mode & 0o077)


def night_of(text: str) -> str:
    """Return the name of a night: a date such as ``2026-10-16``, or a number without leading zeros.

    Raises
    ------
    ValueError
        When it is neither.
    """
    if re.fullmatch(r"[0-9]{1,9}", text):
        return str(int(text))
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    raise ValueError(f"{text!r} is neither a date nor a number; write 2026-10-16, or 12")
