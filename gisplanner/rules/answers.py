"""Turn a verdict about a subject into an answer with its clause, its document and what could change it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gisplanner.domain.clause import Clause, Passage
from gisplanner.domain.policy_answer import UNQUOTED, UNSTATED, Answer, Quoted
from gisplanner.domain.profile import Profile
from gisplanner.rules.words import plain
from gisplanner.text import Text


@dataclass(frozen=True, slots=True)
class Desk:
    """Writes answers on behalf of one profile: no verdict leaves it without the clause it stands on."""

    profile: Profile

    def answer(  # noqa: PLR0917 - the parts of an answer in the order a person reads them
        self,
        rule: str,
        title: Text,
        subject: str,
        verdict: str,
        reason: Text,
        clause: Passage | None = None,
        *,
        also: Sequence[Passage] = (),
    ) -> Answer:
        """Return the answer.

        Raises
        ------
        AssertionError
            A verdict other than 资料不足 and 文件未规定 comes without a clause.
        """
        assert clause is not None or verdict in UNQUOTED, f"{rule}: {verdict} needs a clause"
        document = self.profile.document if clause is None else self.profile.document_of(clause.document)
        inherited = clause is not None and clause.inherited
        beside = (*also, *(clause.also if isinstance(clause, Clause) else ()), *self._contradicting(rule, clause))
        return Answer(
            rule=rule,
            title=title,
            subject=subject,
            answer=verdict,
            reason=self._complete(reason, clause),
            quote=None if clause is None else clause.quote,
            document=document.code,
            document_title=document.title,
            document_file=document.file,
            document_status=document.status,
            inherited=inherited,
            cited_not_held=tuple(one.name for one in self.profile.cited if concerns(one.affects, rule)),
            also=tuple(dict.fromkeys(self._quoted(one) for one in beside if not _repeats(one, clause))),
        )

    def silent(self, rule: str, title: Text, subject: str, *, also: Sequence[Passage] = ()) -> Answer:
        """Return 文件未规定: the document does not speak of it."""
        return self.answer(
            rule,
            title,
            subject,
            UNSTATED,
            Text("本方案无此规则", en="this document has no such rule"),
            also=also,
        )

    def _complete(self, reason: Text, clause: Passage | None) -> Text:
        zh, en = str(reason), reason.en
        if isinstance(clause, Clause) and clause.note:
            zh, en = f"{zh}（读法：{clause.note}）", f"{en} (reading: {clause.note_en or clause.note})"
        if clause is not None and clause.inherited:
            zh, en = f"{zh}【推定：依据上级文件】", f"{en} [by inference from the parent document]"
        if self.profile.document.status == "draft":
            zh, en = f"{zh}【征求意见稿】", f"{en} [draft for comment]"
        return Text(zh, en=en)

    def _contradicting(self, rule: str, clause: Passage | None) -> Iterable[Passage]:
        for one in self.profile.contradictions:
            if concerns(one.affects, rule) and clause is not None:
                yield from one.texts

    def _quoted(self, passage: Passage) -> Quoted:
        return Quoted(passage.quote, passage.document, self.profile.document_of(passage.document).status)


def _repeats(passage: Passage, clause: Passage | None) -> bool:
    return clause is not None and plain(passage.quote) in plain(clause.quote)


def concerns(affects: Iterable[str], rule: str) -> bool:
    """Whether one of the rule names of ``affects`` covers ``rule``.

    Examples
    --------
    >>> concerns(["eligibility"], "eligibility.built_year"), concerns(["menu"], "menu_filing")
    (True, False)
    """
    return any(rule == one or rule.startswith(f"{one}.") for one in affects)
