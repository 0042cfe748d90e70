"""How does Telegram refuse? Every refusal of the Bot API, in the words bots already look for.

The texts are part of the protocol, not sentences for users.
"""


class BotApiError(Exception):
    """A refusal as a bot gets it: HTTP status, text, and a time to wait when that helps."""

    def __init__(self, code: int, description: str, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after


class ChatNotFound(BotApiError):
    """The chat does not exist or never spoke with this bot."""

    def __init__(self) -> None:
        super().__init__(400, "Bad Request: chat not found")


class BlockedByUser(BotApiError):
    """The person does not want to hear from the bot; permanent until they unblock it."""

    def __init__(self) -> None:
        super().__init__(403, "Forbidden: bot was blocked by the user")


class TooManyRequests(BotApiError):
    """The bot has to wait `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(429, f"Too Many Requests: retry after {retry_after}", retry_after)


class Conflict(BotApiError):
    """Two ways of getting updates, or two pollers, exclude each other."""

    def __init__(self, reason: str) -> None:
        super().__init__(409, f"Conflict: {reason}")


class BadRequest(BotApiError):
    """The request itself is wrong; repeating it cannot help."""

    def __init__(self, reason: str) -> None:
        super().__init__(400, f"Bad Request: {reason}")


class NotModified(BadRequest):
    """An edit would change nothing; bots treat it as success."""

    def __init__(self) -> None:
        super().__init__(
            "message is not modified: specified new message content and reply markup are exactly the same"
            " as a current content and reply markup of the message"
        )


class CannotParseEntities(BadRequest):
    """The markup of a text is broken; nothing was sent."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"can't parse entities: {reason}")
