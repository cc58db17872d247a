"""What this app adds to the admin."""

from typing import Any

from wagtail import hooks

from orchestrator.links import urls
from orchestrator.links.choosers import bound_chooser, collection_chooser
from orchestrator.links.menu import links_menu
from orchestrator.links.viewsets import BoundLinkViewSet, CollectionViewSet, LinkViewSet


@hooks.register("register_admin_urls")
def register_urls() -> list[Any]:
    """Before the viewsets: "links/picker/" is not a link's page."""
    return urls.urlpatterns


@hooks.register("register_admin_viewset")
def register_viewsets() -> list[Any]:
    """Lists, forms and modals."""
    return [LinkViewSet(), CollectionViewSet(), BoundLinkViewSet(), collection_chooser, bound_chooser]


hooks.register("register_admin_menu_item", links_menu)
