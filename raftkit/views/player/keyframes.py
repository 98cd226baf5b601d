"""Animations of CSS: values that change at instants, as keyframes of one common length.

A browser repeats them without a script, also in an `<img>`; where motion is reduced nothing
moves, and the values of the elements themselves are seen. It does not know what is animated.
"""

from collections.abc import Iterable

Change = tuple[float, str]  # an instant in seconds, and what holds from then on


class Keyframes:
    """The keyframes of a picture that lasts `seconds`; equal ones are written once."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._names: dict[str, str] = {}

    def steps(self, changes: Iterable[Change]) -> str:
        """The class of an element whose style jumps; the first change is at the beginning.

        >>> frames = Keyframes(10)
        >>> frames.steps([(0, "opacity:0"), (5, "opacity:1")])
        'a0'
        >>> "0%{opacity:0}50%{opacity:1}" in frames.css
        True
        """
        return self._class_of(self._written(changes), "step-end")

    def moves(self, changes: Iterable[Change]) -> str:
        """The class of an element whose style changes evenly from each instant to the next."""
        return self._class_of(self._written(changes), "linear")

    def _written(self, changes: Iterable[Change]) -> str:
        """The keyframes; of several at one instant the last one."""
        at = {f"{min(100, 100 * time / self.seconds):.3f}".rstrip("0").rstrip("."): style
              for time, style in changes}  # fmt: skip
        return "".join(f"{percent}%{{{style}}}" for percent, style in at.items())

    def _class_of(self, written: str, timing: str) -> str:
        return self._names.setdefault(f"{timing} {written}", f"a{len(self._names)}")

    @property
    def css(self) -> str:
        """The style sheet of all animations so far."""
        rules = []
        for key, name in self._names.items():
            timing, _, written = key.partition(" ")
            rules.append(
                f"@keyframes {name}{{{written}}}"
                f".{name}{{animation:{name} {self.seconds:g}s {timing} infinite}}"
            )
        return (
            "".join(rules) + "@media (prefers-reduced-motion:reduce){*{animation:none!important}}"
        )
