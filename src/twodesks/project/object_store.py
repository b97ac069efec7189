"""Where files are kept: a folder of the data directory, or any S3-compatible store when one is named."""

from typing import Any
from urllib.parse import urlsplit

import environ

from twodesks.kit.problem import Invalid


def file_storage(env: environ.Env) -> dict[str, Any]:
    """Django's `STORAGES["default"]` from `S3_BUCKET` and its companions."""
    bucket = env.str("S3_BUCKET", default="")
    if not bucket:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    options = {
        "bucket_name": bucket,
        "endpoint_url": env.str("S3_ENDPOINT", default="") or None,
        "region_name": env.str("S3_REGION", default="") or None,
        "access_key": env.str("S3_ACCESS_KEY", default="") or None,
        "secret_key": env.str("S3_SECRET_KEY", default="") or None,
        "location": env.str("S3_PREFIX", default=""),
        "addressing_style": env.str("S3_ADDRESSING", default="auto"),
        "signature_version": "s3v4",
        # Who may read is said by our own addresses; the store stays closed, and nothing in it is overwritten.
        "default_acl": None,
        "querystring_auth": True,
        "file_overwrite": False,
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


def media_origins(env: environ.Env) -> list[str]:
    """Where browsers fetch files from besides ourselves, for the content security policy.

    A store that is named by region alone has addresses by bucket, which are Amazon's to choose: those are named here
    both ways.
    """
    given: list[str] = env.list("TWODESKS_MEDIA_ORIGINS", default=[])
    bucket, endpoint = env.str("S3_BUCKET", default=""), env.str("S3_ENDPOINT", default="")
    if given or not bucket:
        return given
    if endpoint:
        parts = urlsplit(endpoint)
        if not parts.scheme or not parts.netloc:
            raise Invalid(f"S3_ENDPOINT is “{endpoint}”. Give an address such as https://storage.example.org.")
        return [f"{parts.scheme}://{parts.netloc}", f"{parts.scheme}://{bucket}.{parts.netloc}"]
    region = env.str("S3_REGION", default="us-east-1")
    return [f"https://{bucket}.s3.amazonaws.com", f"https://{bucket}.s3.{region}.amazonaws.com"]
