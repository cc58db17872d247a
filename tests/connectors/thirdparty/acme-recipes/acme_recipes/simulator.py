"""Answers like Acme Recipes."""

from connectors.sdk.testing.simulator import SimAnswer, SimRequest, SimulatorServer, json_answer

TOKEN = "acme-t0ken"


class AcmeSimulator(SimulatorServer):
    def __init__(self) -> None:
        super().__init__()
        self.recipes = {
            n: {"id": n, "title": title, "method": "Stir."} for n, title in enumerate(TITLES, start=1)
        }

    def answer(self, request: SimRequest) -> SimAnswer:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return json_answer({"error": "unauthorized"}, status=401)
        if "ids" in request.query:
            ids = [int(n) for n in request.arg("ids").split(",")]
            return json_answer({"recipes": [self.recipes[n] for n in ids if n in self.recipes]})
        found = [r for r in self.recipes.values() if request.arg("q").lower() in r["title"].lower()]
        page = int(request.arg("page", "1"))
        more = page + 1 if len(found) > page * 2 else None
        return json_answer({"recipes": found[page * 2 - 2 : page * 2], "next_page": more})


TITLES = ("Rösti", "Fondue", "Birchermüesli", "Tomato soup", "Onion soup")
