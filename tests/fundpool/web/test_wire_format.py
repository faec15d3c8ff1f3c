"""The server answers as its OpenAPI description says, whatever is sent."""

import json

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.fundpool.web.test_server import ask

schemathesis = pytest.importorskip(
    "schemathesis", reason="fuzzing needs the packages of the group develop"
)

EXAMPLES = 5
schemathesis.checks.load_all_checks()
CHECKED = schemathesis.checks.CHECKS.get_by_names(
    [
        "not_a_server_error", "status_code_conformance", "content_type_conformance",
        "response_headers_conformance", "response_schema_conformance",
    ]
)  # fmt: skip
"""What every answer must pass; a busy server's 503 is described, so it is no error."""
DESCRIBED = {
    ("GET", "/health"), ("GET", "/api/case"), ("GET", "/api/case/workbook"),
    ("GET", "/api/case/assumptions"),
    ("GET", "/api/case/template"), ("POST", "/api/cases"), ("POST", "/api/plan"),
    ("POST", "/api/frontier"), ("POST", "/api/needed"), ("POST", "/api/emptied"),
    ("POST", "/api/report"), ("POST", "/api/policy"),
    ("POST", "/api/workbook"),
    ("GET", "/api/jobs/{name}"), ("GET", "/api/jobs/{name}/events"), ("DELETE", "/api/jobs/{name}"),
}  # fmt: skip


def test_every_route_is_described(address: str) -> None:
    status, _, body = ask(address, "GET", "/api/openapi.json")
    assert status == 200
    paths = json.loads(body)["paths"]
    assert {(m.upper(), path) for path, methods in paths.items() for m in methods} == DESCRIBED


@pytest.mark.filterwarnings("default")
def test_answers_are_as_described(address: str) -> None:
    """Right and wrong requests of every route: no error of the server, no answer undescribed."""
    description = json.loads(ask(address, "GET", "/api/openapi.json")[2])
    schema = schemathesis.openapi.from_dict(description)
    tried = set()
    for operation in (result.ok() for result in schema.get_all_operations()):
        modes = list(schemathesis.GenerationMode)
        if operation.method.upper() != "POST":  # no text is a wrong one there
            modes.remove(schemathesis.GenerationMode.NEGATIVE)
        for mode in modes:

            @settings(
                max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
                phases=[Phase.explicit, Phase.generate],
                suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            @given(case=operation.as_strategy(generation_mode=mode))
            def answered(case: "schemathesis.Case") -> None:
                answer = case.call(base_url=address.rstrip("/"), timeout=60)
                case.validate_response(answer, checks=CHECKED)
                # described; the report itself is tested elsewhere
                if answer.status_code == 202 and case.path == "/api/report":
                    ask(address, "DELETE", f"/api/jobs/{answer.json()['job']}")

            answered()
            tried.add((operation.method.upper(), operation.path))
    assert tried == DESCRIBED
