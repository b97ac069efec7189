"""Small numbers in words, as they stand within a sentence."""

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def counted(count: int, one: str, many: str = "") -> str:
    """`three messages`; `many` where it is not `one` with an s. Beyond ten in figures."""
    number = _NUMBERS[count] if count < len(_NUMBERS) else f"{count:,}"
    return f"{number} {one if count == 1 else many or one + 's'}"
