"""The bugs that the simulation has to find: most are mistakes that somebody has made once.

Their texts are the product's own: whoever changes those lines takes them along.
"""

from tests.simulation.planted import plant

IN_DISPATCH = (
    plant(
        "a change is told to nobody",
        "missed",
        "use_cases/announcements",
        "            await self._tell(notice, firing, readings)\n            is_told",
        "            is_told",
        "            await self._tell(notice, firing, readings)\n        elif age",
        "            await self._outside.notices.settle(notice)\n        elif age",
    ),
    plant(
        "a mail is posted before it is claimed",
        "twice",
        "use_cases/dispatch",
        "        return await self._ledger.claim(\n            Message(",
        "        return await self._post_and_claim(\n            Message(",
        "    async def send(self, message: Message",
        "    async def _post_and_claim(self, message):\n"
        "        early = await self._mailer.post(message)\n"
        "        self._early = {**getattr(self, '_early', {}), message.message_id: early}\n"
        "        return await self._ledger.claim(message)\n\n"
        "    async def send(self, message: Message",
        "posted = await self._mailer.post(sending)",
        "posted = self._early.pop(sending.message_id, None) or await self._mailer.post(sending)",
    ),
    plant(
        "a mail is posted before that is written down",
        "twice",
        "use_cases/dispatch",
        "            sending = await self._ledger.advance(\n",
        "            early = await self._mailer.post(message)\n"
        "            self._early = {**getattr(self, '_early', {}), message.message_id: early}\n"
        "            sending = await self._ledger.advance(\n",
        "posted = await self._mailer.post(sending)",
        "posted = self._early[sending.message_id]",
    ),
    plant(
        "what a mail says is not looked at again before it is posted",
        "stranger, gone",
        "use_cases/dispatch",
        "            if not self._holds(message, standings, firing):\n",
        "            if False:\n",
    ),
    plant(
        "what a firing reads of the directory holds for all of it",
        "stranger, gone",
        "use_cases/readings",
        "MAX_AGE = timedelta(seconds=60)",
        "MAX_AGE = timedelta(hours=1)",
    ),
    plant(
        "a post without an answer is repeated without asking",
        "twice",
        "use_cases/drain",
        "elif step is Step.SEND or await",
        "elif step in {Step.SEND, Step.ASK} or await",
    ),
    plant(
        "open messages are not drained",
        "left over",
        "use_cases/run_reminders",
        "        await self._drain.bring_on(_reminders(unfinished), firing, readings)\n",
        "",
        "await self._drain.bring_on(_others(plan.unfinished, unfinished), firing, readings)",
        "pass",
        "        await self._drain.bring_on(_the_rest(unfinished), firing, readings)\n",
        "",
        "        if unfinished or firing.is_open",
        "        if firing.is_open",
    ),
    plant(
        "midnight does not end a firing",
        "midnight",
        "use_cases/firing",
        "now.date() != self.now.date() or now - self.now > SENDING_TIME",
        "now - self.now > SENDING_TIME",
    ),
    plant(
        "a closure is bound too late",
        "missed",
        "use_cases/firing",
        "            for _ in range(at_once):\n                tasks.create_task(worker())\n",
        "            for item in waiting:\n"
        "                tasks.create_task(self.attempt(lambda: work(item)))\n",
    ),
)

IN_RULES = (
    plant(
        "a secret is announced on the day alone, not at or past it",
        "missed",
        "domain/reminders",
        "    if days_left <= THREE_WEEKS:\n",
        "    if days_left == THREE_WEEKS:\n",
    ),
    plant(
        "days are counted in the zone of the machine",
        "missed",
        "domain/secrets",
        "        return self.end.date()\n",
        "        return self.end.astimezone().date()\n",
    ),
    plant(
        "the mail service is asked at once",
        "twice",
        "domain/delivery",
        "WAIT = timedelta(minutes=30)",
        "WAIT = timedelta(0)",
    ),
    plant(
        "a denial counts for ever",
        "twice",
        "domain/delivery",
        "now - message.posted_at < HORIZON",
        "now >= message.posted_at",
    ),
    plant(
        "who is disabled is mailed",
        "stranger",
        "domain/audience",
        "        if member.enabled and member.address and",
        "        if member.address and",
    ),
    plant(
        "one mail is about all organisations",
        "organisations",
        "domain/drafts",
        "return SUPPORT if recipient.partition == SUPPORT else due.application.organisation",
        "return SUPPORT",
    ),
    plant(
        "an address that bounced is mailed on",
        "suppressed",
        "use_cases/firing",
        "        return digest(address) in self.left_alone\n",
        "        return False\n",
    ),
    plant(
        "support does not hear of what bounced",
        "missed",
        "use_cases/planning",
        "        elif message is not None and message.state in UNDELIVERED:\n",
        "        elif False:\n",
    ),
)

IN_ADAPTERS = (
    plant(
        "a write is ours whoever made it",
        "twice",
        "adapters/table_ledger",
        "        if stored is None or stored.nonce != advanced.nonce:\n",
        "        if stored is None:\n",
    ),
    plant(
        "a write depends on no version",
        "twice",
        "adapters/table_entities",
        '    return {"etag": version, "match_condition": MatchConditions.IfNotModified}\n',
        "    return {}\n",
    ),
    plant(
        "only the first page is read",
        "left over",
        "adapters/table",
        "            yield [row_of(found) async for found in page]\n",
        "            yield [row_of(found) async for found in page]\n            return\n",
    ),
    plant(
        "the index is written after the claim",
        "left over",
        "adapters/table_ledger",
        "        index = await self._table.insert(index_row(message, is_open=True))\n",
        "        index = index_row(message, is_open=True)\n",
        "        return replace(message, version=versions[0])\n",
        "        await self._table.insert(index)\n"
        "        return replace(message, version=versions[0])\n",
    ),
    plant(
        "a void message keeps its claims",
        "left over",
        "adapters/table_ledger",
        "[changed(row, version), *releases]",
        "[changed(row, version)]",
    ),
    plant(
        "a day is completed although it was reopened",
        "missed",
        "adapters/table_runs",
        "            stored = await self._table.change(row, run.version)\n",
        "            stored = await self._table.put(row)\n",
        "            stored = await self._table.insert(row)\n",
        "            stored = await self._table.put(row)\n",
    ),
    plant(
        "the SDK repeats a post",
        "twice",
        "adapters/acs_mailer",
        "            retry_total=0,\n",
        "            retry_total=3,\n",
    ),
    plant(
        "a wrong key is the recipient's fault",
        "blamed",
        "adapters/acs_answers",
        "    return Posting.REFUSED_FOR_SENDER\n",
        "    return Posting.REFUSED_FOR_RECIPIENT\n",
    ),
    plant(
        "a post that the service failed at was surely not taken",
        "twice",
        "adapters/acs_answers",
        "    if status is None or not BAD_REQUEST <= status < SERVER_ERROR:\n"
        "        return Posting.UNKNOWN\n",
        "    if status is None or not BAD_REQUEST <= status < SERVER_ERROR:\n"
        "        return Posting.NOT_NOW\n",
    ),
    plant(
        "whatever is not found was not taken",
        "twice",
        "adapters/acs_answers",
        "return Status.NO_ANSWER if code in _ABOUT_US else Status.DENIED",
        "return Status.DENIED",
    ),
)

PLANTS = (*IN_DISPATCH, *IN_RULES, *IN_ADAPTERS)
