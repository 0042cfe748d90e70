"""The tap that files a draft: from a draft to a request, and from a receipt or a refusal to words."""

from dataclasses import replace

from actions import reports
from actions.reports import FilingRequest, PlaceGiven
from bot.callbacks import CaseTap
from bot.intake import questions as q
from bot.intake.draft import AFTER, BEFORE, Draft, Spot
from bot.intake.talk import Talk, card_key
from bot.intake.turn import close_twins, show
from bot.middlewares import refusal_words
from bot.replies import button
from models.rules.errors import FieldMissing, FiguresDisagree, PlaceMissing, Refusal, SamePicture, UnknownCase
from models.rules.facts import AreaCodes
from models.rules.kinds import Group

FIRST_REPORT = "first"


async def file(talk: Talk, draft: Draft, *, joins: str | None) -> None:
    """Files the draft, as a case of its own or joining one; a refusal leaves it open and asks what is wrong."""
    try:
        filed = await reports.file(talk.deps, talk.member.actor, request(talk, draft, joins))
    except Refusal as refusal:
        await _refused(talk, draft, refusal)
        return
    await talk.drop(draft)
    number = filed.case_no or filed.report_no
    await close_twins(talk, draft, "joined" if filed.joined else "apart", case_no=number)
    key = "intake.filed.joined" if filed.joined else "intake.filed.case" if filed.case_no else "intake.filed.report"
    said: str = talk.t.html(key, number=number, report_no=filed.report_no)
    if draft.life_danger:
        said = f"{talk.t.html('intake.card.call_first')}\n\n{said}"
    more = [[button(talk.t("intake.key.more"), CaseTap(do="note", no=filed.case_no))]] if filed.case_no else None
    await talk.replies.card(card_key(draft), said, more)
    talk.replies.toast(talk.t("intake.toast.joined" if filed.joined else "intake.toast.filed"))


def request(talk: Talk, draft: Draft, joins: str | None) -> FilingRequest:
    """Gives what is filed: only answers that the kind asks for, and figures only of a disaster."""
    kind = q.kind_of(draft, talk.deps.catalogue)
    assert kind is not None
    grade = q.grade_of(draft, kind)
    asked = {field.code for field in kind.asked(grade)}
    disaster = kind.group is Group.DISASTER
    return FilingRequest(
        kind=kind.code,
        text=draft.text,
        place=_place(draft.spot, draft.address) if draft.spot is not None else None,
        channel=talk.channel,
        update_id=talk.update_id,
        fields={code: value for code, value in draft.fields.items() if code in asked},
        figures=dict(draft.figures) if disaster else {},
        grade=grade,
        life_danger=draft.life_danger,
        danger=draft.danger,
        before=tuple(shot.media_id for shot in draft.photos(BEFORE)),
        after=tuple(shot.media_id for shot in draft.photos(AFTER)) if draft.on_spot else (),
        joins=joins,
        phase=FIRST_REPORT if disaster else None,
    )


def _place(spot: Spot, address: str | None) -> PlaceGiven:
    city, *inner = spot.codes
    district, street, community, grid = inner
    fix = spot.fix
    return PlaceGiven(
        areas=AreaCodes(city or "", district, street, community, grid, placed=spot.placed),
        edition=spot.edition,
        method=spot.method,
        reason=spot.reason,
        latitude=spot.latitude,
        longitude=spot.longitude,
        raw_latitude=fix.latitude if fix is not None else None,
        raw_longitude=fix.longitude if fix is not None else None,
        coord_sys=fix.datum if fix is not None else None,
        accuracy_m=fix.accuracy_m if fix is not None else None,
        by_hand=fix.by_hand if fix is not None else False,
        address_text=address,
    )


async def _refused(talk: Talk, draft: Draft, refusal: Refusal) -> None:
    """Says what stood in the way and asks for just that."""
    match refusal:
        case FieldMissing():
            draft = replace(draft, editing=f"{q.FIELD}{refusal.facts.get('field')}")
        case FiguresDisagree():
            draft = replace(draft, editing=q.FAULT)
        case PlaceMissing():
            draft = replace(draft, spot=None)
        case SamePicture():
            draft = replace(draft, shots=tuple(shot for shot in draft.shots if shot.role != AFTER))
        case UnknownCase():
            # The case nearby was closed in the meantime: look again.
            draft = replace(draft, twins=None)
    talk.replies.toast(talk.t("intake.toast.not_filed"))
    await talk.replies.say(refusal_words(refusal, talk.t))
    await show(talk, draft, loud=True)
