"""Chinese text split into words: jieba's dictionary and rules in Rust (rjieba), 5 MB, loaded at the first use."""

import re
from functools import lru_cache

LETTER = re.compile(r"\w")


def words(text: str) -> list[str]:
    """For a search: long words also in their parts, in lower case, without punctuation and single letters' noise."""
    import rjieba

    return [one.lower() for one in rjieba.cut_for_search(text) if LETTER.search(one)]


@lru_cache(maxsize=4096)
def tagged(text: str) -> tuple[tuple[str, str], ...]:
    """Each word with its kind: `nr` is a person's name."""
    import rjieba

    return tuple(rjieba.tag(text))


@lru_cache(maxsize=4096)
def known(word: str) -> bool:
    """Whether it stands in the dictionary; the splitter makes up words of its own, most of them names."""
    import rjieba

    return len(rjieba.cut(word, False)) == 1
