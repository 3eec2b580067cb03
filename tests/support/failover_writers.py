#!/usr/bin/env python3
"""Clients that write while the database fails over, with a journal of every answer, and the check of that journal.

  failover_writers.py write URL CERT JOURNAL STOP    writes until the file STOP exists; NAME and PASSWORD of the user on stdin
  failover_writers.py check JOURNAL FAULTS TASKS RECORDS

FAULTS has a line `NUMBER KIND BEGIN END` for each fault of the database, in seconds since the epoch: END is when the next one was
prepared. TASKS has a line `ID TITLE VERSION DELETED` for each task in the database, and RECORDS a line `ACTION ID COUNT` for each
task in the audit record, with tabs. check prints how long each fault lasted for the clients, then what is wrong (status 1).
"""
import collections
import http.client
import json
import os
import random
import ssl
import sys
import threading
import time
import urllib.parse
import uuid

RECOVERY = 30  # seconds
RACE = 10  # how long a lost refresh can be repeated
PAUSE = 0.04
UNKNOWN = "outcome of the request is unknown"


class Stopped(Exception):
    pass


class Journal:
    def __init__(self, path, stop):
        self.file = open(path, "a", encoding="utf-8")
        self.lock = threading.Lock()
        self.stop = stop

    def note(self, **entry):
        with self.lock:
            self.file.write(json.dumps(entry) + "\n")
            self.file.flush()


class Client:
    def __init__(self, name, url, cert, journal):
        self.name = name
        self.journal = journal
        self.address = urllib.parse.urlsplit(url)
        self.context = ssl.create_default_context(cafile=cert)
        self.connection = None
        self.access = None

    def fault(self, text):
        self.journal.note(entry="fault", client=self.name, at=time.time(), text=text)

    def once(self, method, path, body, headers, expected):
        """One request: its status and document. A 503 is a problem document with Retry-After; whatever else is not expected is a fault."""
        sent = time.time()
        try:
            if self.connection is None:
                self.connection = http.client.HTTPSConnection(self.address.hostname, self.address.port, timeout=60, context=self.context)
            headers = dict(headers)
            if self.access:
                headers["Authorization"] = "Bearer " + self.access
            if body is not None:
                headers.setdefault("Content-Type", "application/json")
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
            status, fields, text = answer.status, answer.headers, answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.connection = None
            self.fault(f"{method} {path}: no answer: {error!r}")
            return 0, {}
        document = json.loads(text) if text else {}
        if status == 503:
            retry = fields.get("Retry-After", "")
            members = {"type", "title", "status", "code", "detail", "request_id"}
            if (fields.get("Content-Type") != "application/problem+json" or not members <= document.keys() or document["status"] != 503
                    or document["code"] != "service_unavailable" or not retry.isdigit() or int(retry) < 1):
                self.fault(f"{method} {path}: not an honest 503: {fields.items()} {text!r}")
        elif status not in expected:
            self.fault(f"{method} {path}: {status} {text!r}")
        self.journal.note(entry="answer", client=self.name, sent=sent, got=time.time(), status=status, method=method,
                          unknown=UNKNOWN in document.get("detail", ""))
        return status, document

    def until_answered(self, method, path, body=None, headers=(), expected=(200,)):
        """Repeats the request until its status is not 503. Returns it, the document, and whether an earlier try has an unknown outcome."""
        is_unknown = False
        while True:
            status, document = self.once(method, path, body, dict(headers), expected)
            if status not in (0, 503):
                return status, document, is_unknown
            is_unknown = is_unknown or status == 0 or UNKNOWN in document["detail"]
            self.wait(0.2)

    def wait(self, seconds):
        if os.path.exists(self.journal.stop):
            raise Stopped
        time.sleep(seconds)

    def log_in(self, user):
        self.access = None
        document = self.until_answered("POST", "/auth/login", json.dumps(user))[1]
        self.access = document["access_token"]
        return document["refresh_token"]


def title():
    return "t" + uuid.uuid4().hex


def create(client, journal):
    """Creates tasks, and reads what was acknowledged."""
    while True:
        name = title()
        status, document = client.once("POST", "/tasks", json.dumps({"title": name}), {}, (201,))
        known = status == 201
        journal.note(entry="create", title=name, known=known, claimed=status == 503 and UNKNOWN not in document.get("detail", ""),
                     id=document["id"] if known else None, version=document["version"] if known else None)
        if known:
            status = client.until_answered("GET", "/tasks/" + document["id"], expected=(200,))[0]
            if status != 200:
                client.fault(f"an acknowledged task cannot be read: {document['id']} {status}")
        client.wait(PAUSE)


def create_with_key(client, journal):
    """Repeats a creation, a batch or an import with its key until it is answered."""
    while True:
        kind, names, key = random.choice(("task", "batch", "import")), [title() for _ in range(3)], {"Idempotency-Key": uuid.uuid4().hex}
        try:
            if kind == "task":
                names = names[:1]
                body = json.dumps({"title": names[0]})
                tasks = [client.until_answered("POST", "/tasks", body, key, (201,))[1]]
            elif kind == "batch":
                body = json.dumps({"create": [{"title": name} for name in names]})
                tasks = client.until_answered("POST", "/tasks/batch", body, key)[1]["created"]
            else:
                body = "title\n" + "\n".join(names) + "\n"
                document = client.until_answered("POST", "/tasks/import", body, {**key, "Content-Type": "text/csv"})[1]
                if document.get("imported") != 3:
                    client.fault(f"an import of 3 tasks: {document}")
                tasks = [{"id": None, "version": 1}] * 3
        except Stopped:
            journal.note(entry="group", titles=names)
            raise
        for name, task in zip(names, tasks):
            journal.note(entry="create", title=name, known=True, id=task["id"], version=task["version"])
        client.wait(PAUSE)


def update(client, journal):
    """Changes one task, each time from the version that is known."""
    document = client.until_answered("POST", "/tasks", json.dumps({"title": title()}), {"Idempotency-Key": uuid.uuid4().hex}, (201,))[1]
    task, version = document["id"], document["version"]
    while True:
        name = title()
        try:
            status, document, is_unknown = client.until_answered("PATCH", "/tasks/" + task, json.dumps({"title": name}), {"If-Match": f'"{version}"'}, (200, 412))
            if status == 412:
                # Only an earlier try can have been carried out.
                document = client.until_answered("GET", "/tasks/" + task)[1]
                if not is_unknown or document["title"] != name:
                    client.fault(f"version {version} of {task} is not there: {document}")
        except Stopped:
            journal.note(entry="update", id=task, version=version, last=name)
            raise
        if document["version"] != version + 1:
            client.fault(f"version {document['version']} of {task} follows {version}")
        version = document["version"]
        journal.note(entry="update", id=task, version=version, title=document["title"])
        client.wait(PAUSE)


def delete(client, journal):
    while True:
        document = client.until_answered("POST", "/tasks", json.dumps({"title": title()}), {"Idempotency-Key": uuid.uuid4().hex}, (201,))[1]
        task = document["id"]
        try:
            status, _, is_unknown = client.until_answered("DELETE", "/tasks/" + task, headers={"If-Match": '"1"'}, expected=(204, 404))
        except Stopped:
            journal.note(entry="delete", id=task, known=False)
            raise
        if status == 404 and not is_unknown:
            client.fault(f"an acknowledged task is not there: {task}")
        journal.note(entry="delete", id=task, known=True)
        client.wait(PAUSE)


def refresh(client, user):
    """A lost answer to a refresh is repeated with the same token, which ends the session only if it took longer than RACE."""
    token = client.log_in(user)
    while True:
        begun = time.time()
        status, document, is_unknown = client.until_answered("POST", "/auth/refresh", json.dumps({"refresh_token": token}), expected=(200, 401))
        if status == 401:
            if not is_unknown or time.time() - begun < RACE:
                client.fault(f"a refresh ended the session: {document}")
            token = client.log_in(user)
            continue
        token, client.access = document["refresh_token"], document["access_token"]
        client.until_answered("GET", "/auth/me")
        client.wait(PAUSE)


def log_in(client, user):
    while True:
        client.log_in(user)
        client.until_answered("GET", "/tasks?limit=5")
        client.wait(PAUSE)


def write(url, cert, path, stop):
    user = dict(zip(("username", "password"), sys.stdin.read().split("\n")))
    journal = Journal(path, stop)

    def work(name, function, *arguments):
        client = Client(name, url, cert, journal)
        try:
            client.log_in(user)
            function(client, *arguments)
        except Stopped:
            pass
        except Exception as error:  # A thread that ends must fail the test.
            client.fault(f"ended by {error!r}")

    plan = [("create", create, journal), ("create too", create, journal), ("key", create_with_key, journal), ("key too", create_with_key, journal),
            ("update", update, journal), ("update too", update, journal), ("delete", delete, journal), ("refresh", refresh, user), ("login", log_in, user)]
    threads = [threading.Thread(target=work, args=one) for one in plan]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def rows_of(path):
    with open(path, encoding="utf-8") as file:
        return [line.rstrip("\n").split("\t") for line in file]


def check_recovery(answers, faults, wrong):
    """Of each fault: when the first client and when all of them were answered again."""
    clients = {one["client"] for one in answers}
    longest = 0
    for number, kind, begin, end in faults:
        begin, end = float(begin), float(end)
        during = [one for one in answers if begin <= one["sent"] < end]
        refused = [one["got"] for one in answers if one["status"] == 503 and begin <= one["got"] < end]
        served = [one["got"] for one in during if one["status"] != 503 and one["sent"] >= min(refused, default=begin)]
        first = min(served, default=end) - begin
        last = max(refused, default=begin) - begin
        unknown = sum(one["unknown"] for one in answers if begin <= one["got"] < end)
        print(f"{number:>3} {kind:8} first answer after {first:4.1f} s, last 503 after {last:4.1f} s; {len(refused):4} answers 503, "
              f"{unknown:2} with an unknown outcome")
        if kind in ("doubted", "paused") and unknown == 0:
            wrong.append(f"fault {number}: no answer said that its outcome is unknown")
        if kind == "paused":
            # A change waits for a standby; it is not acknowledged.
            acknowledged = sum(one["method"] != "GET" and one["status"] < 300 and one["got"] < end for one in during)
            if acknowledged:
                wrong.append(f"fault {number}: {acknowledged} changes were acknowledged without a standby")
            continue
        longest = max(longest, first, last)
        for late in sorted(clients - {one["client"] for one in during if one["status"] != 503}):
            wrong.append(f"fault {number}: {late} was never answered again")
        if not refused and kind != "resumed":
            wrong.append(f"fault {number}: no answer was 503, so nothing failed")
        if max(first, last) > RECOVERY:
            wrong.append(f"fault {number}: the service was not back within {RECOVERY} s")
    slowest = max((one["got"] - one["sent"] for one in answers), default=0)
    print(f"longest time until the service was back: {longest:.1f} s; slowest answer: {slowest:.1f} s")


def check_tasks(entries, tasks, records, wrong):
    by_title, by_id, counted = collections.defaultdict(list), {}, collections.Counter()
    for task, name, version, deleted in tasks:
        by_title[name].append((task, int(version)))
        by_id[task] = (name, int(version), deleted == "t")
    for action, task, count in records:
        counted[action, task] += int(count)
    for task, (_, version, deleted) in by_id.items():
        changes = counted["task.update", task] + counted["task.delete", task]
        if counted["task.create", task] != 1 or version != 1 + changes or counted["task.delete", task] != deleted:
            wrong.append(f"task {task} has version {version}, and {counted['task.create', task]} records of its creation, "
                         f"{counted['task.update', task]} of changes, {counted['task.delete', task]} of its deletion")
    wrong += [f"{action} of {task} is recorded, but there is no such task" for action, task in counted if task not in by_id]

    wrong += [f"a task is there {len(found)} times: {name} {found}" for name, found in by_title.items() if len(found) > 1]

    updates = {}
    for one in entries:
        kind = one["entry"]
        if kind == "create":
            found = by_title[one["title"]]
            if one["known"]:
                if len(found) != 1 or one["id"] not in (None, found[0][0]) or found[0][1] < one["version"]:
                    wrong.append(f"acknowledged: {one}; found: {found}")
            elif found and one["claimed"]:
                wrong.append(f"refused, and carried out: {one}; found: {found}")
        elif kind == "group":
            found = [len(by_title[name]) for name in one["titles"]]
            if found not in ([0] * len(found), [1] * len(found)):
                wrong.append(f"in part: {one}; found: {found}")
        elif kind == "update":
            updates[one["id"]] = one
        elif kind == "delete" and one["known"] and not by_id.get(one["id"], (None, 0, False))[2]:
            wrong.append(f"acknowledged deletion: {one}; found: {by_id.get(one['id'])}")
    for task, one in updates.items():
        name, version, _ = by_id.get(task, (None, 0, False))
        # The last change may have been cut off by the end of the test.
        is_as_known = version == one["version"] and ("title" not in one or name == one["title"])
        if not is_as_known and not (version == one["version"] + 1 and name == one.get("last")):
            wrong.append(f"acknowledged: {one}; found: version {version}, {name}")
    known = [one for one in entries if one["entry"] == "create" and one["known"]]
    print(f"{len(tasks)} tasks; acknowledged: {len(known)} creations, {sum(one['version'] - 1 for one in updates.values())} changes, "
          f"{sum(one['entry'] == 'delete' and one['known'] for one in entries)} deletions")


def check(journal, faults, tasks, records):
    with open(journal, encoding="utf-8") as file:
        entries = [json.loads(line) for line in file]
    wrong = [f"{time.strftime('%H:%M:%S', time.localtime(one['at']))} {one['client']}: {one['text']}" for one in entries if one["entry"] == "fault"]
    answers = [one for one in entries if one["entry"] == "answer"]
    check_recovery(answers, rows_of(faults), wrong)
    check_tasks(entries, rows_of(tasks), rows_of(records), wrong)
    print(f"{len(answers)} answers, {sum(one['status'] == 503 for one in answers)} of them 503, "
          f"{sum(one['unknown'] for one in answers)} with an unknown outcome")
    if wrong:
        print("\n".join(wrong[:20]))
        print(f"{len(wrong)} faults")
        sys.exit(1)


if __name__ == "__main__":
    {"write": write, "check": check}[sys.argv[1]](*sys.argv[2:])
