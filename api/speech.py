"""How the shezu command speaks: lines and JSON on standard output, progress bars on standard error, days as arguments."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from datetime import date
from typing import Any

from api.settings import Settings

OK, PROBLEMS, USAGE = 0, 1, 2


def day(text: str) -> date:
    """An ISO day from the command line. Raises ArgumentTypeError in Chinese."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}”不是日期，请写成 2026-11-23 这样") from None


def say(text: str = "") -> None:
    """Print a line."""
    sys.stdout.write(text + "\n")


def complain(text: str) -> None:
    """Print a line on standard error."""
    sys.stderr.write(text + "\n")


def out_json(value: Any) -> None:
    """Print a value as JSON."""
    say(json.dumps(value, ensure_ascii=False, indent=1))


def today_of(settings: Settings) -> date:
    """The day questions are asked on."""
    return settings.today or date.today()


def bar(rows: Iterable[Any], what: str) -> Iterable[Any]:
    """A progress bar over rows, on standard error."""
    from tqdm import tqdm

    return tqdm(rows, desc=what, unit="题", file=sys.stderr, mininterval=0.5)
