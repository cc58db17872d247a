"""One composed answer from a plan and a context: select, read, project.

Delivery answers requests with it and the editor's preview shows drafts with it, so that what an
editor sees is the very document that an app gets. It knows no HTTP and no model.
"""
