"""Says what checking a long text costs, as a ratio to checking one of a quarter of its length, in the same run.

    make bench WHAT=checks

Four times the letters should cost about four times as much; more than eight times is a blow-up, and is said.
"""

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "derbycity.settings")

import django

django.setup()

from tests.cms.quality.content_checks.test_texts import everything_about

LETTERS = 20_000
PIECES = {
    "plain sentences": "<p>The children read to each other every day. It helps.</p>",
    "nested lists": "<ul><li>",
    "links": "<a href=/x>here</a> ",
    "one long word": "a",
    "full stops": ".",
    "capital words": "AA ",
}


def seconds(html: str) -> float:
    begun = time.process_time()
    everything_about(html)
    return time.process_time() - begun


def main() -> None:
    everything_about("<p>Words.</p>")
    print(f"{'':18}{'letters':>9}{'ms':>8}{'× a quarter':>13}")
    for name, piece in PIECES.items():
        long, short = (min(seconds(piece * (size // len(piece))) for _ in range(5)) for size in (LETTERS, LETTERS // 4))
        ratio = long / short if short else 0
        print(f"{name:18}{LETTERS:9}{long * 1000:8.1f}{ratio:13.1f}{'  blow-up' if ratio > 8 else ''}", flush=True)


if __name__ == "__main__":
    main()
