"""Validates JSON values, one a line of standard input, by a JSON Schema (draft 2020-12):
validate_json.py SCHEMA. Prints a line for each: "valid", or the pointers of its errors."""

import json
import sys

from jsonschema import Draft202012Validator

with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
Draft202012Validator.check_schema(schema)
validator = Draft202012Validator(schema)
for line in sys.stdin:
    errors = list(validator.iter_errors(json.loads(line)))
    while any(error.context for error in errors):  # the branches' own errors tell the place
        errors = [inner for error in errors for inner in (error.context or [error])]
    places = sorted({"/" + "/".join(map(str, error.absolute_path)) for error in errors})
    print(" ".join(places) or "valid")
