"""What is printed once everything answers."""

from local.settings import Ports

TEXT = """
Everything answers. Settings from {source}; Ctrl-C ends it all.

  Lab        {lab}/
  Page       {functions}/manage-clients
  API        {functions}/api/health  config  openapi.json
  Inbox      {mail}/
  Identity   {identity}/
  Graph      {graph}/dev/world
  Tables     {tables}/devstoreaccount1

A tour:
  open the page     {functions}/manage-clients, and sign in as Jane Doe
  sign in as Jane   curl -s {identity}/dev/token -d '{{"user": "jane.doe@example.org"}}'
  one week later    curl -s {lab}/dev/clock -d '{{"days": 7}}'
  read the inbox    {mail}/

"""


def text(ports: Ports, source: str) -> str:
    """Return addresses and tour; `source` names the file that the settings came from."""
    return TEXT.format(source=source, **{part: ports.address(part) for part in ports.all()})
