"""What a check says: the same three kinds of sentence in every chapter."""


class WrongAnswer(AssertionError):  # noqa: N818 - a reader meets it: it should not say "error" first
    """An answer that is not right; its message says what is wrong and where to look."""


def correct(why: str) -> str:
    """The sentence for a right answer."""
    return f"Correct: {why}"


def not_answered(task: str) -> str:
    """The sentence for an exercise that is still open, so that an untouched chapter runs."""
    return f"Not answered yet: {task}"


def require(condition: bool, message: str) -> None:
    """Raise WrongAnswer with ``message`` unless ``condition`` holds."""
    if not condition:
        raise WrongAnswer(message)
