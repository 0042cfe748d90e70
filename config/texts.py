"""The sentences of the service by key and language, from gettext catalogues. No sentence stands in code.

A folder of locales is laid out as `<language>/<domain>.po`; the msgid is the whole key (`intake.ask_photo`), the
domains only sort the keys into files. A sentence takes its facts as `{name}`.
"""

import gettext
import html
import re
import string
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.pofile import PoFileError, read_po

DEFAULT = "zh_CN"
LANGUAGES = (DEFAULT, "zh_TW", "en")
_LINE = re.compile(r'|#.*|(?:msg(?:id|id_plural|ctxt|str(?:\[\d\])?)\s*)?"(?:[^"\\]|\\.)*"')


class TextsFault(Exception):
    """A catalogue cannot be read, or a sentence lacks a fact; the text says where."""


class Html(str):
    """A text that is markup already: `Text.html` takes it as a fact without escaping it again."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """One translated entry: one form, or one for each plural form of the language."""

    forms: tuple[str, ...]
    plural: Callable[[int], int] | None = None

    def form(self, n: object) -> str:
        """Chooses the plural form for a count; the only form otherwise."""
        if self.plural is None or not isinstance(n, int):
            return self.forms[-1]
        return self.forms[min(self.plural(n), len(self.forms) - 1)]


Tables = Mapping[str, Mapping[str, Sentence]]


class Text:
    """The sentences of one language; what it lacks is taken from the default language and noted."""

    def __init__(self, language: str, tables: Tables, missed: set[tuple[str, str]]) -> None:
        self.language = language
        self._tables = tables
        self._missed = missed

    def __call__(self, key: str, **facts: object) -> str:
        """Gives the sentence of a key with its facts filled in; the count `n` chooses the plural form."""
        return self._filled(key, facts)

    def html(self, key: str, **facts: object) -> Html:
        """Gives the sentence as Telegram HTML: text facts are escaped, numbers and `Html` are taken as they are."""
        return Html(self._filled(key, {name: _escaped(fact) for name, fact in facts.items()}))

    def has(self, key: str) -> bool:
        """Tells whether any language has the key."""
        return any(key in table for table in self._tables.values())

    def _filled(self, key: str, facts: Mapping[str, object]) -> str:
        sentence = self._tables.get(self.language, {}).get(key)
        if sentence is None:
            self._missed.add((self.language, key))
            sentence = self._tables.get(DEFAULT, {}).get(key)
        if sentence is None:
            return key
        try:
            return sentence.form(facts.get("n")).format(**facts)
        except KeyError as error:
            raise TextsFault(f"{self.language}: {key} needs the fact {error}") from error


class Texts:
    """All sentences of all languages. Immutable after loading, but for the note of what was missed."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._missed: set[tuple[str, str]] = set()

    @classmethod
    def load(cls, folders: Iterable[Path]) -> "Texts":
        """Reads every catalogue of the folders; raises `TextsFault` for a broken file or a key that stands twice."""
        tables: dict[str, dict[str, Sentence]] = {language: {} for language in LANGUAGES}
        for folder in folders:
            for path in sorted(folder.glob("*/*.po")):
                table = tables.setdefault(path.parent.name, {})
                for key, sentence in _entries(path):
                    if key in table:
                        raise TextsFault(f"{path}: the key {key} stands twice")
                    table[key] = sentence
        return cls(tables)

    def of(self, locale: str | None) -> Text:
        """Gives the sentences for a locale or the language code of a phone (zh-hant, zh-TW, en-US)."""
        return Text(language_of(locale), self._tables, self._missed)

    def missing(self) -> Mapping[str, frozenset[str]]:
        """Lists by language the keys that another language has, and those that were asked for in vain."""
        every = set().union(*self._tables.values())
        asked = {lang: {key for at, key in self._missed if at == lang} for lang in self._tables}
        gaps = {lang: frozenset((every - table.keys()) | asked[lang]) for lang, table in self._tables.items()}
        return {lang: keys for lang, keys in gaps.items() if keys}

    def disagreeing(self) -> frozenset[str]:
        """Lists the keys whose sentences do not take the same facts in every language."""
        facts: dict[str, set[frozenset[str]]] = {}
        for table in self._tables.values():
            for key, sentence in table.items():
                facts.setdefault(key, set()).add(frozenset().union(*map(placeholders, sentence.forms)) - {"n"})
        return frozenset(key for key, found in facts.items() if len(found) > 1)

    def keys(self, prefix: str = "") -> frozenset[str]:
        """Lists the keys of every language that begin with a prefix."""
        return frozenset(key for table in self._tables.values() for key in table if key.startswith(prefix))


def language_of(locale: str | None) -> str:
    """Names the language of ours that a locale or phone's language code is best served with."""
    parts = (locale or "").replace("-", "_").lower().split("_")
    if parts[0] == "en":
        return "en"
    if parts[0] == "zh" and {"hant", "tw", "hk", "mo"} & set(parts[1:]):
        return "zh_TW"
    return DEFAULT


def placeholders(sentence: str) -> frozenset[str]:
    """Names the facts that a sentence takes."""
    names = (name for _, name, _, _ in string.Formatter().parse(sentence) if name)
    return frozenset(name.partition(".")[0].partition("[")[0] for name in names)


def _entries(path: Path) -> Iterable[tuple[str, Sentence]]:
    content = path.read_bytes()
    _check_lines(path, content.decode("utf-8", "replace"))
    try:
        catalogue = read_po(BytesIO(content), locale=path.parent.name, abort_invalid=True)
    except (PoFileError, ValueError) as error:
        raise TextsFault(f"{path}: {error}") from error
    for message in catalogue:
        if not message.id or message.fuzzy:
            continue
        if isinstance(message.id, tuple | list):
            forms = tuple(str(form) for form in message.string or ())
            if forms and all(forms):
                yield str(message.id[0]), Sentence(forms, gettext.c2py(catalogue.plural_expr))
        elif message.string:
            yield str(message.id), Sentence((str(message.string),))


def _check_lines(path: Path, content: str) -> None:
    """Refuses what babel would drop in silence: a line without its quotes loses a sentence."""
    for number, line in enumerate(content.splitlines(), start=1):
        if not _LINE.fullmatch(line.strip()):
            raise TextsFault(f"{path}:{number}: the line is neither a comment nor a quoted text")


def _escaped(fact: object) -> object:
    if isinstance(fact, Html) or not isinstance(fact, str):
        return fact
    return html.escape(fact, quote=False)
