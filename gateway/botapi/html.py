"""What does a text in HTML parse mode say, and is its markup sound?

As strict as Telegram: one unknown or unbalanced tag and nothing is sent. A lenient parser (the
standard library's, or those of client libraries) would hide a bot's mistake until real Telegram.
"""

import re
from dataclasses import dataclass, field

from gateway.botapi.entities import Entity, link, utf16_length
from gateway.botapi.errors import CannotParseEntities

_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:(lt|gt|amp|quot)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));?")
_NAME = re.compile(r"[^\s>/]*")
_ATTRIBUTE = re.compile(r"""\s*([^\s=>/"']*)\s*(?:=\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9.-]+)))?""")
_LANGUAGE = "language-"


@dataclass(slots=True)
class _Open:
    name: str
    attributes: dict[str, str]
    offset: int
    start: int


@dataclass(slots=True)
class _Parser:
    source: str
    at: int = 0
    written: list[str] = field(default_factory=list)
    units: int = 0
    stack: list[_Open] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)

    def run(self) -> tuple[str, list[Entity]]:
        while self.at < len(self.source):
            stop = self.source.find("<", self.at)
            stop = len(self.source) if stop < 0 else stop
            self.write(decoded(self.source[self.at : stop]))
            self.at = stop
            if self.at < len(self.source):
                if self.source.startswith("</", self.at):
                    self.close_tag()
                else:
                    self.open_tag()
        if self.stack:
            raise CannotParseEntities(f'Can\'t find end tag corresponding to start tag "{self.stack[-1].name}"')
        self.entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
        return "".join(self.written), self.entities

    def write(self, text: str) -> None:
        if text:
            self.written.append(text)
            self.units += utf16_length(text)

    def bytes_before(self, at: int) -> int:
        return len(self.source[:at].encode())

    def open_tag(self) -> None:
        begin = self.at
        named = _NAME.match(self.source, begin + 1)
        name = named.group().lower() if named else ""
        if name not in _TYPES:
            raise CannotParseEntities(f'Unsupported start tag "{name}" at byte offset {self.bytes_before(begin)}')
        self.at = begin + 1 + len(name)
        attributes = self.read_attributes(name, begin)
        if name == "span" and attributes.get("class") != "tg-spoiler":
            where = self.bytes_before(begin)
            raise CannotParseEntities(f'Tag "span" must have class "tg-spoiler" at byte offset {where}')
        self.stack.append(_Open(name, attributes, self.units, len(self.written)))

    def read_attributes(self, tag: str, begin: int) -> dict[str, str]:
        attributes: dict[str, str] = {}
        while True:
            while self.at < len(self.source) and (self.source[self.at].isspace() or self.source[self.at] == "/"):
                self.at += 1
            if self.at >= len(self.source):
                raise CannotParseEntities(f'Unclosed start tag "{tag}" at byte offset {self.bytes_before(begin)}')
            if self.source[self.at] == ">":
                self.at += 1
                return attributes
            found = _ATTRIBUTE.match(self.source, self.at)
            if found is None or not found.group(1):
                where = self.bytes_before(self.at)
                raise CannotParseEntities(f'Empty attribute name in the tag "{tag}" at byte offset {where}')
            value = next((part for part in found.groups()[1:] if part is not None), "")
            attributes[found.group(1).lower()] = decoded(value)
            self.at = found.end()

    def close_tag(self) -> None:
        begin = self.at
        end = self.source.find(">", begin)
        if not self.stack:
            raise CannotParseEntities(f"Unexpected end tag at byte offset {self.bytes_before(begin)}")
        if end < 0:
            raise CannotParseEntities(f"Unclosed end tag at byte offset {self.bytes_before(begin)}")
        name = self.source[begin + 2 : end].strip().lower()
        opened = self.stack.pop()
        if name and name != opened.name:
            raise CannotParseEntities(
                f"Unmatched end tag at byte offset {self.bytes_before(begin)},"
                f' expected "</{opened.name}>", found "</{name}>"'
            )
        self.at = end + 1
        self.add_entity(opened)

    def add_entity(self, opened: _Open) -> None:
        length = self.units - opened.offset
        if length == 0:
            return
        entity: Entity = {"type": _TYPES[opened.name], "offset": opened.offset, "length": length}
        match opened.name:
            case "a":
                url = link(opened.attributes.get("href") or "".join(self.written[opened.start :]))
                if url is None:
                    return
                entity["url"] = url
            case "blockquote" if "expandable" in opened.attributes:
                entity["type"] = "expandable_blockquote"
            case "tg-emoji":
                entity["custom_emoji_id"] = opened.attributes.get("emoji-id", "")
            case "code" if opened.attributes.get("class", "").startswith(_LANGUAGE):
                entity["language"] = opened.attributes["class"].removeprefix(_LANGUAGE)
            case "pre":
                self.join_code_inside(entity)
        self.entities.append(entity)

    def join_code_inside(self, pre: Entity) -> None:
        """`<pre><code class="language-x">` is one block of code with a language, not two entities."""
        for inner in self.entities:
            same = (inner["offset"], inner["length"]) == (pre["offset"], pre["length"])
            if inner["type"] == "code" and same:
                self.entities.remove(inner)
                if "language" in inner:
                    pre["language"] = inner["language"]
                return


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """Splits HTML into plain text and entities; raises CannotParseEntities with Telegram's reason."""
    text, entities = _Parser(source).run()
    for entity in entities:
        if entity["type"] == "code":
            entity.pop("language", None)
    return text, entities


def decoded(text: str) -> str:
    """Replaces the four named and all numeric character references; any other ampersand stays."""
    return _REFERENCE.sub(_character, text) if "&" in text else text


def _character(match: re.Match[str]) -> str:
    named, decimal, hexadecimal = match.groups()
    if named:
        return _NAMED[named]
    code = int(decimal) if decimal else int(hexadecimal, 16)
    if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000:
        return chr(code)
    return match.group()
