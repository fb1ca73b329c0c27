#include "framework/experiment/sweep_schema.h"

namespace gradus::experiment {
namespace {

/// The keys of all kinds, and with each kind those that only it has.
constexpr const char* kSchema = R"({
  "description": "settings to train one after the other, and to compare; each also with several seeds",
  "type": "object",
  "properties": {
    "kind": {
      "description": "how the settings come about",
      "enum": ["grid", "list", "random", "halving"],
      "default": "grid"
    },
    "seeds": {
      "description": "how many seeds each setting is trained with, from the config's on, or which",
      "anyOf": [
        {"type": "integer", "minimum": 1, "maximum": 100000},
        {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 1, "uniqueItems": true}
      ],
      "default": 1
    },
    "folds": {
      "description": "whether each setting is trained on each fold; needs a split by k_folds",
      "type": "boolean",
      "default": false
    },
    "by": {
      "description": "the figure that settings are compared by; by default the first metric",
      "type": "string"
    }
  },
  "allOf": [
    {
      "if": {"properties": {"kind": {"const": "grid"}}},
      "then": {
        "description": "every combination of values",
        "properties": {
          "over": {
            "description": "keys, such as \"optimizer.learning_rate\", and the values of each",
            "type": "object",
            "additionalProperties": {"type": "array", "minItems": 1}
          }
        }
      }
    },
    {
      "if": {"properties": {"kind": {"const": "list"}}, "required": ["kind"]},
      "then": {
        "description": "settings one by one",
        "properties": {
          "settings": {
            "description": "the settings, keys and values each",
            "type": "array",
            "items": {"type": "object"},
            "minItems": 1
          }
        },
        "required": ["settings"]
      }
    },
    {
      "if": {"properties": {"kind": {"enum": ["random", "halving"]}}, "required": ["kind"]},
      "then": {
        "description": "values drawn at random",
        "properties": {
          "over": {
            "description": "keys, such as \"optimizer.learning_rate\", and for each a list to draw from, or {\"uniform\": [0, 1]}, log_uniform or integer",
            "type": "object",
            "additionalProperties": {
              "oneOf": [
                {"type": "array", "minItems": 1},
                {
                  "type": "object",
                  "properties": {
                    "uniform": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
                    "log_uniform": {
                      "type": "array",
                      "items": {"type": "number", "exclusiveMinimum": 0},
                      "minItems": 2,
                      "maxItems": 2
                    },
                    "integer": {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2}
                  },
                  "minProperties": 1,
                  "maxProperties": 1,
                  "additionalProperties": false
                }
              ]
            }
          },
          "seed": {"description": "of the draws", "type": "integer", "minimum": 0, "default": 0},
          "trials": {
            "description": "how many settings are drawn; else gradus tune --trials says it",
            "type": "integer",
            "minimum": 1,
            "maximum": 100000
          }
        }
      }
    },
    {
      "if": {"properties": {"kind": {"const": "halving"}}, "required": ["kind"]},
      "then": {
        "description": "of values drawn at random the better go on, for more epochs",
        "properties": {
          "factor": {
            "description": "one setting in so many goes on, for so many times the epochs",
            "type": "integer",
            "minimum": 2,
            "maximum": 1000,
            "default": 2
          }
        }
      }
    }
  ],
  "unevaluatedProperties": false
})";

}  // namespace

Json sweep_schema() { return parse_json(kSchema, "sweep_schema"); }

}  // namespace gradus::experiment
