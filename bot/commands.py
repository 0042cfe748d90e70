"""The commands that are about the chat itself: /start with a code, /help, /language; and the keyboard below it.

/cancel, /new and /my belong to the intake, the lists of cases to casework and duty.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from aiogram import Bot, F, Router
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.types import BotCommand, CallbackQuery, ChatMemberUpdated, Message

from actions import bindings, people
from actions.ports import Deps
from actions.views import Member
from bot.callbacks import Language
from bot.replies import Replies, button
from config.texts import LANGUAGES, Text, Texts
from models.rules.errors import NoSuchCode, TooManyTries
from models.rules.roles import Role

COMMANDS: Final = ("new", "my", "todo", "queue", "duty", "team", "board", "link", "cancel", "language", "help")
"""The menu, in its order; `command.<name>` describes each."""
KEY_WORDS: Final = {"key.my": "/my", "key.todo": "/todo", "key.help": "/help"}
"""Words on the keyboard below the chat, and the command each stands for."""
_CODE: Final = re.compile(r"(?=.*[-0-9])[A-Za-z0-9-]{6,40}")
_GONE: Final = frozenset({"kicked", "left"})


def router() -> Router:
    """Makes the router of these commands."""
    made = Router(name="commands")
    made.message(CommandStart())(on_start)
    made.message(F.text, _is_stranger)(on_code)
    made.message(Command("help"))(on_help)
    made.message(Command("language"))(on_language)
    made.callback_query(Language.filter())(on_language_chosen)
    made.my_chat_member()(on_membership)
    return made


def start_code(text: str | None) -> str | None:
    """Gives what stands behind /start, "" when nothing does; None for any other text."""
    found = re.fullmatch(r"/start(?:@\w+)?(?:\s+(\S.*))?", (text or "").strip(), re.DOTALL)
    return (found[1] or "").strip() if found else None


def looks_like_code(text: str | None) -> bool:
    """Tells whether a text may be an invite code that was typed without /start."""
    return _CODE.fullmatch((text or "").strip()) is not None


def typed_command(text: str, texts: Texts) -> str | None:
    """Gives the command that a word of the keyboard stands for, in any language of the keyboard."""
    plain = text.strip()
    for language in LANGUAGES:
        t = texts.of(language)
        for key, command in KEY_WORDS.items():
            if plain == t(key):
                return command
    return None


def keyboard_below(member: Member, t: Text) -> Mapping[str, Any]:
    """Gives the keyboard that stays below the chat: one's place in one tap, and one's lists."""
    words = [{"text": t("key.my")}, {"text": t("key.help")}]
    if any(post.post.role is not Role.GRID_WORKER for post in member.posts):
        words.insert(1, {"text": t("key.todo")})
    return {
        "keyboard": [[{"text": t("key.location"), "request_location": True}], words],
        "resize_keyboard": True,
        "is_persistent": True,
        "input_field_placeholder": t("key.placeholder"),
    }


async def publish(bot: Bot, texts: Texts) -> None:
    """Publishes the menu of commands in every language."""
    phones = {"zh_CN": None, "zh_TW": "zh-hant", "en": "en"}
    for language in LANGUAGES:
        t = texts.of(language)
        menu = [BotCommand(command=name, description=t(f"command.{name}")) for name in COMMANDS]
        # The Bot API takes two-letter codes only: the traditional script cannot have a menu of its own there.
        code = phones[language]
        if code is None or len(code) == 2:
            await bot.set_my_commands(menu, language_code=code)


def _is_stranger(_: Message, member: Member | None) -> bool:
    return member is None


async def on_start(
    message: Message,
    command: CommandObject,
    deps: Deps,
    channel: str,
    member: Member | None,
    t: Text,
    texts: Texts,
    replies: Replies,
) -> None:
    """Binds the chat to the person of the code, or greets who is bound already."""
    code = (command.args or "").strip()
    if code:
        await _bind(message, code, deps, channel, member, t, texts, replies)
    elif member is not None:
        await _welcome(member, t, replies)
    else:
        await replies.say(t.html("common.stranger"))


async def on_code(message: Message, deps: Deps, channel: str, t: Text, texts: Texts, replies: Replies) -> None:
    """Takes a code that a stranger typed without /start."""
    await _bind(message, (message.text or "").strip(), deps, channel, None, t, texts, replies)


async def _bind(
    message: Message,
    code: str,
    deps: Deps,
    channel: str,
    member: Member | None,
    t: Text,
    texts: Texts,
    replies: Replies,
) -> None:
    """Refusals are answered here, so that a wrong code stays counted."""
    language = texts.of(message.from_user.language_code).language if message.from_user else None
    try:
        bound = await bindings.start(deps, channel, message.chat.id, code, language)
    except NoSuchCode as refusal:
        # The same code again, from the chat it was used in, is a double tap and no attack.
        if member is not None:
            await _welcome(member, t, replies)
        else:
            await replies.say(t.html("refusal.no_such_code", **refusal.facts))
    except TooManyTries as refusal:
        await replies.say(t.html("refusal.too_many_tries", **refusal.facts))
    else:
        if isinstance(bound, bindings.Pending):
            await tell_pending(bound, texts.of(bound.language), replies)
        else:
            await _welcome(bound, texts.of(bound.language), replies)


async def tell_pending(pending: bindings.Pending, t: Text, replies: Replies) -> None:
    """Says who must confirm, and what of theirs is kept until then; one message that moves to the end."""
    admins = t("join.list").join(pending.admins)
    who = t.html("binding.wait_for", admins=admins) if admins else t.html("binding.wait")
    lines = [t.html("binding.pending", name=pending.name), who]
    if pending.danger:
        lines.insert(0, t.html("binding.call_first"))
    if pending.n_held:
        lines.append(t.html("binding.kept", n=pending.n_held))
    await replies.say("\n".join(lines), card_key=bindings.TEMPLATE, loud=True)


async def _welcome(member: Member, t: Text, replies: Replies) -> None:
    """Says who we think it is, so that a wrong binding is noticed at once, and how to begin."""
    posts = [t.html("common.post", role=t(f"role.{post.post.role}"), area=post.area_name) for post in member.posts]
    who = t.html("common.welcome", name=member.name)
    lines = [who, *posts, "", t.html("common.how_to_report")]
    await replies.say("\n".join(lines), reply_keyboard=keyboard_below(member, t))


async def on_help(message: Message, member: Member, t: Text, replies: Replies) -> None:
    """Says what can be done here, shortly."""
    await replies.say(t.html("common.help"), reply_keyboard=keyboard_below(member, t))


async def on_language(message: Message, t: Text, texts: Texts, replies: Replies) -> None:
    """Offers the languages, each in its own words."""
    names = [button(texts.of(code)("common.language_name"), Language(code=code)) for code in LANGUAGES]
    await replies.say(t.html("common.ask_language"), [[name] for name in names])


async def on_language_chosen(
    query: CallbackQuery,
    callback_data: Language,
    deps: Deps,
    member: Member,
    channel: str,
    texts: Texts,
    replies: Replies,
) -> None:
    """Sets the language and shows the keyboard in it."""
    await people.set_language(deps, member.actor, callback_data.code)
    t = texts.of(callback_data.code)
    replies.toast(t("common.language_set"))
    await replies.say(t.html("common.language_set"), reply_keyboard=keyboard_below(member, t))


async def on_membership(event: ChatMemberUpdated, deps: Deps, channel: str) -> None:
    """Notes that somebody blocked the bot, or is back."""
    if event.new_chat_member.status in _GONE:
        await people.unreachable(deps, channel, event.chat.id, "blocked")
    else:
        await people.reachable(deps, channel, event.chat.id)
