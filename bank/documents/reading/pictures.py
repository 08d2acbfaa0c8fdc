"""Pictures are made anew from their pixels: nothing that was hidden beside them survives."""

import io
import warnings
from typing import Any, Final

from PIL import Image, ImageOps

from bank.documents import errors, rules
from bank.documents.rules import MediaType

_FORMATS: Final = {MediaType.JPEG: "JPEG", MediaType.PNG: "PNG", MediaType.WEBP: "WEBP"}
_OPTIONS: Final[dict[MediaType, dict[str, Any]]] = {
    MediaType.JPEG: {"quality": 90, "optimize": True},
    MediaType.PNG: {"optimize": False, "compress_level": 6},
    MediaType.WEBP: {"quality": 90, "method": 3},
}


def made_anew(content: bytes, media_type: MediaType) -> bytes:
    """The same picture, upright, at most ``MAX_SIDE`` on a side, of its first frame alone; without
    metadata (place, device, comments), colour profiles, thumbnails and whatever followed its end.

    Raises ``DocumentTooComplex`` for more than ``MAX_PIXELS``, before anything is unpacked.
    """
    with _opened(content, media_type) as given:
        given.draft("RGB", (rules.MAX_SIDE, rules.MAX_SIDE))
        given.load()
        picture = _pixels_alone(ImageOps.exif_transpose(given), media_type)
    picture.thumbnail((rules.MAX_SIDE, rules.MAX_SIDE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.save(out, _FORMATS[media_type], **_OPTIONS[media_type])
    return out.getvalue()


def _opened(content: bytes, media_type: MediaType) -> Image.Image:
    """The picture with only its head read, which must claim no more pixels than are allowed."""
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = rules.MAX_PIXELS
    try:
        return Image.open(io.BytesIO(content), formats=[_FORMATS[media_type]])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise errors.DocumentTooComplex from None


def _pixels_alone(picture: Image.Image, media_type: MediaType) -> Image.Image:
    """A new picture: its ``info`` is empty, so the encoder has nothing to carry over."""
    if picture.mode.startswith("I"):
        picture = picture.convert("I").point(lambda grey: grey * (1 / 256)).convert("L")
    mode = _mode(picture, media_type)
    clean = Image.new(mode, picture.size)
    clean.paste(picture.convert(mode))
    return clean


def _mode(picture: Image.Image, media_type: MediaType) -> str:
    if picture.mode in {"1", "L"}:
        return "L" if media_type is not MediaType.WEBP else "RGB"
    is_clear = picture.has_transparency_data and media_type is not MediaType.JPEG
    return "RGBA" if is_clear else "RGB"
