import pytest
from django.core.exceptions import ValidationError

from pmo_portal.tenants import services
from pmo_portal.tenants.context import tenant_context
from pmo_portal.tenants.models import BusinessUnit

pytestmark = pytest.mark.django_db


@pytest.fixture
def in_acme(acme):
    with tenant_context(acme.id):
        yield acme


def test_references_count_up_for_each_kind_and_tenant(acme, borealis):
    with tenant_context(acme.id):
        first = services.next_reference("X")
        assert services.next_reference("X") == first + 1
        block = services.next_reference("X", count=10)
        assert services.next_reference("X") == block + 10
    with tenant_context(borealis.id):
        assert services.next_reference("X") == 1


def test_moving_a_unit_moves_the_paths_below_it(in_acme):
    finance = services.place_unit(BusinessUnit(code="FIN", name="Finance"), parent=None)
    payroll = services.place_unit(BusinessUnit(code="PAY", name="Payroll"), parent=finance)
    services.place_unit(BusinessUnit(code="OPS", name="Payroll operations"), parent=payroll)
    people = services.place_unit(BusinessUnit(code="HR", name="People"), parent=None)
    services.place_unit(payroll, parent=people)
    assert set(BusinessUnit.objects.values_list("path", flat=True)) >= {
        "FIN",
        "HR",
        "HR/PAY",
        "HR/PAY/OPS",
    }


def test_a_unit_cannot_be_part_of_what_lies_below_it(in_acme):
    finance = services.place_unit(BusinessUnit(code="FIN", name="Finance"), parent=None)
    payroll = services.place_unit(BusinessUnit(code="PAY", name="Payroll"), parent=finance)
    with pytest.raises(ValidationError, match="below it"):
        services.place_unit(finance, parent=payroll)


def test_people_of_one_name_get_different_handles(in_acme):
    handles = [services.add_person(name="Nadia Farah").handle for _turn in range(3)]
    assert handles == ["nadia-farah", "nadia-farah-2", "nadia-farah-3"]
