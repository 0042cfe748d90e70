"""Which Bot API methods are there? One table; names are compared without case, as Telegram does."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from gateway.botapi import about, editing, sending, updating
from gateway.botapi.call import Call

Method = Callable[[Call], Awaitable[Any]]

METHODS: Mapping[str, Method] = {
    "getme": about.get_me,
    "close": about.close,
    "logout": about.close,
    "getupdates": updating.get_updates,
    "setwebhook": updating.set_webhook,
    "deletewebhook": updating.delete_webhook,
    "getwebhookinfo": updating.get_webhook_info,
    "sendmessage": sending.send_message,
    "sendphoto": sending.send_photo,
    "sendmediagroup": sending.send_media_group,
    "senddocument": sending.send_document,
    "sendlocation": sending.send_location,
    "sendchataction": sending.send_chat_action,
    "editmessagetext": editing.edit_message_text,
    "editmessagecaption": editing.edit_message_caption,
    "editmessagemedia": editing.edit_message_media,
    "editmessagereplymarkup": editing.edit_message_reply_markup,
    "deletemessage": editing.delete_message,
    "deletemessages": editing.delete_messages,
    "answercallbackquery": about.answer_callback_query,
    "getfile": about.get_file,
    "getchat": about.get_chat,
    "setmycommands": about.set_my_commands,
    "deletemycommands": about.delete_my_commands,
    "getmycommands": about.get_my_commands,
}
