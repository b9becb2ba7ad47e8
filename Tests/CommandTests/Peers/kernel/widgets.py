"""A front end's half of ipywidgets' protocol: models that live by comm messages."""

import pytest

DEFINE = "def f(x, n=2):\n    print('at', x)\n    return x * n\n"
VIEW = "application/vnd.jupyter.widget-view+json"


class FrontEnd:
    """Keeps the models that a kernel opens, and steers them."""

    def __init__(self, client):
        self.client = client
        self.models = {}
        self.metadata = {}
        self.log = []

    def take(self, messages):
        """Follows messages on iopub, as a page does."""
        for message in messages:
            if message.channel != "iopub" or not message.type.startswith("comm_"):
                continue
            content = message.content
            id = content["comm_id"]
            self.log.append((message.type, id, content["data"]))
            if message.type == "comm_open":
                assert id not in self.models, "opened twice"
                for reference in references(content["data"]["state"]):
                    assert reference in self.models, "refers to what is not open yet"
                self.models[id] = content["data"]["state"]
                self.metadata[id] = (content["target_name"], message.metadata)
            elif message.type == "comm_close":
                del self.models[id]
            elif content["data"]["method"] == "update":
                self.models[id].update(content["data"]["state"])
        return messages

    def run(self, code, **kw):
        reply, iopub = self.client.execute(code, **kw)
        return reply, self.take(iopub)

    def move(self, id, **state):
        """Sets members of a model, and follows what comes of it up to the idle."""
        for key, value in state.items():
            self.models[id][key] = value
        return self.take(self.client.gather(self.post(id, **state), reply=False))

    def post(self, id, **state):
        """Sets members of a model without waiting."""
        data = {"method": "update", "state": state, "buffer_paths": []}
        return self.client.send("comm_msg", {"comm_id": id, "data": data})

    def find(self, name):
        """The one open model of that name."""
        (id,) = self.all(name)
        return id

    def all(self, name):
        return [id for id, state in self.models.items() if state["_model_name"] == name + "Model"]

    def control(self, description):
        """The one control that is so described."""
        (id,) = (i for i, s in self.models.items() if s.get("description") == description)
        return id

    @property
    def outputs(self):
        return self.models[self.find("Output")]["outputs"]

    @property
    def shown(self):
        """All text of the one output, in order."""
        return "".join(plain(output) for output in self.outputs)


def plain(output):
    kind = output["output_type"]
    if kind == "stream":
        return output["text"]
    return "\n".join(output["traceback"]) if kind == "error" else output["data"]["text/plain"]


def references(value):
    """The ids that a state refers to."""
    if isinstance(value, str) and value.startswith("IPY_MODEL_"):
        yield value.removeprefix("IPY_MODEL_")
    elif isinstance(value, list):
        for item in value:
            yield from references(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from references(item)


@pytest.fixture
def page(client):
    page = FrontEnd(client)
    client.execute("%reset")
    return page
