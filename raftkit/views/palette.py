"""The colours of all pictures, and the contrast between them.

They are Okabe and Ito's palette, which colour-blind readers can distinguish. Two colours have
one meaning each (alarm, election); the others stand for terms and repeat, so a term's number is
always written with its colour. Pictures have the colours of a light page, and `IN_THE_DARK` has
the colour that each becomes on a dark one. It does not know shapes.
"""

from collections.abc import Mapping
from typing import Final

# Okabe and Ito, "Color Universal Design" (2008).
ORANGE: Final = "#E69F00"
SKY_BLUE: Final = "#56B4E9"
BLUISH_GREEN: Final = "#009E73"
YELLOW: Final = "#F0E442"
BLUE: Final = "#0072B2"
VERMILLION: Final = "#D55E00"
REDDISH_PURPLE: Final = "#CC79A7"

PAPER: Final = "#FFFFFF"
INK: Final = "#1B1B1B"
BLACK: Final = "#000000"  # text on the colour of a term
ON_ALARM: Final = "#0A0A0A"  # text on the colour of alarm
QUIET: Final = "#5E5E5E"  # secondary text
FAINT: Final = "#8A8A8A"  # lines of little importance; never text
BORDER: Final = "#C4C4C4"
DEAD: Final = "#D9D9D9"
NO_TERM: Final = "#EBEBEB"

# Lines on paper, where the orange, the sky blue and the purple of terms would be too pale.
DEEP_ORANGE: Final = "#A66F00"
DEEP_SKY_BLUE: Final = "#2E8BC0"
DEEP_PURPLE: Final = "#A9538A"

ALARM: Final = VERMILLION  # losses, crashes and broken properties; never text
ELECTION_BLUE: Final = BLUE  # elections

# Neighbouring terms differ in lightness as well as in hue; the second five are pale.
TERM_COLOURS: Final = (
    SKY_BLUE, ORANGE, BLUISH_GREEN, YELLOW, REDDISH_PURPLE,
    "#CFE8F8", "#F8DFAE", "#AEE0D1", "#FBF8C9", "#F2DBE8",
)  # fmt: skip

# On a dark page text is pale and the colours of terms are deep, so that an outline is as clear
# beside them as on a light page.
IN_THE_DARK: Final[Mapping[str, str]] = {
    PAPER: "#111111", INK: "#EDEDED", BLACK: "#FFFFFF", QUIET: "#B4B4B4", FAINT: "#9A9A9A",
    BORDER: "#4A4A4A", DEAD: "#3A3A3A", NO_TERM: "#2B2B2B",
    BLUE: "#5AB0EE", VERMILLION: "#FF8A3D",
    DEEP_ORANGE: "#E6A83A", DEEP_SKY_BLUE: "#8CCBF2", DEEP_PURPLE: "#E39CC4",
    SKY_BLUE: "#1D6A99", ORANGE: "#8F5E00", BLUISH_GREEN: "#007558", YELLOW: "#6B6500",
    REDDISH_PURPLE: "#955076",
    "#CFE8F8": "#16384D", "#F8DFAE": "#4D3300", "#AEE0D1": "#0B4033", "#FBF8C9": "#3B3800",
    "#F2DBE8": "#4A2439",
}  # fmt: skip


def term_colour(term: int) -> str:
    """The background colour of `term`; grey for term 0, before the first election.

    >>> term_colour(1), term_colour(11), term_colour(0)
    ('#56B4E9', '#56B4E9', '#EBEBEB')
    """
    return TERM_COLOURS[(term - 1) % len(TERM_COLOURS)] if term > 0 else NO_TERM


def luminance(colour: str) -> float:
    """The relative luminance of "#RRGGBB", 0 to 1 (WCAG 2.2)."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21; text needs 4.5, lines need 3 (WCAG 2.2).

    >>> round(contrast("#FFFFFF", "#000000"))
    21
    """
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def text_on(ground: str) -> str:
    """Black or white, whichever has the higher contrast on `ground`."""
    return max((BLACK, PAPER), key=lambda colour: contrast(colour, ground))
