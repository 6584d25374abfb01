"""Which known name a typo most likely meant."""

import difflib
import re
from collections.abc import Iterable, Iterator

_MAX_SEARCHES = 25
_MAX_COMPARED = 60
_CUTOFF = 0.7


class Names:
    """Known names, indexed so that a wrong one is compared with a few of them only.

    The search for similar names is done for the first `_MAX_SEARCHES` wrong names; later ones only find names that
    are the same but for case, separators or tag. A file with that many wrong names has another problem than typos.
    """

    def __init__(self, known: Iterable[str]) -> None:
        self._known = known
        self._found: dict[str, str | None] = {}
        self._searches = 0
        self._by_fold: dict[str, list[str]] | None = None
        self._by_base: dict[str, list[str]] = {}
        self._by_pair: dict[str, list[str]] = {}

    def nearest(self, name: str) -> str | None:
        """The name that was meant: same but for case and separators, the same model without or with a tag, or close."""
        if name not in self._found:
            self._found[name] = self._search(name)
        return self._found[name]

    def _search(self, name: str) -> str | None:
        by_fold = self._folds()
        folded = fold(name)
        same = (candidate for candidate in by_fold.get(folded, ()) if candidate != name)
        tagged = (
            candidate
            for candidate in self._by_base.get(_base(name), ())
            if candidate != name and (":" not in name or ":" not in candidate)
        )
        found = next(same, None) or next(tagged, None)
        if found is not None or self._searches >= _MAX_SEARCHES:
            return found
        self._searches += 1
        close = difflib.get_close_matches(folded, self._similar(folded), n=2, cutoff=_CUTOFF)
        return next((candidate for fit in close for candidate in by_fold[fit] if candidate != name), None)

    def _folds(self) -> dict[str, list[str]]:
        if self._by_fold is None:
            self._by_fold = {}
            for candidate in sorted(set(self._known)):
                self._by_fold.setdefault(fold(candidate), []).append(candidate)
                self._by_base.setdefault(_base(candidate), []).append(candidate)
            for folded in self._by_fold:
                for pair in set(_pairs(folded)):
                    self._by_pair.setdefault(pair, []).append(folded)
        return self._by_fold

    def _similar(self, folded: str) -> list[str]:
        """The known names that share most pairs of characters with a name, in a stable order."""
        shared: dict[str, int] = {}
        for pair in set(_pairs(folded)):
            for candidate in self._by_pair.get(pair, ()):
                shared[candidate] = shared.get(candidate, 0) + 1
        return sorted(
            shared,
            key=lambda candidate: (abs(len(candidate) - len(folded)) - 2 * shared[candidate], candidate),
        )[:_MAX_COMPARED]


def fold(name: str) -> str:
    """A name without case, and with one separator for all."""
    return re.sub(r"[:/_. -]+", "-", name.casefold())


def _base(name: str) -> str:
    return fold(name.partition(":")[0])


def _pairs(folded: str) -> Iterator[str]:
    framed = f"^{folded}$"
    return (framed[index : index + 2] for index in range(len(framed) - 1))
