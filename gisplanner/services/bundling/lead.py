"""The network company that leads in an area (牵头通信企业): exactly one, or none yet."""

from __future__ import annotations

from typing import Any

from gisplanner.domain.district import District
from gisplanner.domain.policy_answer import MEETS, Answer
from gisplanner.domain.profile import Profile
from gisplanner.errors import Fault, NotFoundError, UsageError
from gisplanner.rules.answers import Desk
from gisplanner.services.register.update import district_profile
from gisplanner.store.database import Database
from gisplanner.store.queries import queries
from gisplanner.text import Text

RULE = "lead_telecom"
_TITLE = Text("牵头通信企业", en="leading network company")


def set_lead_telecom(db: Database, district: District, area: str, company: str) -> dict[str, Any]:
    """Name the network company that leads in an adopted area, in place of any other; return it with the clause.

    The history of the area keeps who led before. Where the district's document names its telecom companies, it has
    to be one of them.

    Raises
    ------
    NotFoundError
        There is no such adopted area.
    UsageError
        The company is none of the district's telecom companies.
    """
    profile = district_profile(district)
    known = [] if profile is None else [one.name for one in profile.operators if one.utility == "telecom"]
    if not company.strip() or (known and company not in known):
        raise UsageError(
            Text(f"{company} 不是本区县的通信企业。", en=f"{company} is no telecom company of the district."),
            [Fault(column="COMPANY", value=company, allowed="、".join(known) or None)],
        )
    with db.transaction() as connection:
        changed = queries().renewal_area_lead(connection, district_id=district.id, code=area, company=company)
        if not changed:
            codes = [row.code for row in queries().renewal_areas(connection, district_id=district.id)]
            raise NotFoundError(
                Text(f"没有已采用的片区 {area}。", en=f"There is no adopted area {area}."),
                [Fault(column="AREA", value=area, allowed="、".join(codes) or None)],
            )
    answer = None if profile is None else _answer(profile, area)
    return {"area": area, "lead_telecom": company, "answer": None if answer is None else answer.as_dict()}


def _answer(profile: Profile, area: str) -> Answer:
    desk = Desk(profile)
    if profile.lead_telecom is None:
        return desk.silent(RULE, _TITLE, area)
    reason = Text("原文鼓励一个片区一家，不是必须", en="the text encourages one for each area, it is no duty")
    return desk.answer(RULE, _TITLE, area, MEETS, reason, profile.lead_telecom)
