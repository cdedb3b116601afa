"""The digests in force on a day as something to check other people's sentences against: figures and article numbers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from corpus.article import Edition, Law
from corpus.concordance import Concordance
from corpus.digest import Digest, Point
from corpus.library import Library
from corpus.likeness import Claim, Likeness
from corpus.references import Reference
from corpus.rule import Rule, differ, nearness, rules_of, sentences
from corpus.sentences import Sentence
from corpus.timeline import in_force

# Measured on the guides, the core laws and 60 laws about other things (docs/decisions/0009-audit-by-likeness.md).
RELATED = 0.15
FEWEST_PAIRS = 6
OF_RULE = 0.26
OF_GENERAL_RULE = 0.4
MARGIN = 0.14
NEARLY = 0.6
NAMED_TYPE = 0.04
UNVERIFIED = 0.05

DOUBTFUL = "低"
NOT_NATIONAL_LAW = ("办事知识", "地方性法规")
TIME = ("日", "月", "年", "工作日")
PROMISE = re.compile(r"承诺|办结|提速|压缩|力争|当场|即办|即时|我局|本局|本机关|窗口|审批时限|办理时限|办理期限|争取|一般在")
PENALTY = re.compile(r"罚款|拘留|违法所得|违法经营额|并处")
OUR_FIELD = re.compile(r"募捐|慈善|捐赠|社会团体|基金会|民办非企业|社会服务机构|社会组织|境外非政府|商会|协会")
ASIDE = re.compile(r"(?:第[一二三四五六七八九十]{1,3}[款项]){0,4}(?:所|中)?(?:规定|列举?|要求)?的?(?:条件|情形|范围|程序|行为|材料|文件|事项|要求)")
COMING_INTO_FORCE = re.compile(r"起(?:施行|实施|执行|生效)")


@dataclass(frozen=True, slots=True)
class Against:
    """The point of the law in force that a sentence contradicts."""

    law: Law
    digest: Digest
    point: Point


class Rulebook:
    """National law as digested, in the editions in force on the day; local, unofficial and doubtful knowledge is left out."""

    def __init__(self, library: Library, on: date) -> None:
        self.library, self.on = library, on
        self._likeness = Likeness(sentences(library))
        self._rules: dict[str, list[Rule]] = defaultdict(list)
        self._concordance = Concordance(library, self._likeness)
        for digest in library.digests:
            law = library.law(digest.law)
            edition = in_force(law, on)
            if edition is None or edition.date != digest.edition or law.rank in NOT_NATIONAL_LAW or law.region:
                continue
            if digest.confidence == DOUBTFUL:
                continue
            for rule in rules_of(digest, law, self._likeness):
                self._rules[rule.claim.quantity.unit].append(rule)

    def contradicted(self, sentence: Sentence) -> Iterator[Against]:
        """The points whose figure the sentence is about but gives another value; at most one a figure of the sentence."""
        penalty = bool(PENALTY.search(sentence.text))
        if penalty and not OUR_FIELD.search(sentence.text):
            return
        for claim in self._likeness.claims(sentence.text):
            if len(claim.whole_pairs) < FEWEST_PAIRS or (claim.quantity.unit == "日期" and COMING_INTO_FORCE.search(sentence.text)):
                continue
            rule = self._other_value(claim, sentence, penalty)
            if rule and not _promised(claim, rule.claim, sentence.text):
                yield Against(rule.law, rule.digest, rule.point)

    def _other_value(self, claim: Claim, sentence: Sentence, penalty: bool) -> Rule | None:
        """The rule most like the claim, where its value differs and no rule with the claim's own value comes near.

        Penalties are worded alike in every law: only rules that name the same type of organisation are compared.
        """
        fitting = (
            rule
            for rule in self._rules.get(claim.quantity.unit, ())
            if fits(sentence.types, rule.digest.types) and (not penalty or rule.types & sentence.types)
        )
        scored = [(self._near(claim, rule, sentence), rule) for rule in fitting]
        best, found = max(scored, key=lambda pair: pair[0], default=(0.0, None))
        if found is None or best < _least(sentence, found) or not differ(claim, found.claim):
            return None
        own = [(score, rule) for score, rule in scored if rule.claim.quantity.value == claim.quantity.value]
        if best - max((score for score, _ in own), default=0.0) < MARGIN:
            return None
        if max((score for score, rule in own if rule.law is found.law), default=0.0) > NEARLY * best:
            return None
        return found

    def _near(self, claim: Claim, rule: Rule, sentence: Sentence) -> float:
        """Nearness, 0 where little is shared; a little more for the same type named, a little less for a rule without a text."""
        if self._likeness.covered(claim.whole_pairs, rule.words) < RELATED:
            return 0.0
        near = nearness(claim, rule, self._likeness) + NAMED_TYPE * bool(rule.types & sentence.types)
        return near if rule.digest.verified else near - UNVERIFIED

    def moved(self, law: Law, edition: Edition, reference: Reference, sentence: str) -> str | None:
        """The article of the same law that says what the sentence says, where the one it names says something else."""
        if ASIDE.match(sentence[reference.end :]):
            return None
        bare = sentence[: reference.start] + sentence[reference.end :]
        for name in law.names:
            bare = bare.replace(name, "")
        return self._concordance.elsewhere((law.slug, edition.date), [reference.article], bare)


def fits(named: frozenset[str], types: tuple[str, ...]) -> bool:
    """Whether a rule for `types` may be meant by a sentence about `named`; a sentence that names none may mean any."""
    return not named or "全部" in types or bool(named & set(types))


def _least(sentence: Sentence, rule: Rule) -> float:
    """More likeness is asked of rules for everybody, and of sentences that do not say what kind of organisation they mean."""
    return OF_RULE if sentence.types and "全部" not in rule.digest.types else OF_GENERAL_RULE


def _promised(claim: Claim, rule: Claim, sentence: str) -> bool:
    """Whether the sentence only promises to take less time than the law allows."""
    shorter = claim.quantity.unit in TIME and claim.quantity.value < rule.quantity.value
    return shorter and bool(PROMISE.search(sentence)) and "法定" not in sentence
