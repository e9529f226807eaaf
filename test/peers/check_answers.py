"""Sends calls to a MemoryDB endpoint by botocore and holds each raw answer against botocore's own model.

Reads {"endpoint", "region", "calls": [{"operation", "input"}]} on stdin and prints a list of
{"operation", "error", "status", "problems"}: the name of the error, if it is one, and what the model does not know.
"""

import json
import sys

try:
    import botocore.session
except ImportError:
    import awscli  # version 2 brings a botocore of its own, which can be imported from now on
    import botocore.session

from botocore.exceptions import ClientError

# Members that models of before 2024 do not know: MemoryDB for Valkey brought them.
ADDED_LATER = {"Engine"}
JSON_TYPES = {
    "string": str,
    "integer": int,
    "long": int,
    "double": (int, float),
    "timestamp": (int, float),
    "boolean": bool,
    "structure": dict,
    "list": list,
}


def check(shape, value, path):
    expected = JSON_TYPES[shape.type_name]
    if not isinstance(value, expected) or (shape.type_name != "boolean" and isinstance(value, bool)):
        return [f"{path}: {value!r} is no {shape.type_name}"]
    if shape.type_name == "string" and getattr(shape, "enum", None) and value not in shape.enum:
        return [f"{path}: {value!r} is none of {shape.enum}"]
    if shape.type_name == "list":
        return [p for i, item in enumerate(value) for p in check(shape.member, item, f"{path}[{i}]")]
    if shape.type_name != "structure":
        return []
    problems = [f"{path}.{name}: unknown member" for name in value if name not in {*shape.members, *ADDED_LATER}]
    problems += [f"{path}.{name}: missing" for name in shape.required_members if name not in value]
    for name, member in shape.members.items():
        if name in value:
            problems += check(member, value[name], f"{path}.{name}")
    return problems


def check_error(operation, raw):
    name = raw.get("__type")
    problems = [] if set(raw) == {"__type", "message"} else [f"an error of {sorted(raw)}"]
    if name not in [shape.name for shape in operation.error_shapes]:
        problems.append(f"{name} is not declared on {operation.name}")
    return problems


def main():
    job = json.load(sys.stdin)
    session = botocore.session.Session()
    session.set_credentials("any", "any")
    client = session.create_client("memorydb", job["region"], endpoint_url=job["endpoint"])
    answers = []

    def keep(http_response, parsed, model, **_):
        raw = json.loads(http_response.content)
        error = parsed.get("Error", {}).get("Code")
        if error is None:
            problems = check(model.output_shape, raw, model.name)
            problems += [f"{model.name}.{name}: not parsed" for name in raw if name not in parsed]
        else:
            problems = check_error(model, raw)
            problems += [] if error == raw.get("__type") else [f"{error} is not {raw.get('__type')}"]
        answers.append(
            {"operation": model.name, "error": error, "status": http_response.status_code, "problems": problems}
        )

    client.meta.events.register("after-call.memorydb", keep)
    methods = {operation: method for method, operation in client.meta.method_to_api_mapping.items()}
    for call in job["calls"]:
        try:
            getattr(client, methods[call["operation"]])(**call["input"])
        except ClientError:
            pass  # kept by the hook
    json.dump(answers, sys.stdout)


main()
