"""The card on which an admin reads who wants to be bound, and confirms or refuses them."""

from actions.bindings import RequestView
from bot.callbacks import BindTap
from bot.outgoing.content import Content, Rows
from bot.outgoing.wording import Say, escaped


def binding_content(view: RequestView, t: Say, *, danger: bool = False) -> Content:
    """Writes the card; once somebody has decided it has no buttons any more."""
    lines = [t("binding.danger")] if danger and view.verdict is None else []
    lines.append(t("binding.asks", name=view.name, staff_no=view.staff_no))
    lines += [t("binding.post", role=t(f"role.{post.post.role}"), area=post.area_name) for post in view.posts]
    if view.n_held:
        lines.append(t("binding.held", n=view.n_held))
    rows: Rows = ()
    if view.verdict is None:
        lines.append(t("binding.ask"))
        words = ((t("binding.yes"), "yes"), (t("binding.no"), "no"))
        rows = (tuple({"text": label, "callback_data": _tap(do, view.request_id)} for label, do in words),)
    else:
        lines.append(t(f"binding.{view.verdict}", name=view.decided_by or "–"))
    plain = "\n".join(lines)
    return Content(html=escaped(plain), plain=plain, rows=rows)


def _tap(do: str, request_id: int) -> str:
    return BindTap(do=do, id=request_id).pack()
