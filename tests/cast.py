"""The fixed people of the tests, and the place they work in; names as in the demo roster."""

from models.rules.facts import AreaCodes
from models.rules.roles import Actor, Post, Role, system

CITY, DISTRICT, STREET, OTHER_STREET, COMMUNITY = "120000", "120103", "120103001", "120103002", "120103001001"
DRAINAGE, STREET_OFFICE = "u-drainage", "u-street"

HERE = AreaCodes(CITY, DISTRICT, STREET, COMMUNITY)

LI = Actor(1, (Post(Role.GRID_WORKER, COMMUNITY),))
"""Li, grid worker."""
WANG = Actor(2, (Post(Role.STREET_DISPATCHER, STREET),))
"""Wang, street dispatcher."""
ZHOU = Actor(3, (Post(Role.STREET_SUPERVISOR, STREET, STREET_OFFICE),))
"""Zhou, street supervisor."""
ZHAO = Actor(4, (Post(Role.RESPONSIBLE_UNIT, DISTRICT, DRAINAGE),))
"""Zhao, drainage unit."""
DENG = Actor(5, (Post(Role.RESPONSIBLE_UNIT, DISTRICT, DRAINAGE, "B"),))
"""Deng, Zhao's deputy."""
SUN = Actor(6, (Post(Role.VERIFIER, STREET),))
"""Sun, verifier."""
QIAN = Actor(7, (Post(Role.DISTRICT_CENTRE, DISTRICT),))
"""Qian, district centre."""
CHEN = Actor(8, (Post(Role.STREET_SUPERVISOR, OTHER_STREET, "u-other"),))
"""Chen, supervisor of another street, who must see nothing."""
SYSTEM = system()

EVERYBODY = (LI, WANG, ZHOU, ZHAO, DENG, SUN, QIAN, CHEN, SYSTEM)
