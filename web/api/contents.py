"""Every declaration of the API in the order of its page: the one list that the router and the document read."""

from web import sign_in
from web.api import areas, cases, events, index, kinds, people, photos, reports, stats, verbs, webhooks
from web.api.operation import Operation


def operations() -> list[Operation]:
    """Lists the declarations."""
    return [
        *cases.operations(),
        *verbs.operations(),
        *events.operations(),
        *reports.operations(),
        *photos.operations(),
        *people.operations(),
        *webhooks.operations(),
        *kinds.operations(),
        *areas.operations(),
        *stats.operations(),
        *index.operations(),
        *sign_in.operations(),
    ]
