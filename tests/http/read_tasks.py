"""Reads an export of tasks with Python's own parsers and prints one line per task, sorted:

    read_tasks.py json|csv all|content <FILE

`all` prints all members; `content` only those that an import keeps. Any error ends the program."""
import csv
import io
import json
import re
import sys

CONTENT = ["title", "description", "status", "priority", "due_at", "tags", "created_at", "completed_at"]
ALL = ["id"] + CONTENT + ["updated_at", "version"]


MARK = "[=+\\-@\uff1d\uff0b\uff0d\uff20]"


def unguarded(cell):
    """One apostrophe is removed before a formula: at the beginning, and after what may end a cell."""
    cell = re.sub("(?<=[;\t\r\n])'('*" + MARK + ")", r"\1", cell)
    return re.sub("\\A'('*(?:" + MARK + "|[\t\r\n]))", r"\1", cell)


def tasks_of_csv(text):
    names, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    for row in rows:
        assert len(row) == len(names), row
        task = dict(zip(names, row))
        for name in ("title", "description", "tags"):
            task[name] = unguarded(task[name])
        task["tags"] = next(csv.reader([task["tags"]], strict=True)) if task["tags"] else []
        for name in ("due_at", "completed_at"):
            task[name] = task[name] or None
        task["version"] = int(task["version"])
        yield task


def tasks_of_json(text):
    for task in json.loads(text):
        task["tags"] = sorted(set(task["tags"]), key=lambda tag: tag.encode())
        yield task


kind, extent = sys.argv[1:]
content = sys.stdin.buffer.read().decode("utf-8", errors="strict")
lines = []
for one in (tasks_of_csv if kind == "csv" else tasks_of_json)(content):
    lines.append(json.dumps([one[name] for name in (ALL if extent == "all" else CONTENT)]))
print("\n".join(sorted(lines)))
