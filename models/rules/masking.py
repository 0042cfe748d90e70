"""Hides telephone and identity numbers in free text before it leaves to the public.

People write them in any form: with blanks or dashes, in full-width digits, in Chinese ones. Short public numbers
such as 110 and 12345 stay.
"""

import re

DIGITS = str.maketrans(
    "０１２３４５６７８９〇零一幺二两三四五六七八九壹贰叁肆伍陆柒捌玖", "01234567890011223456789123456789"
)
"""Sign for sign, so that what is found in the plain form lies at the same place in the text."""
GAP = r"[ \t.·\-–—－_]{0,2}"
MOBILE = rf"(?<!\d)(?:\+?86{GAP})?1{GAP}[3-9](?:{GAP}\d){{9}}(?!\d)"
LANDLINE = rf"(?<!\d)[(（]?0\d{{2,3}}[)）]?{GAP}[2-9](?:{GAP}\d){{6,7}}(?!\d)"
IDENTITY = r"(?<![\dA-Za-z])\d{6}(?:18|19|20)\d{9}[\dXx](?![\dA-Za-z])"
FOUND = re.compile("|".join((IDENTITY, MOBILE, LANDLINE)))


def masked(text: str) -> str:
    """Puts stars in the place of every digit of such a number."""
    plain = text.translate(DIGITS)
    found = list(FOUND.finditer(plain))
    if not found:
        return text
    signs = list(text)
    for match in found:
        for place in range(*match.span()):
            if plain[place].isdigit() or plain[place] in "Xx":
                signs[place] = "*"
    return "".join(signs)
