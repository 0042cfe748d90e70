"""A case for somebody who is no person of the roster: what happened and where, and nobody by name or number."""

from dataclasses import replace

from actions.views import CaseView
from models.rules.redaction import redacted


def for_strangers(view: CaseView) -> CaseView:
    """Takes the names out of a case, and out of what people wrote in it the names and numbers that reach anybody.

    People stay apart by their number, so that who did what can be told.
    """
    names = view.known_names

    def said(words: str | None) -> str | None:
        return None if words is None else redacted(words, names)

    return replace(
        view,
        text=redacted(view.text, names),
        address_text=said(view.address_text),
        fields={code: said(value) if isinstance(value, str) else value for code, value in view.fields.items()},
        reporters=(),
        reporter_ids=(),
        holder_name=None,
        verifier_name=None,
        history=tuple(replace(line, actor_name=None, words=said(line.words)) for line in view.history),
    )
