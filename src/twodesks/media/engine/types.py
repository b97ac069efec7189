"""Content types: what a file most likely is by its name, and what a browser may be shown in place."""

import mimetypes

# By ending, since the systems' own tables differ.
_BY_ENDING = {
    "webm": "video/webm",
    "mkv": "video/x-matroska",
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "aac": "audio/aac",
    "wav": "audio/wav",
    "ogg": "audio/ogg",
    "oga": "audio/ogg",
    "opus": "audio/ogg",
    "flac": "audio/flac",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "gif": "image/gif",
    "vtt": "text/vtt",
    "srt": "application/x-subrip",
    "json": "application/json",
}
_ENDINGS = {
    "video/webm": "webm",
    "video/x-matroska": "mkv",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "audio/webm": "webm",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/aac": "aac",
    "audio/wav": "wav",
    "audio/ogg": "ogg",
    "audio/flac": "flac",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/gif": "gif",
    "text/vtt": "vtt",
    "application/json": "json",
}
# Nothing here can carry script. Everything else is handed out as a download.
SHOWN_IN_PLACE = frozenset(
    kind for kind in _ENDINGS if kind.startswith(("video/", "audio/", "image/")) or kind == "text/vtt"
)


def content_type_of(filename: str, announced: str = "") -> str:
    """The type that was announced when it is a known one, else what the name's ending says."""
    plain = announced.partition(";")[0].strip().lower()
    if plain in _ENDINGS:
        return plain
    ending = filename.rpartition(".")[2].lower()
    return _BY_ENDING.get(ending) or mimetypes.guess_type(filename)[0] or "application/octet-stream"


def ending_of(content_type: str) -> str:
    """The ending of names of that type, with its dot; `.bin` for one that is not known."""
    return "." + _ENDINGS.get(content_type, "bin")
