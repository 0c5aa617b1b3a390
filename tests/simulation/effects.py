"""What a request does to a service, and what its sender hears of it."""

from collections.abc import Callable
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class Effect(Generic[Answer]):
    """An effect that happens at most once, and the answer that it had."""

    def __init__(self, effect: Callable[[], Answer]) -> None:
        self._effect: Callable[[], Answer] | None = effect
        self._answers: list[Answer] = []
        self._error: Exception | None = None

    def do(self) -> None:
        effect, self._effect = self._effect, None
        if effect is None:
            return
        try:
            self._answers.append(effect())
        except Exception as error:  # noqa: BLE001 - whatever it raises is the service's answer
            self._error = error

    def answer(self) -> Answer:
        if self._error is not None:
            raise self._error
        return self._answers[0]
