"""Print how many texts of each kind were taken for a link: `make token-test`."""

import argparse
import sys
import time
from collections.abc import Iterable
from itertools import permutations

from signalbook.preferences.model import Purpose
from tests.tokens import attacks


def main() -> int:
    """Try every attack; the exit code is 1 where a single text was accepted."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--random", type=int, default=1_000_000, help="Random texts.")
    wanted = parser.parse_args()
    genuine = attacks.genuine()
    right = sum(attacks.accepted(text, link.purpose) == link for text, link in genuine)
    print(f"{'genuine links':<34}{len(genuine):>12,} tried {right:>12,} accepted")
    kinds: dict[str, Iterable[str]] = {
        "single bits flipped": (one for text, _ in genuine for one in attacks.bit_flips(text)),
        "cut, lengthened, rewritten": (one for text, _ in genuine for one in attacks.cuts(text)),
        "parts of two swapped": (
            text
            for (one, _), (other, _) in permutations(genuine, 2)
            for text in attacks.swaps(one, other)
        ),
        "for another purpose": (text for text, _ in genuine),
        "random": attacks.random_texts(wanted.random),
    }
    purposes = {text: link.purpose for text, link in genuine}
    false = sum(_told(name, texts, purposes) for name, texts in kinds.items())
    return 0 if not false and right == len(genuine) else 1


def _told(name: str, texts: Iterable[str], genuine: dict[str, Purpose]) -> int:
    """Try each text for every purpose but the one it was made for."""
    began, tried, false = time.perf_counter(), 0, 0
    for text in texts:
        for purpose in Purpose:
            if genuine.get(text) is not purpose:
                tried += 1
                false += attacks.accepted(text, purpose) is not None
    seconds = time.perf_counter() - began
    print(f"{name:<34}{tried:>12,} tried {false:>12,} accepted {seconds:>8.1f} s", flush=True)
    return false


if __name__ == "__main__":
    sys.exit(main())
