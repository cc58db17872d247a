"""The workflow that comes with the hub: a publisher approves what an editor submits."""

from django.db import migrations

from orchestrator.access.roles import ADMINISTRATOR, PUBLISHER

_NAME = "Approval by a publisher"


def make_workflow(apps, _schema_editor):
    content_types = apps.get_model("contenttypes", "ContentType").objects
    task_type, _made = content_types.get_or_create(app_label="wagtailcore", model="groupapprovaltask")
    task = apps.get_model("wagtailcore", "GroupApprovalTask").objects.create(
        name=_NAME, content_type=task_type, active=True
    )
    task.groups.set(apps.get_model("auth", "Group").objects.filter(name__in=[PUBLISHER, ADMINISTRATOR]))
    workflow = apps.get_model("wagtailcore", "Workflow").objects.create(name=_NAME, active=True)
    apps.get_model("wagtailcore", "WorkflowTask").objects.create(
        workflow=workflow, task_id=task.pk, sort_order=0
    )
    for model in ("experience", "fragment"):
        content_type, _made = content_types.get_or_create(app_label="experiences", model=model)
        apps.get_model("wagtailcore", "WorkflowContentType").objects.create(
            content_type=content_type, workflow=workflow
        )


class Migration(migrations.Migration):
    dependencies = [
        ("experiences", "0002_roles"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [migrations.RunPython(make_workflow, migrations.RunPython.noop)]
