"""`harmless`: text that cannot change what a terminal or a table shows.

Names of files, exceptions and prints are students' own. It does not know where text is shown.
"""

import unicodedata

# Categories of characters that may change what a terminal shows: control characters (Cc),
# invisible ones and those that reverse text (Cf), surrogates, and separators of lines.
_HARMFUL_CATEGORIES = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def harmless(text: str, keep: str = "\n\t") -> str:
    r"""`text` with every character escaped that might change what a terminal shows.

    >>> print(harmless("\x1b[31mred\r\nand more"))
    \x1b[31mred\r
    and more
    """
    return "".join(
        sign.encode("unicode_escape").decode("ascii")
        if unicodedata.category(sign) in _HARMFUL_CATEGORIES and sign not in keep
        else sign
        for sign in text
    )
