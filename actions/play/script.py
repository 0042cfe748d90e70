"""What the play says and how its people are called: rows of tables, read and checked once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from models.rules.catalogue import Catalogue
from models.rules.catalogue_rows import Book, CatalogueFault, Row


@dataclass(frozen=True, slots=True)
class Scene:
    """A hazard that can be seen: its words, and how often it is on a usual day and in a storm."""

    kind: str
    text: str
    usual: float
    storm: float


@dataclass(frozen=True, slots=True)
class Script:
    """Everything that the play says."""

    scenes: tuple[Scene, ...]
    sayings: Mapping[str, tuple[str, ...]]
    surnames: tuple[str, ...]
    given: tuple[str, ...]

    def scene(self, chance: Random, *, storm: bool) -> Scene:
        """Chooses what somebody sees."""
        weights = [scene.storm if storm else scene.usual for scene in self.scenes]
        return chance.choices(self.scenes, weights)[0]

    def say(self, chance: Random, what: str) -> str:
        """Chooses words for an occasion."""
        return chance.choice(self.sayings[what])

    def name(self, chance: Random) -> str:
        """Invents a name."""
        return chance.choice(self.surnames) + chance.choice(self.given)


SAID = ("handled", "returned", "failed", "suspended", "measure", "extended", "voided", "reopened")


def read(rows: Mapping[str, Sequence[Row]], catalogue: Catalogue) -> Script:
    """Builds the script from its tables; raises `CatalogueFault` with the file and line of every mistake."""
    book = Book(rows)
    scenes = [
        Scene(book.text(r, "kind"), book.text(r, "text"), book.amount(r, "usual"), book.amount(r, "storm"))
        for r in book.every("hazards", "kind", "usual", "storm", "text")
        if _known(book, r, catalogue)
    ]
    sayings: dict[str, tuple[str, ...]] = {}
    for row in book.every("sayings", "what", "text"):
        what = book.text(row, "what")
        if what not in SAID:
            book.fault(row, f"nothing is said on {what!r}; there are {', '.join(SAID)}")
        sayings[what] = (*sayings.get(what, ()), book.text(row, "text"))
    names: dict[str, list[str]] = {"surname": [], "given": []}
    for row in book.every("names", "part", "text"):
        names.setdefault(book.text(row, "part"), []).append(book.text(row, "text"))
    if book.faults:
        raise CatalogueFault(book.faults)
    return Script(tuple(scenes), sayings, tuple(names["surname"]), tuple(names["given"]))


def _known(book: Book, row: Row, catalogue: Catalogue) -> bool:
    kind = book.text(row, "kind")
    if kind not in catalogue.kinds:
        book.fault(row, f"the kind {kind!r} is defined nowhere")
    return kind in catalogue.kinds
