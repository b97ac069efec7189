"""Let go of the file of an import that is through: the server keeps no copy of what nobody needs."""

from twodesks.imports.models import ImportRun
from twodesks.kit.actor import Actor
from twodesks.media.operations.delete_file import delete_file
from twodesks.media.queries import file_of_upload


def release_file(actor: Actor, run: ImportRun) -> None:
    """In the transaction that ends or undoes the run. Files that lie on the server are not ours to remove."""
    if run.upload_id is not None:
        delete_file(actor=actor, file_id=file_of_upload(run.upload_id), upload_id=run.upload_id)
