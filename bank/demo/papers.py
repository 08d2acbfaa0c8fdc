"""Pictures that stand for documents."""

import io

from PIL import Image, ImageDraw


def paper(words: str) -> io.BytesIO:
    """A picture with the words on it, marked as a specimen."""
    picture = Image.new("RGB", (800, 500), "#f4f1ea")
    drawing = ImageDraw.Draw(picture)
    drawing.rectangle((24, 24, 776, 476), outline="#0B4F43", width=3)
    drawing.text((56, 56), words, fill="#14201C", font_size=24)
    drawing.text((56, 420), "Specimen, for the demonstration alone", fill="#8A5A14", font_size=18)
    content = io.BytesIO()
    picture.save(content, "PNG")
    content.seek(0)
    return content
