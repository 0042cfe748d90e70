"""GET /api/v1/kinds: what can be reported, what is asked about it, and the reasons that verbs take."""

from models.rules.kinds import Field, FieldType, Group, Kind
from models.rules.states import Grade, Urgency
from web.api.operation import Call, Nothing, Operation, Shape


class ChoiceOut(Shape):
    """One answer of a list."""

    code: str
    name: str


class FieldOut(Shape):
    """One question; `low` and `high` bound a number, days from now, or the length of a text."""

    code: str
    name: str
    hint: str | None
    type: FieldType
    unit: str | None
    low: float | None
    high: float | None
    required: bool
    only_major: bool
    choices: list[ChoiceOut]


class KindOut(Shape):
    """A kind of report."""

    code: str
    name: str
    group: Group
    urgency: Urgency
    grade: Grade
    may_be_major: bool
    needs_photo: bool
    fields: list[FieldOut]


class ReasonOut(Shape):
    """A reason, and what it is given for."""

    purpose: str
    code: str
    name: str


class CatalogueOut(Shape):
    """The catalogue of the city in the caller's language."""

    kinds: list[KindOut]
    reasons: list[ReasonOut]


def operations() -> list[Operation]:
    """Lists the declarations."""
    return [
        Operation(
            name="list_kinds",
            tag="catalogue",
            method="GET",
            path="/api/v1/kinds",
            handler=on_kinds,
            answer=CatalogueOut,
        )
    ]


async def on_kinds(call: Call[Nothing, None]) -> CatalogueOut:
    """Answers with the catalogue."""
    language, catalogue = call.said.language, call.deps.catalogue
    reasons = [ReasonOut(purpose=str(r.purpose), code=r.code, name=r.label.in_(language)) for r in catalogue.reasons]
    return CatalogueOut(kinds=[_kind(kind, language) for kind in catalogue.kinds.values()], reasons=reasons)


def _kind(kind: Kind, language: str) -> KindOut:
    return KindOut(
        code=kind.code,
        name=kind.label.in_(language),
        group=kind.group,
        urgency=kind.urgency,
        grade=kind.grade,
        may_be_major=kind.may_be_major,
        needs_photo=kind.needs_photo,
        fields=[_field(field, language) for field in kind.fields],
    )


def _field(field: Field, language: str) -> FieldOut:
    return FieldOut(
        code=field.code,
        name=field.label.in_(language),
        hint=field.hint.in_(language) if field.hint else None,
        type=field.type,
        unit=field.unit.label.in_(language) if field.unit else None,
        low=field.low,
        high=field.high,
        required=field.required,
        only_major=field.only_major,
        choices=[ChoiceOut(code=c.code, name=c.label.in_(language)) for c in field.choices],
    )
