"""Presidio's pattern recognizers over lines {"text", "type"}: a line {"spans"} for each, with spans of that type.

No language model: recognizers are made one by one and called with a text alone, as their own tests do. The phone
recognizer is included, since it works on patterns (libphonenumber), not on a model. Context words need a model in
Presidio, so their scores are not raised; all results count, whatever their score.
"""

import inspect
import json
import logging
import sys

import presidio_analyzer.predefined_recognizers as predefined
from presidio_analyzer import EntityRecognizer, PatternRecognizer

logging.disable(logging.CRITICAL)


def recognizers():
    """Type -> recognizers of it."""
    found = {}
    for name in sorted(dir(predefined)):
        kind = getattr(predefined, name)
        if not inspect.isclass(kind) or kind in (PatternRecognizer, EntityRecognizer):
            continue
        if not issubclass(kind, PatternRecognizer) and "Phone" not in name:
            continue
        try:
            recognizer = kind()
        except Exception:  # needs more than a pattern
            continue
        for entity in recognizer.supported_entities:
            found.setdefault(entity, []).append(recognizer)
    return found


def main():
    by_type = recognizers()
    if sys.argv[1:] == ["--types"]:
        print(json.dumps(sorted(by_type)))
        return
    for line in sys.stdin:
        row = json.loads(line)
        spans = []
        for kind in row["types"]:
            for recognizer in by_type.get(kind, []):
                results = recognizer.analyze(row["text"], [kind], None) or []
                results = EntityRecognizer.remove_duplicates(results)
                spans += [{"start": r.start, "end": r.end, "type": kind, "score": r.score} for r in results if r.score > 0]
        print(json.dumps({"spans": spans}))


main()
