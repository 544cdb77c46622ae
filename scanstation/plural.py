"""Numbers with their nouns, as people say them."""


def how_many(number: int, one: str, many: str = "") -> str:
    """``1 location``, ``2 locations``; ``many`` where its plural is no ``one`` with an s."""
    return f"{number} {one if number == 1 else many or one + 's'}"
