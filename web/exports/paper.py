"""A4 paper: headings, tables and pictures as PDF, in a font that has Chinese signs.

fpdf2 embeds only the signs that are used, so that a page stays small and prints everywhere alike.
"""

import io
from collections.abc import Sequence
from datetime import datetime

from fpdf import FPDF
from fpdf.enums import WrapMode
from fpdf.fonts import FontFace
from PIL import Image

from config import fonts

MARGIN_MM = 15
HIGHEST_MM = 120
GREY = (110, 114, 122)
HEADING = FontFace(emphasis="", fill_color=(236, 238, 241))
"""The font comes in one weight; a grey ground tells the heading."""


class Paper(FPDF):
    """A document in one language with a running foot; raises `NoFontError`."""

    def __init__(self, language: str, foot: str, made_at: datetime) -> None:
        super().__init__(format="A4")
        found = fonts.face(language)
        self._foot = foot
        self.set_margin(MARGIN_MM)
        self.set_auto_page_break(True, MARGIN_MM + 5)
        self.add_font("body", fname=found.path, collection_font_number=found.number)
        self.set_creation_date(made_at)
        self.set_lang(language.replace("_", "-"))
        self.set_font("body", size=10)
        self.add_page()

    def footer(self) -> None:
        """Writes the foot of each page."""
        self.set_y(-MARGIN_MM)
        self._ink(GREY, 8)
        self.cell(0, 5, f"{self._foot}　{self.page_no()}/{{nb}}", align="C")
        self._ink((0, 0, 0), 10)

    def heading(self, text: str, size: int = 16) -> None:
        """Writes a heading."""
        self.set_font_size(size)
        self.multi_cell(0, size * 0.5, text, new_x="LMARGIN", new_y="NEXT", wrapmode=WrapMode.CHAR)
        self.set_font_size(10)
        self.ln(2)

    def line_of(self, text: str, *, grey: bool = False) -> None:
        """Writes a paragraph."""
        if grey:
            self._ink(GREY, 9)
        self.multi_cell(0, 5.2, text, new_x="LMARGIN", new_y="NEXT", wrapmode=WrapMode.CHAR)
        self._ink((0, 0, 0), 10)

    def rows(self, rows: Sequence[Sequence[str]], widths: Sequence[int], *, head: bool = True) -> None:
        """Writes a table; its first row is repeated on every page when it is a heading."""
        self.set_font_size(9)
        with self.table(
            col_widths=tuple(widths),
            first_row_as_headings=head,
            headings_style=HEADING,
            wrapmode=WrapMode.CHAR,
            line_height=5,
            text_align="LEFT",
        ) as table:
            for row in rows:
                table.row([cell or " " for cell in row])
        self.set_font_size(10)
        self.ln(3)

    def picture(self, data: bytes, *, width_mm: float, caption: str, under: str = "") -> None:
        """Puts a picture with its caption, on a new page when this one has no room; `under` is its own heading."""
        with Image.open(io.BytesIO(data)) as picture:
            height_mm = min(width_mm * picture.height / picture.width, HIGHEST_MM)
        if self.will_page_break(height_mm + 10 + (12 if under else 0)):
            self.add_page()
        if under:
            self.heading(under, 13)
        self.image(io.BytesIO(data), h=height_mm)
        self.line_of(caption, grey=True)
        self.ln(2)

    def finished(self) -> bytes:
        """Gives the file."""
        return bytes(self.output())

    def _ink(self, colour: tuple[int, int, int], size: float) -> None:
        self.set_text_color(*colour)
        self.set_font_size(size)
