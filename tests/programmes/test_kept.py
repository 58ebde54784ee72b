"""Which programmes a member keeps and leads, for all at once: the same answers as the rules give for one."""

from __future__ import annotations

from functools import partial

import pytest

from governance.choices import Voice
from governance.models import Decision
from governance.rules import Side, speaks_for
from governance.rules.charters import leads_side, may_sign_for
from governance.rules.steering import leads_or_steering
from governance.selectors.waiting.standing import HALVES, keeps, led_in, signs_in
from pmo_portal.accounts.choices import Role
from programmes import rules
from programmes.models import Programme
from programmes.selectors import kept_by, programmes_for
from tests.factories.accounts import make_member
from tests.factories.governance import DecisionFactory
from tests.factories.programmes import ProgrammeFactory, ProgrammeMemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(in_acme, dana, cam, ada, sam, spen, vic, dee, coe):
    """Everybody, three who are named as leads against their role or without one, and programmes of all kinds."""
    nora = make_member(in_acme, "Nora Nye", Role.VIEWER)
    both = make_member(in_acme, "Bo Both", Role.PMO_LEAD, Role.STEERING_MEMBER)
    members = [dana, cam, ada, sam, spen, vic, dee, coe, nora, both]
    people = [None, *(each.person for each in members)]
    for number, lead in enumerate(people):
        other = people[(number + 3) % len(people)]
        programme = ProgrammeFactory(delivery_lead=lead, change_lead=other)
        DecisionFactory(programme=programme)
        for person, role in ((dee, "delivery"), (coe, "change"), (vic, "delivery")):
            if number % 3 != 0:
                ProgrammeMemberFactory(
                    programme=programme, person=person.person, role=f"contributor_{role}"
                )
    return members


def _codes(programmes) -> set[str]:
    return set(programmes.values_list("code", flat=True))


def test_what_is_kept_is_what_the_rules_say(cast) -> None:
    for member in cast:
        seen = list(programmes_for(member))
        for half, rule in (("delivery", rules.keeps_delivery), ("adoption", rules.keeps_adoption)):
            expected = {each.code for each in seen if rule(member, each)}
            assert _codes(kept_by(member, half)) == expected, (member.user.name, half)


def _expected(member, rule) -> set[str]:
    return {each.code for each in programmes_for(member) if rule(each)}


@pytest.mark.parametrize("voice", Voice)
def test_what_is_led_signed_and_spoken_for_is_what_the_rules_say(cast, voice) -> None:
    for member in cast:
        led = _expected(member, partial(_leads, member, voice))
        signed = _expected(member, partial(_signs, member, voice))
        heard = _expected(member, partial(_speaks, member, voice))
        assert _codes(led_in(member, voice)) == led, member.user.name
        assert _codes(signs_in(member, voice)) == signed, member.user.name
        assert _codes(kept_by(member, HALVES[voice])) == heard, member.user.name


def _leads(member, voice, programme) -> bool:
    return leads_side(member, Side(programme, voice))


def _signs(member, voice, programme) -> bool:
    return bool(may_sign_for(member, Side(programme, voice)))


def _speaks(member, voice, programme) -> bool:
    return speaks_for(member, programme, voice)


def test_what_leads_and_steering_keep_is_what_the_rule_says(cast) -> None:
    for member in cast:
        expected = {each.code for each in programmes_for(member) if leads_or_steering(member, each)}
        found = Decision.objects.filter(keeps(member)).values("programme")
        assert _codes(Programme.objects.filter(pk__in=found)) == expected, member.user.name
