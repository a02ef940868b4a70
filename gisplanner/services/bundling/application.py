"""The subsidy-clean subset (补助申报) of bundles: who and what may be applied for, and what is kept out (反搭车)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd

from gisplanner.domain.bundling import EstateId
from gisplanner.domain.district import District
from gisplanner.domain.policy_answer import MEETS, Answer
from gisplanner.domain.policy_facts import EstateFacts, OutsideWork
from gisplanner.domain.subsidy import BundleApplication, JudgedEstate, JudgedWork, Lie, SubsidyApplication
from gisplanner.errors import Fault, RefusedError, UsageError
from gisplanner.planning.works import WorkLie, lie_of_works
from gisplanner.rules.answers import Desk
from gisplanner.rules.eligibility import eligibility
from gisplanner.rules.facts import read_facts
from gisplanner.rules.hitchhiking import estate_riders, inside_work, outside_work, rides_on
from gisplanner.services.bundling.proposals import get_proposal
from gisplanner.services.bundling.propose import BundleResult
from gisplanner.services.bundling.totals import Figures, figures_of, totals_of
from gisplanner.services.bundling.works import network_of, read_works
from gisplanner.services.layers import layer_frame
from gisplanner.services.policy.answers import load
from gisplanner.services.policy.eligibility import TOLERANCE_M2, review_eligibility
from gisplanner.services.policy.eligibility_facts import assumed_facts, stored_facts, subjects_of
from gisplanner.store.database import Database
from gisplanner.text import Text

Bundles = Mapping[str, Sequence[EstateId]]


@dataclass(frozen=True, slots=True)
class WorksFile:
    """Where planned works stand: the file, its layer, and what its coordinates are where it does not say."""

    path: Path
    layer: str | None = None
    crs: str | None = None
    encoding: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Application:
    """The application with the geometry it speaks of: estates by id, and works by row, in one metric CRS."""

    judged: SubsidyApplication
    estates: gpd.GeoDataFrame
    works: gpd.GeoDataFrame | None


def application_of_proposal(
    db: Database,
    district: District,
    name: str,
    *,
    profile: str | None = None,
    facts: Any = None,
    file: str | None = None,
    works: WorksFile | None = None,
    reach_m: float = 0.0,
    tolerance_m2: float = TOLERANCE_M2,
) -> Application:
    """Return what of a stored proposal may be applied for, by stored facts and areas. Nothing is stored.

    Parameters
    ----------
    profile
        Profile name or file; ``None`` is the district's own.
    facts, file
        Facts by estate name or code that are assumed beside what is stored, and the file they came from.
    works
        Planned works.
    reach_m
        Distance up to which a work touches an estate.
    tolerance_m2
        Overlap with an exclusion area up to which it does not count.

    Raises
    ------
    NotFoundError
        There is no such proposal.
    RefusedError
        It has estates that are gone, or that the account does not see.
    InputError
        Facts or works have faults.
    """
    bundles = get_proposal(db, district, name).grouping.bundles
    review = review_eligibility(db, district, profile=profile, what_if=facts, file=file, tolerance_m2=tolerance_m2)
    frame = layer_frame(db, district, "estates").set_index("code", drop=False)
    overall: dict[EstateId, Answer] = {one.code: one.overall for one in review.estates}
    unseen = {estate for members in bundles.values() for estate in members} - overall.keys()
    if unseen:
        raise RefusedError(
            Text(
                f"方案中有 {len(unseen)} 个小区不在台账中或不对当前账户开放，申报内容不能只算一部分。",
                en=f"{len(unseen)} estates of the proposal are gone or not open here; a part is no application.",
            ),
            [Fault(column="name", value=name)],
        )
    return _applied(
        frame, bundles, overall, Desk(review.profile), _read(works, frame), reach_m, hypothetical=review.hypothetical
    )


def application_of_file(
    result: BundleResult,
    profile: str,
    facts: Any,
    *,
    file: str | None = None,
    works: WorksFile | None = None,
    reach_m: float = 0.0,
) -> Application:
    """Return what of the bundles of a file may be applied for; parameters as :func:`application_of_proposal`.

    Raises
    ------
    InputError
        Facts or works have faults, or speak of estates that are not in the file.
    """
    known, frame = load(profile), result.estates
    ids = frame.index.tolist()
    columns = ("year_built", "households", "buildings")
    rows = [
        {"code": str(one), "name": result.names.get(one)} | {column: _cell(frame, one, column) for column in columns}
        for one in ids
    ]
    subjects = subjects_of(rows)
    assumed = assumed_facts(facts, rows, subjects, file)
    stored = [stored_facts(row, subject) for row, subject in zip(rows, subjects, strict=True)]
    read = read_facts({"estates": [{**one, **assumed.get(one["name"], {})} for one in stored]}, file=file)
    desk = Desk(known)
    overall = {one: eligibility(desk, estate, None)[0] for one, estate in zip(ids, read.estates, strict=True)}
    bundles = {str(one.id): one.estates for one in result.bundles}
    return _applied(frame, bundles, overall, desk, _read(works, frame), reach_m, hypothetical=bool(assumed))


def _cell(frame: gpd.GeoDataFrame, estate: EstateId, column: str) -> Any:
    if column not in frame.columns:
        return None
    value = frame.at[estate, column]
    return None if value is None or value != value else (str(value) if column == "year_built" else value)  # noqa: PLR0124


def _read(works: WorksFile | None, estates: gpd.GeoDataFrame) -> gpd.GeoDataFrame | None:
    if works is None:
        return None
    return read_works(works.path, estates.crs, layer=works.layer, declared=works.crs, encoding=works.encoding)


def _applied(  # noqa: PLR0917 - estates, how they are bundled, what is known of them, and the works
    estates: gpd.GeoDataFrame, bundles: Bundles, overall: Mapping[EstateId, Answer], desk: Desk,
    works: gpd.GeoDataFrame | None, reach_m: float, *, hypothetical: bool,
) -> Application:  # fmt: skip
    if not 0 <= reach_m < float("inf"):
        raise UsageError(
            Text("接触距离应是不小于 0 的米数。", en="The reach must be 0 m or more."),
            [Fault(column="--reach", value=str(reach_m), allowed="≥ 0")],
        )
    riders, figures = _riders(desk, overall), figures_of(estates)
    lies = [] if works is None else lie_of_works(
        works.geometry, estates.geometry, kinds=[network_of(item) for item in works["item"]], reach_m=reach_m
    )  # fmt: skip
    made = tuple(_bundle(name, members, figures, riders, desk, works, lies) for name, members in bundles.items())
    placed = {one.work for bundle in made for one in bundle.works}
    everybody = set(riders)
    elsewhere = tuple(
        _judged(desk, works, k, lie, riders, everybody)
        for k, lie in enumerate(lies)
        if works is not None and k not in placed
    )
    document = desk.profile.document
    judged = SubsidyApplication(
        profile=desk.profile.name,
        document=document.code,
        document_title=document.title,
        document_status=document.status,
        reach_m=reach_m,
        hypothetical=hypothetical,
        illustrative="illustrative" in estates.columns and bool(estates["illustrative"].isin([True]).any()),
        bundles=made,
        elsewhere=elsewhere,
    )
    return Application(judged, estates, works)


def _riders(desk: Desk, overall: Mapping[EstateId, Answer]) -> dict[EstateId, Answer]:
    named = [EstateFacts(name=one.subject) for one in overall.values()]
    return dict(zip(overall, estate_riders(desk, named, list(overall.values())), strict=True))


def _bundle(  # noqa: PLR0917 - one bundle, and everything it is judged by
    name: str, members: Sequence[EstateId], figures: Figures, riders: Mapping[EstateId, Answer], desk: Desk,
    works: gpd.GeoDataFrame | None, lies: Sequence[WorkLie],
) -> BundleApplication:  # fmt: skip
    own = set(members)
    judged = tuple(JudgedEstate(one, riders[one].subject, riders[one]) for one in members)
    belonging = tuple(
        _judged(desk, works, k, lie, riders, own)
        for k, lie in enumerate(lies)
        if works is not None and own & {lie.inside, *lie.touches, *lie.connected}
    )
    return BundleApplication(
        bundle=name,
        estates=judged,
        works=belonging,
        totals=totals_of(figures, members),
        applied_totals=totals_of(figures, [one.estate for one in judged if one.answer.answer == MEETS]),
    )


def _judged(  # noqa: PLR0917 - one work, how it lies, and to whom
    desk: Desk, works: gpd.GeoDataFrame, row: int, lie: WorkLie, riders: Mapping[EstateId, Answer],
    own: set[EstateId],
) -> JudgedWork:  # fmt: skip
    item, name, cost = works.iloc[row][["item", "name", "cost_cny"]]
    touched = tuple(one for one in (lie.inside, *lie.touches) if one is not None and one in own)
    connected = tuple(one for one in lie.connected if one in own)
    work = OutsideWork(
        item=item,
        name=name,
        touches=any(riders[one].answer == MEETS for one in touched),
        connected=any(riders[one].answer == MEETS for one in connected),
    )
    told: Lie = (
        "小区内" if lie.inside in own else "接触小区" if touched else "与小区管网相连" if connected else "不接触"
    )
    if lie.inside is not None and lie.inside in own:
        answer = inside_work(desk, work, riders[lie.inside])
    elif (touched or connected) and not (work.touches or work.connected):
        answer = rides_on(desk, work, riders[(*touched, *connected)[0]])
    else:
        answer = outside_work(desk, work)
    return JudgedWork(row, name or item, item, told, (*touched, *connected), cost, answer)
