"""The bugs that the simulation has to find.

Their texts are the product's own: whoever changes those lines takes them along.
"""

from tests.simulation.planted import plant

IN_USE_CASES = (
    plant(
        "recovery removes what it has not fenced",
        "revealed",
        "use_cases/recover",
        "        if intent.state is IntentState.PENDING:\n            fenced =",
        "        if False:\n            fenced =",
        "            await self._recovery.fence(intent, self._clock.now())\n            return\n",
        "            return\n",
        "            each.state is IntentState.PENDING and each.request == intent.request\n",
        "            each.state is IntentState.PENDING\n"
        "            and each.request == intent.request\n"
        "            and each.intent_id != intent.intent_id\n",
    ),
    plant(
        "delete takes no lease",
        "last, lost, gone",
        "use_cases/delete_secret",
        "        lease = await self._access.lease(writable, now)\n",
        "        lease = _no_lease(writable, now)\n",
        "def _mark(",
        "def _no_lease(writable, now):\n"
        "    client_id = writable.application.client_id\n"
        "    expires_at = now + timedelta(minutes=5)\n"
        "    return Lease(client_id=client_id, expires_at=expires_at, version='none')\n\n\n"
        "def _mark(",
    ),
    plant(
        "create takes no lease",
        "lost, gone, revealed",
        "use_cases/create_secret",
        "            lease = await self._access.lease(\n"
        "                writable, intent.created_at, last_start=intent.request.start\n"
        "            )\n",
        "            lease = Lease(\n"
        "                client_id=intent.client_id,\n"
        "                expires_at=intent.created_at.replace(year=2030),\n"
        "                version='none',\n"
        "            )\n",
    ),
    plant(
        "adding is repeated when its answer is lost",
        "once, left over",
        "use_cases/patience",
        "        except (Throttled, DirectoryBusy) as busy:\n",
        "        except TemporarilyUnavailable as busy:\n",
        "import DirectoryBusy, Throttled\n",
        "import DirectoryBusy, TemporarilyUnavailable\n",
    ),
    plant(
        "a value is revealed before it is recorded",
        "revealed, left over",
        "use_cases/create_secret",
        "        for attempt in range(RECORD_ATTEMPTS):\n",
        "        for attempt in range(1):\n",
        "commit_intent(intent, record)\n        return False\n",
        "commit_intent(intent, record)\n        return True\n",
    ),
    plant(
        "one clean reading is enough, however far behind it may be",
        "left over",
        "use_cases/recover",
        "CLEAN_READS = 2\n",
        "CLEAN_READS = 1\n",
        "read_at - noted.aborting_since >= LAG",
        "read_at >= noted.aborting_since",
    ),
    plant(
        "a secret deleted a moment ago counts as one that is left",
        "last",
        "use_cases/delete_secret",
        "        if each.state is RecordState.DELETING or is_fresh_deletion(each, now)\n",
        "        if is_fresh_deletion(each, now) and False\n",
    ),
    plant(
        "lists know nothing of what was made of late",
        "listed",
        "use_cases/lag",
        "        if created is not None:\n",
        "        if created is None:\n            continue\n        if False:\n",
    ),
    plant(
        "the limit is not looked at",
        "limit",
        "use_cases/create_secret",
        "    if len(live) >= MAX_SECRETS:\n",
        "    if len(live) > 10 * MAX_SECRETS:\n",
    ),
    plant(
        "a secret of the same name is taken for ours",
        "revealed",
        "use_cases/recover",
        "    return (secret.display_name, secret.start, secret.end) == (\n",
        "    return (secret.display_name,) * 3 == (wish.display_name,) * 3 or (\n"
        "        secret.display_name, secret.start, secret.end\n    ) == (\n",
    ),
)

IN_ADAPTERS = (
    plant(
        "a commit depends on no version",
        "revealed, left over",
        "adapters/table_secrets",
        "            await self._table.transact([changed(row, intent.version), inserted(kept)])\n",
        "            await self._table.transact([put(row), inserted(kept)])\n",
        "import changed, inserted\n",
        "import inserted, put\n",
    ),
    plant(
        "the pointer goes before the commit",
        "left over",
        "adapters/table_secrets",
        "        kept = record_row(record, intent.nonce)\n",
        "        kept = record_row(record, intent.nonce)\n"
        "        await self._unpoint(intent_pointer(intent.client_id, intent.intent_id))\n",
    ),
    plant(
        "the pointer is written after the wish",
        "left over",
        "adapters/table_secrets",
        "        await self._point(pointer, intent.created_at)\n"
        "        stored = intent_of(await self._table.insert(intent_row(intent)))\n",
        "        stored = intent_of(await self._table.insert(intent_row(intent)))\n"
        "        await self._point(pointer, intent.created_at)\n",
    ),
    plant(
        "a wish that somebody else has made is carried out again",
        "once, left over, lost, revealed",
        "use_cases/create_secret",
        "        if stored.nonce != intent.nonce:\n",
        "        if stored.nonce != intent.nonce and stored.state is not IntentState.PENDING:\n",
    ),
)

PLANTS = (*IN_USE_CASES, *IN_ADAPTERS)
