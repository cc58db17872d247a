"""Who may enter the admin and nothing else learns no name from any address in it, Wagtail's own included."""

import re

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.urls import get_resolver, reverse
from wagtail.models import GroupApprovalTask, Workflow

from orchestrator.access import api as access
from orchestrator.channels import api as channels
from orchestrator.experiences import api as experiences
from orchestrator.experiences.models import Experience

pytestmark = pytest.mark.django_db

NAME = re.compile(r"PLANTED-\w+")
# They end the session, or fail on purpose.
LEFT_OUT = ("logout", "failwhale")


@pytest.fixture
def planted():
    """Rows whose names nobody could guess; the ids that addresses are filled with."""
    space = access.save_space(slug="brand", name="PLANTED-space")
    channels.save_channel(space=space, slug="web", name="PLANTED-channel")
    author = User.objects.create_user("PLANTED-user", email="PLANTED-mail@example.com")
    Group.objects.create(name="PLANTED-group")
    Workflow.objects.update(name="PLANTED-workflow")
    GroupApprovalTask.objects.update(name="PLANTED-task")
    made = {"space": space, "locale": "en", "publish": False}
    waiting = experiences.save_experience(slug="a", title="PLANTED-experience", slots=[], **made)
    fragment = experiences.save_fragment(slug="b", title="PLANTED-fragment", items=[], **made)
    Workflow.objects.first().start(waiting, author)
    return {"experience": waiting.pk, "fragment": fragment.pk, "user": author.pk}


@pytest.fixture
def outsider(client, db):
    group = Group.objects.create(name="Visitors")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    user = User.objects.create_user("visitor")
    user.groups.add(group)
    client.force_login(user)
    return client


def routes(patterns, prefix="/"):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from routes(pattern.url_patterns, prefix + str(pattern.pattern))
        else:
            yield prefix + str(pattern.pattern)


def addresses(planted):
    """Each route of the admin, its parts filled with what is there; bulk actions for each kind of row."""
    for route in routes(get_resolver().url_patterns):
        if not route.startswith("/admin/") or "(?P" in route or any(word in route for word in LEFT_OUT):
            continue
        for app, model in (("experiences", "experience"), ("experiences", "fragment"), ("auth", "user")):
            values = {"app_label": app, "model_name": model, "action": "delete"}
            path = re.sub(
                r"<(?:\w+:)?(\w+)>",
                lambda part, values=values, model=model: values.get(part[1], str(planted[model])),
                route.replace("^", "").replace("$", ""),
            )
            yield f"{path}?id=all" if "/bulk/" in path else path


def test_no_address_of_the_admin_tells_a_name(outsider, planted):
    paths = sorted(set(addresses(planted)))
    assert len(paths) > 100
    for path in paths:
        answer = outsider.get(path, headers={"x-requested-with": "XMLHttpRequest"})
        assert answer.status_code < 500, path
        if not answer.streaming:
            assert NAME.findall(answer.content.decode()) == [], path
    # A refusal may have left a message for the next page.
    assert NAME.findall(outsider.get(reverse("wagtailadmin_home")).content.decode()) == []


def test_the_names_are_there_for_who_may_see_them(admin_client, planted):
    """Otherwise the test above would find nothing whatever happens."""
    bulk = reverse("wagtail_bulk_action", args=["experiences", "experience", "delete"])
    for path, name in (
        (f"{bulk}?id=all", "PLANTED-experience"),
        (reverse("wagtailadmin_workflows:task_chooser"), "PLANTED-task"),
        (
            reverse(
                "wagtailsnippets_experiences_experience:confirm_workflow_cancellation",
                args=[planted["experience"]],
            ),
            "PLANTED-workflow",
        ),
    ):
        assert name in admin_client.get(path).content.decode(), path
    assert Experience.objects.count() == 1
