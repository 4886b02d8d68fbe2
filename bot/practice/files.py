"""Files: a place to send the bytes, then the completing call; people's own uploads in forms too."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass, field

from bot.practice.refusals import Json, RefusedError
from bot.practice.stamps import Stamps


@dataclass
class StoredFile:
    """Hold one file; content is None until its bytes have come."""

    id: str
    name: str
    length: int
    owner: str
    created: int
    content: bytes | None = None
    title: str = ""
    is_complete: bool = False
    shares: dict[str, str] = field(default_factory=dict)

    def as_payload(self, base_url: str, team_id: str) -> Json:
        """Build the file object Slack sends."""
        kind = mimetypes.guess_type(self.name)[0] or "application/octet-stream"
        private = f"{base_url}/files/{team_id}-{self.id}/{self.name}"
        return {
            "id": self.id,
            "created": self.created,
            "timestamp": self.created,
            "name": self.name,
            "title": self.title or self.name,
            "mimetype": kind,
            "filetype": self.name.rpartition(".")[2].lower(),
            "size": self.length,
            "user": self.owner,
            "url_private": private,
            "url_private_download": private,
            "permalink": private,
        }


class Files:
    """Keep every file of the workspace."""

    def __init__(self, stamps: Stamps) -> None:
        """Start with none."""
        self._stamps = stamps
        self._by_id: dict[str, StoredFile] = {}

    def expect(self, name: str, length: int, owner: str) -> StoredFile:
        """Make room for a file whose bytes will follow."""
        created = int(self._stamps.next_ts().partition(".")[0])
        file = StoredFile(self._stamps.next_id("F"), name, length, owner, created)
        self._by_id[file.id] = file
        return file

    def add(self, name: str, content: bytes, owner: str) -> StoredFile:
        """Keep a file a person put in a form."""
        file = self.expect(name, len(content), owner)
        file.content, file.is_complete = content, True
        return file

    def receive(self, file_id: str, content: bytes) -> None:
        """Take the bytes of an expected file; the length must be the one announced."""
        file = self._by_id.get(file_id)
        if file is None or file.is_complete or len(content) != file.length:
            raise RefusedError("file_not_found")
        file.content = content

    def find(self, file_id: str) -> StoredFile:
        """Give a file that is complete, or refuse."""
        file = self._by_id.get(file_id)
        if file is None or not file.is_complete:
            raise RefusedError("file_not_found")
        return file

    def complete(self, file_id: str, title: str) -> StoredFile:
        """Finish a file whose bytes have come; refuse one without bytes."""
        file = self._by_id.get(file_id)
        if file is None or file.content is None:
            raise RefusedError("file_not_found")
        file.title, file.is_complete = title or file.name, True
        return file

    def remove(self, file_id: str) -> None:
        """Delete a file."""
        del self._by_id[self.find(file_id).id]
