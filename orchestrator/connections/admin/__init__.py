"""The administrator's pages: connections, the form that a connector's settings draw, trying it live."""
