"""The brushes: gradients, glows, hills, water and windows on a Pillow canvas.

Coordinates are fractions of the canvas (0 to 1 from the left and the top), so that a scene reads the
same at any size. Nothing is random: equal calls paint equal pixels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFilter

Point = tuple[float, float]
Colour = str | tuple[int, int, int]

_SIZE_PX = (1600, 1000)
_OVERSAMPLING = 2


class Canvas:
    """A picture in the making, painted twice as large as it is delivered so that edges are smooth."""

    def __init__(self, stops: Sequence[Colour]) -> None:
        self.width, self.height = (side * _OVERSAMPLING for side in _SIZE_PX)
        self.image = gradient(stops, (self.width, self.height))

    def finished(self) -> Image.Image:
        """The picture at 1600 x 1000 pixels."""
        return self.image.resize(_SIZE_PX, Image.Resampling.LANCZOS)

    def at(self, x: float, y: float) -> tuple[int, int]:
        """Pixels of a point given in fractions."""
        return round(x * self.width), round(y * self.height)

    def polygon(
        self, points: Sequence[Point], colour: Colour, *, alpha: float = 1.0, blur: float = 0
    ) -> None:
        """Fill an outline. ``blur`` is a radius in thousandths of the width."""
        mask = self._mask()
        ImageDraw.Draw(mask).polygon([self.at(*point) for point in points], fill=round(255 * alpha))
        self._fill(mask, colour, blur)

    def rectangle(self, box: tuple[float, float, float, float], colour: Colour, **how: float) -> None:
        """Fill a box given by its left, top, right and bottom."""
        left, top, right, bottom = box
        self.polygon([(left, top), (right, top), (right, bottom), (left, bottom)], colour, **how)

    def rounded(self, box: tuple[float, float, float, float], radius: float, colour: Colour) -> None:
        """Fill a box with round corners; ``radius`` is a fraction of the width."""
        left, top, right, bottom = box
        draw = ImageDraw.Draw(self.image)
        draw.rounded_rectangle(
            [self.at(left, top), self.at(right, bottom)], radius=radius * self.width, fill=colour
        )

    def ellipse(
        self, centre: Point, rx: float, ry: float, colour: Colour, *, alpha: float = 1.0, blur: float = 0
    ):
        """Fill an ellipse; both radii are fractions of the width, so that equal ones give a circle."""
        (x, y), (dx, dy) = self.at(*centre), (rx * self.width, ry * self.width)
        mask = self._mask()
        ImageDraw.Draw(mask).ellipse([x - dx, y - dy, x + dx, y + dy], fill=round(255 * alpha))
        self._fill(mask, colour, blur)

    def line(self, points: Sequence[Point], colour: Colour, width: float, *, alpha: float = 1.0) -> None:
        """Draw a line; ``width`` is in thousandths of the canvas."""
        mask = self._mask()
        ImageDraw.Draw(mask).line(
            [self.at(*point) for point in points],
            fill=round(255 * alpha),
            width=max(1, round(width * self.width / 1000)),
            joint="curve",
        )
        self._fill(mask, colour, 0)

    def glow(self, centre: Point, radius: float, colour: Colour, strength: float = 0.8) -> None:
        """Light that fades outwards; ``radius`` is a fraction of the width."""
        side = round(2 * radius * self.width)
        fading = (
            Image.radial_gradient("L").resize((side, side)).point(lambda v: max(0, 255 - round(v * 1.42)))
        )
        fading = fading.point(lambda v: round(strength * v * v / 255))
        x, y = self.at(*centre)
        self.image.paste(Image.new("RGB", (side, side), colour), (x - side // 2, y - side // 2), fading)

    def band(self, top: float, bottom: float, stops: Sequence[Colour]) -> None:
        """Fill the whole width between two heights with a gradient."""
        (_, y0), (_, y1) = self.at(0, top), self.at(0, bottom)
        self.image.paste(gradient(stops, (self.width, y1 - y0)), (0, y0))

    def hills(self, base: float, height: float, waves: Sequence[float], colours: Sequence[Colour]) -> None:
        """A ridge: the sum of sines of ``waves`` periods; its body is a gradient downwards."""
        ridge = [(step / 160, base - height * ridge_at(step / 160, waves)) for step in range(161)]
        mask = self._mask()
        ImageDraw.Draw(mask).polygon([self.at(*p) for p in [*ridge, (1, 1), (0, 1)]], fill=255)
        top = min(y for _, y in ridge)
        body = Image.new("RGB", self.image.size)
        (_, y0) = self.at(0, top)
        body.paste(gradient(colours, (self.width, self.height - y0)), (0, y0))
        self.image.paste(body, (0, 0), mask)

    def ripples(
        self, top: float, bottom: float, colour: Colour, *, count: int, alpha: float, centre: float = 0.5
    ):
        """Short bright strokes on water, longer and sparser towards the viewer, gathered at ``centre``."""
        mask = self._mask()
        draw = ImageDraw.Draw(mask)
        for number in range(count):
            depth = (number / count) ** 1.6
            y = top + (bottom - top) * depth
            drift = math.sin(number * 2.399) * (0.03 + 0.30 * depth)
            half = 0.008 + 0.05 * depth * (0.4 + 0.6 * abs(math.cos(number * 1.7)))
            thickness = (0.6 + 2.2 * depth) * self.height / 1000
            (x0, y0), (x1, y1) = self.at(centre + drift - half, y), self.at(centre + drift + half, y)
            draw.ellipse([x0, y0 - thickness, x1, y1 + thickness], fill=round(255 * alpha))
        self._fill(mask, colour, 0.4)

    def windows(
        self, box: tuple[float, float, float, float], columns: int, rows: int, colours: Sequence[Colour]
    ) -> None:
        """A grid of windows, some lit: ``colours`` are dealt out by a fixed pattern."""
        left, top, right, bottom = box
        step_x, step_y = (right - left) / columns, (bottom - top) / rows
        for row in range(rows):
            for column in range(columns):
                x, y = left + step_x * (column + 0.22), top + step_y * (row + 0.2)
                colour = colours[(column * 7 + row * 5 + column * row) % len(colours)]
                self.rounded((x, y, x + step_x * 0.56, y + step_y * 0.6), 0.0015, colour)

    def palm(self, foot: Point, height: float, colour: Colour, lean: float = 0.02) -> None:
        """A palm tree as a silhouette."""
        x, y = foot
        crown = (x + lean, y - height)
        trunk = [(x + lean * (t / 10) ** 2, y - height * t / 10) for t in range(11)]
        self.line(trunk, colour, 5.5 * height / 0.3)
        for angle in (-172, -150, -118, -88, -60, -30, -8, 14, 166):
            self._frond(crown, math.radians(angle), height * 0.42, colour)

    def _frond(self, crown: Point, angle: float, length: float, colour: Colour) -> None:
        ratio = self.width / self.height
        spine = []
        for step in range(9):
            reach = length * step / 8
            droop = 0.9 * length * (step / 8) ** 2.2
            spine.append(
                (crown[0] + reach * math.cos(angle) / ratio, crown[1] + reach * math.sin(angle) + droop)
            )
        lower = [(x, y + 0.05 * length * math.sin(math.pi * i / 8) * 2.2) for i, (x, y) in enumerate(spine)]
        self.polygon([*spine, *reversed(lower)], colour)

    def _mask(self) -> Image.Image:
        return Image.new("L", self.image.size, 0)

    def _fill(self, mask: Image.Image, colour: Colour, blur: float) -> None:
        box = mask.getbbox()
        if box is None:
            return
        if blur:
            radius = blur * self.width / 1000
            margin = round(3 * radius)
            box = (
                max(0, box[0] - margin), max(0, box[1] - margin),
                min(self.width, box[2] + margin), min(self.height, box[3] + margin),
            )  # fmt: skip
            part = mask.crop(box).filter(ImageFilter.GaussianBlur(radius))
        else:
            part = mask.crop(box)
        self.image.paste(Image.new("RGB", part.size, colour), box[:2], part)


def gradient(stops: Sequence[Colour], size: tuple[int, int]) -> Image.Image:
    """Colours from top to bottom, evenly spread."""
    if len(stops) == 1:
        return Image.new("RGB", size, stops[0])
    strip = Image.new("RGB", (1, len(stops)))
    for row, colour in enumerate(stops):
        strip.paste(colour, (0, row, 1, row + 1))
    # The box cuts half a stop off each end: the first and last colours sit on the edges.
    return strip.resize(size, Image.Resampling.BICUBIC, box=(0, 0.5, 1, len(stops) - 0.5))


def ridge_at(x: float, waves: Sequence[float]) -> float:
    """Height of a ridge at ``x``, about 0 to 1: each wave is half as high as the one before."""
    total = sum(
        (0.5**n) * math.sin(2 * math.pi * wave * x + wave * 1.3 + n * n) for n, wave in enumerate(waves)
    )
    return 0.5 + total / 4
