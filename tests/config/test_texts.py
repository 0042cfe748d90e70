"""Every sentence comes from a catalogue, in the reader's language, with its facts."""

from pathlib import Path

import pytest

from config.texts import Html, Texts, TextsFault, language_of

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: {plural}\\n"\n\n'
ONE_FORM = "nplurals=1; plural=0;"
TWO_FORMS = "nplurals=2; plural=(n != 1);"


def write(root: Path, language: str, domain: str, entries: str, plural: str = ONE_FORM) -> Path:
    path = root / language / f"{domain}.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD.format(plural=plural) + entries, encoding="utf-8")
    return path


def entry(key: str, text: str) -> str:
    return f'msgid "{key}"\nmsgstr "{text}"\n\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path, "zh_CN", "intake", entry("intake.hello", "你好，{name}") + entry("intake.done", "办好了"))
    write(tmp_path, "zh_TW", "intake", entry("intake.hello", "您好，{name}"))
    plural = 'msgid "intake.photos"\nmsgid_plural "intake.photos"\nmsgstr[0] "{n} photo"\nmsgstr[1] "{n} photos"\n\n'
    write(tmp_path, "en", "intake", entry("intake.hello", "Hello, {name}") + plural, TWO_FORMS)
    return tmp_path


def test_a_sentence_comes_in_the_readers_language_with_its_facts(root: Path) -> None:
    texts = Texts.load([root])
    assert texts.of("zh_CN")("intake.hello", name="李") == "你好，李"
    assert texts.of("en")("intake.hello", name="Li") == "Hello, Li"


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("zh-hans", "zh_CN"),
        ("zh", "zh_CN"),
        ("zh-hant", "zh_TW"),
        ("zh-TW", "zh_TW"),
        ("zh-Hant-HK", "zh_TW"),
        ("en-US", "en"),
        ("de", "zh_CN"),
        (None, "zh_CN"),
        ("", "zh_CN"),
    ],
)
def test_the_language_code_of_any_phone_finds_a_language(code: str | None, language: str) -> None:
    assert language_of(code) == language


def test_what_a_language_lacks_is_said_in_chinese_and_reported(root: Path) -> None:
    texts = Texts.load([root])
    assert texts.of("zh_TW")("intake.done") == "办好了"
    assert texts.missing()["zh_TW"] == {"intake.done", "intake.photos"}


def test_a_key_that_no_language_has_is_shown_as_itself_and_reported(root: Path) -> None:
    texts = Texts.load([root])
    assert texts.of("en")("intake.nothing") == "intake.nothing"
    assert "intake.nothing" in texts.missing()["en"]


def test_complete_catalogues_report_nothing(tmp_path: Path) -> None:
    for language in ("zh_CN", "zh_TW", "en"):
        write(tmp_path, language, "common", entry("common.ok", "OK"))
    texts = Texts.load([tmp_path])
    assert texts.missing() == {}
    assert texts.disagreeing() == frozenset()


def test_text_from_people_cannot_become_markup(root: Path) -> None:
    t = Texts.load([root]).of("en")
    assert t.html("intake.hello", name="<b>Li & co</b>") == "Hello, &lt;b&gt;Li &amp; co&lt;/b&gt;"
    assert t.html("intake.hello", name=Html("<b>Li</b>")) == "Hello, <b>Li</b>"
    assert t.html("intake.hello", name=t.html("intake.hello", name="<")) == "Hello, Hello, &lt;"
    assert t("intake.hello", name="{n}") == "Hello, {n}"


def test_a_count_chooses_the_plural_form(root: Path) -> None:
    t = Texts.load([root]).of("en")
    assert t("intake.photos", n=1) == "1 photo"
    assert t("intake.photos", n=3) == "3 photos"


def test_a_sentence_without_its_fact_is_a_fault_with_the_key(root: Path) -> None:
    with pytest.raises(TextsFault, match=r"en: intake\.hello needs the fact 'name'"):
        Texts.load([root]).of("en")("intake.hello")


def test_languages_that_take_different_facts_are_found(root: Path) -> None:
    write(root, "en", "more", entry("more.where", "In {street}"), TWO_FORMS)
    write(root, "zh_CN", "more", entry("more.where", "在{area}"))
    assert Texts.load([root]).disagreeing() == {"more.where"}


def test_an_untranslated_or_fuzzy_sentence_is_missing(root: Path) -> None:
    write(root, "en", "more", entry("more.empty", "") + "#, fuzzy\n" + entry("more.unsure", "Perhaps"), TWO_FORMS)
    write(root, "zh_CN", "more", entry("more.empty", "空") + entry("more.unsure", "也许"))
    assert {"more.empty", "more.unsure"} <= Texts.load([root]).missing()["en"]


def test_a_key_in_two_files_is_refused(root: Path) -> None:
    write(root, "en", "other", entry("intake.hello", "Hi"), TWO_FORMS)
    with pytest.raises(TextsFault, match=r"the key intake\.hello stands twice"):
        Texts.load([root])


@pytest.mark.parametrize(
    ("broken", "line"),
    [('msgid "a\nmsgstr "b"\n', 1), ('msgid "a"\nmsgstr b\n', 2), ('msgid "a"\nmgstr "b"\n', 2), ("hello\n", 1)],
)
def test_a_broken_catalogue_is_refused_with_its_name_and_line(root: Path, broken: str, line: int) -> None:
    (root / "en" / "broken.po").write_text(broken, encoding="utf-8")
    with pytest.raises(TextsFault, match=rf"broken\.po:{line}: "):
        Texts.load([root])


def test_several_folders_become_one(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("web")
    write(other, "zh_CN", "board", entry("board.title", "看板"))
    texts = Texts.load([root, other])
    assert texts.of(None)("board.title") == "看板"
    assert texts.keys("board.") == {"board.title"}
    assert texts.of("en").has("board.title")
