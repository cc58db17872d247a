"""The editor: who may do what, what is refused and said, and what a draft is allowed to lack."""

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_role(client):
    """Log in as a user of a role; None may only enter the admin."""

    def log_in(role):
        user = User.objects.create_user(f"{role}-user", email="a@example.com", password="-")
        if role:
            user.groups.add(Group.objects.get(name=role))
        client.force_login(user)
        return client

    return log_in


def url(name, *args, model="experience"):
    return reverse(f"wagtailsnippets_experiences_{model}:{name}", args=args)


def test_editor_opens(as_role, save):
    experience = save()
    client = as_role("Editor")
    response = client.get(url("edit", experience.pk))
    assert response.status_code == 200
    response = client.get(url("list"))
    assert response.status_code == 200
