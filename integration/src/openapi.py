# Reads {"document": …, "answers": [{"schema": …, "value": …}]} and complains of all that is not valid: the document
# by OpenAPI 3.1 with the schemas of the standard, each answer by JSON Schema (draft 2020-12), as the document has it.
import json
import sys

from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

given = json.load(sys.stdin)
document = given["document"]
complaints = [f"{list(error.absolute_path)}: {error.message}" for error in OpenAPIV31SpecValidator(document).iter_errors()]
registry = Registry().with_resource("doc:", Resource(contents=document, specification=DRAFT202012))
for answer in given["answers"]:
    schema = {"$id": "doc:answer", "$ref": "doc:#" + answer["schema"]}
    validator = Draft202012Validator(schema, registry=registry, format_checker=FormatChecker())
    for error in validator.iter_errors(answer["value"]):
        complaints.append(f"{answer['schema']} {list(error.absolute_path)}: {error.message}")
print("\n".join(complaints[:50]))
sys.exit(1 if complaints else 0)
