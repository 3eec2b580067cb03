#!/usr/bin/env python3
"""Verifies an export of the audit log, or the proof of one record, as specified in docs/seals.md.

Implemented from the specification alone, without Taskward code: Python's standard library, and openssl for Ed25519.

  check_export.py export DIR [--keep NUMBER HASH] [--from T] [--to T]
  check_export.py proof FILE

Prints "sound", or the first error (exit status 1).
"""
import argparse
import datetime
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import uuid

TEXTS = ["id", "at", "transaction", "actor_id", "actor_role", "action", "object_type", "object_id", "outcome",
         "reason", "client_address", "user_agent", "request_id"]
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
SLACK = 5_000_000


class VerificationError(Exception):
    pass


def sha(data):
    return hashlib.sha256(data).digest()


def encoded(value):
    if value is None:
        return b"\0"
    if isinstance(value, list):
        return b"\1" + len(value).to_bytes(4, "big") + b"".join(encoded(v) for v in value)
    data = value if isinstance(value, bytes) else str(value).encode()
    return b"\1" + len(data).to_bytes(4, "big") + data


def microseconds(moment):
    assert moment.endswith("Z") and len(moment) == 27, moment
    parsed = datetime.datetime.strptime(moment, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=datetime.timezone.utc)
    return (parsed - EPOCH) // datetime.timedelta(microseconds=1)


def digest(record):
    data = b"taskward audit record, version 1\n" + b"".join(encoded(record[t]) for t in TEXTS)
    data += encoded(record["changed_fields"])
    if "shape" in record or "token_id" in record:
        data += encoded(record.get("shape"))
    if "token_id" in record:
        data += encoded(record["token_id"])
    return sha(data)


def key_of(record):
    return microseconds(record["at"]).to_bytes(8, "big", signed=True) + uuid.UUID(record["id"]).bytes


def leaf_hash(leaf):
    return sha(b"\0" + leaf)


def root(leaves):
    if not leaves:
        return sha(b"")
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha(b"\1" + root(leaves[:split]) + root(leaves[split:]))


def signed(seal):
    return b"taskward audit seal, version 1\n" + b"".join(
        encoded(v) for v in (seal["number"], seal["era"], seal["cluster"], seal["xid_from"], seal["xid_below"],
                           seal["open"], seal["era_at"], seal["records"], seal["first_at"], seal["last_at"],
                           bytes.fromhex(seal["root"]), bytes.fromhex(seal["previous"]), seal["sealed_at"]))


class Key:
    """Verifies with openssl, because the standard library has no Ed25519."""

    def __init__(self, pem):
        self.folder = tempfile.TemporaryDirectory()
        self.pem = self.write("key.pem", pem.encode())

    def write(self, name, data):
        path = os.path.join(self.folder.name, name)
        with open(path, "wb") as out:
            out.write(data)
        return path

    def check(self, seal):
        done = subprocess.run(
            ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", self.pem, "-rawin",
             "-in", self.write("data", signed(seal)), "-sigfile", self.write("sig", bytes.fromhex(seal["signature"]))],
            capture_output=True, check=False)
        if done.returncode != 0:
            raise VerificationError(f"seal {seal['number']}: the signature is wrong")


def lines(path):
    with open(path, encoding="utf-8") as read:
        return [json.loads(line) for line in read]


def leaves_of(seal):
    data = bytes.fromhex(seal["leaves"])
    if len(data) != 56 * seal["records"]:
        raise VerificationError(f"seal {seal['number']}: wrong number of leaves")
    return [data[i:i + 56] for i in range(0, len(data), 56)]


def check_seals(seals, key, retained):
    before = b"\0" * 32
    sealed = {}
    for expected, seal in enumerate(seals, 1):
        if seal["number"] != expected:
            raise VerificationError(f"seal {expected} is missing")
        if bytes.fromhex(seal["previous"]) != before:
            raise VerificationError(f"seal {expected} does not continue the previous seal")
        key.check(seal)
        before = sha(signed(seal))
        if retained and retained[0] == expected and retained[1] != before.hex():
            raise VerificationError(f"seal {expected} differs from the retained seal")
        if seal["leaves"] is None:
            continue
        leaves = leaves_of(seal)
        if root(leaves).hex() != seal["root"]:
            raise VerificationError(f"seal {expected}: the leaves do not match the root")
        times = [int.from_bytes(leaf[:8], "big", signed=True) for leaf in leaves]
        if times and (min(times) != microseconds(seal["first_at"]) or max(times) != microseconds(seal["last_at"])):
            raise VerificationError(f"seal {expected}: first_at or last_at is wrong")
        for leaf in leaves:
            sealed[leaf[:24]] = (leaf[24:], seal)
    if retained and retained[0] > len(seals):
        raise VerificationError(f"seal {retained[0]} was retained and is missing")
    return sealed


def check_time(record, seal, seals):
    if seal["xid_from"] is None:
        return
    at = microseconds(record["at"])
    if at > microseconds(seal["sealed_at"]) + SLACK:
        raise VerificationError(f"record {record['id']} is later than its seal")
    if int(record["transaction"]) >= int(seal["xid_from"]) and \
            at < microseconds(seals[seal["number"] - 2]["sealed_at"]) - SLACK:
        raise VerificationError(f"record {record['id']} is earlier than its transaction")


def check_records(records, sealed, seals, bounds):
    seen = set()
    unsealed = 0
    times = {}
    for record in records:
        key = key_of(record)
        times.setdefault(record["id"], []).append(record["at"])
        if key in sealed:
            if sealed[key][0] != digest(record):
                raise VerificationError(f"record {record['id']} was changed")
            check_time(record, sealed[key][1], seals)
            seen.add(key)
        elif not seals or int(record["transaction"]) >= int(seals[-1]["xid_below"]) or \
                record["transaction"] in seals[-1]["open"]:
            unsealed += 1
        else:
            raise VerificationError(f"record {record['id']} was inserted or moved")
    for key in sorted(sealed):
        at = int.from_bytes(key[:8], "big", signed=True)
        if key not in seen and bounds[0] <= at < bounds[1]:
            missing = str(uuid.UUID(bytes=key[8:]))
            raise VerificationError(f"record {missing} was {'moved' if missing in times else 'removed'}")
    return unsealed


def check_export(arguments):
    def read(name):
        return os.path.join(arguments.path, name)

    with open(read("public-key.pem"), encoding="utf-8") as pem:
        key = Key(pem.read())
    seals = lines(read("seals.ndjson"))
    retained = (int(arguments.keep[0]), arguments.keep[1]) if arguments.keep else None
    sealed = check_seals(seals, key, retained)
    bounds = (microseconds(arguments.since) if arguments.since else -2**63,
              microseconds(arguments.until) if arguments.until else 2**63)
    records = lines(read("records.ndjson"))
    unsealed = check_records(records, sealed, seals, bounds)
    print(f"sound: {len(records)} records, {len(seals)} seals, {unsealed} unsealed records")


def check_proof(path):
    with open(path, encoding="utf-8") as read:
        proof = json.load(read)
    record, seal = proof["record"], proof["seal"]
    Key(proof["public_key"]).check(seal)
    node = leaf_hash(key_of(record) + digest(record))
    index, last = proof["leaf_index"], seal["records"] - 1
    if not 0 <= index <= last:
        raise VerificationError("leaf_index is out of range")
    for sibling in map(bytes.fromhex, proof["audit_path"]):
        if last == 0:
            raise VerificationError("the path is too long")
        if index % 2 == 1 or index == last:
            node = sha(b"\1" + sibling + node)
            while index % 2 == 0 and index != 0:
                index, last = index // 2, last // 2
        else:
            node = sha(b"\1" + node + sibling)
        index, last = index // 2, last // 2
    if last != 0 or node.hex() != seal["root"]:
        raise VerificationError("the path does not lead to the root")
    print("sound")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["export", "proof"])
    parser.add_argument("path")
    parser.add_argument("--keep", nargs=2)
    parser.add_argument("--from", dest="since")
    parser.add_argument("--to", dest="until")
    arguments = parser.parse_args()
    try:
        if arguments.what == "export":
            check_export(arguments)
        else:
            check_proof(arguments.path)
    except VerificationError as error:
        print(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
