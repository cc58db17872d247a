"""What Meridian's photographers would have seen: one function for each scene."""

from __future__ import annotations

import math
from collections.abc import Callable

from orchestrator.demo.systems.painting import Canvas


def arrival() -> Canvas:
    """The hotel at dusk, its lights in the water."""
    canvas = Canvas(["#1d2b53", "#4b3f72", "#b0567a", "#f08a5d", "#ffd29a", "#ffe9c7"])
    canvas.glow((0.30, 0.60), 0.42, "#ffe3a8", 0.9)
    canvas.ellipse((0.30, 0.585), 0.038, 0.038, "#fff4d6")
    canvas.hills(0.66, 0.20, (0.8, 2.1, 4.7), ["#7a4a78", "#5a3a6b"])
    canvas.hills(0.68, 0.12, (1.3, 3.4, 7.0), ["#513461", "#3c2a55"])
    canvas.band(0.655, 1, ["#c9745f", "#7b4a73", "#2c2a55", "#151b3d"])
    canvas.ripples(0.665, 1.0, "#ffdca0", count=150, alpha=0.55, centre=0.30)
    wall = "#241c44"
    canvas.rectangle((0.56, 0.34, 0.80, 0.70), wall)
    canvas.rectangle((0.50, 0.46, 0.95, 0.70), "#2b214e")
    canvas.rectangle((0.555, 0.325, 0.805, 0.345), "#3a2c63")
    canvas.rectangle((0.495, 0.45, 0.955, 0.465), "#3a2c63")
    lit = ["#ffd98a", "#ffc766", "#4a3b74", "#ffe7b0", "#5a4a80"]
    canvas.windows((0.57, 0.36, 0.79, 0.46), 9, 3, lit)
    canvas.windows((0.51, 0.475, 0.945, 0.66), 17, 4, lit)
    canvas.rectangle((0.46, 0.69, 1.0, 0.72), "#1b1738")
    for x in (0.52, 0.62, 0.72, 0.82, 0.92):
        canvas.glow((x, 0.70), 0.05, "#ffcf7a", 0.8)
        canvas.line([(x, 0.73), (x, 0.97)], "#ffd98a", 3, alpha=0.18)
    canvas.palm((0.47, 0.71), 0.26, "#151232", -0.015)
    canvas.palm((0.975, 0.71), 0.30, "#151232", 0.012)
    canvas.palm((0.44, 0.71), 0.17, "#151232", 0.010)
    return canvas


def pool() -> Canvas:
    """The infinity pool at noon."""
    canvas = Canvas(["#2f8fd0", "#6fbbe6", "#bfe4f5", "#eef9fb"])
    for x, y, size in (
        (0.18, 0.16, 0.05),
        (0.24, 0.145, 0.07),
        (0.31, 0.165, 0.045),
        (0.74, 0.22, 0.05),
        (0.80, 0.21, 0.06),
    ):
        canvas.ellipse((x, y), size, size * 0.36, "#ffffff", alpha=0.75, blur=9)
    canvas.hills(0.40, 0.12, (0.9, 2.3, 5.0), ["#8fb9c9", "#a9cbd3"])
    canvas.band(0.385, 0.47, ["#1f7fb5", "#2fa0c8"])
    canvas.ripples(0.39, 0.47, "#d8f4ff", count=70, alpha=0.5, centre=0.55)
    canvas.band(0.47, 0.84, ["#5fd3d8", "#2bb6c6", "#1592b0"])
    canvas.rectangle((0, 0.465, 1, 0.476), "#f4efe4")
    for lane in range(9):
        y = 0.52 + lane * 0.037
        wave = [
            (s / 60, y + 0.006 * math.sin(s * 0.9 + lane * 2.1) + 0.004 * math.sin(s * 0.31 + lane))
            for s in range(61)
        ]
        canvas.line(wave, "#e6fffb", 1.2 + lane * 0.25, alpha=0.38)
    canvas.glow((0.70, 0.62), 0.22, "#ffffff", 0.35)
    canvas.band(0.84, 1, ["#efe4d0", "#dcc8a8"])
    canvas.rectangle((0, 0.835, 1, 0.85), "#fbf6ec")
    for x, colour in ((0.13, "#f2695c"), (0.40, "#f7c34b"), (0.83, "#f2695c")):
        _parasol(canvas, x, colour)
    return canvas


def _parasol(canvas: Canvas, x: float, colour: str) -> None:
    canvas.ellipse((x + 0.03, 0.945), 0.095, 0.016, "#8d7550", alpha=0.45, blur=4)
    canvas.line([(x, 0.66), (x, 0.94)], "#6d5a42", 4)
    canvas.polygon(
        [(x - 0.10, 0.70), (x - 0.05, 0.635), (x, 0.61), (x + 0.05, 0.635), (x + 0.10, 0.70)], colour
    )
    canvas.polygon(
        [(x - 0.034, 0.70), (x - 0.018, 0.632), (x, 0.61), (x + 0.018, 0.632), (x + 0.034, 0.70)], "#fff6e6"
    )
    canvas.polygon(
        [
            (x + 0.03, 0.93),
            (x + 0.13, 0.93),
            (x + 0.165, 0.875),
            (x + 0.172, 0.88),
            (x + 0.14, 0.95),
            (x + 0.03, 0.95),
        ],
        "#ffffff",
    )
    canvas.line([(x + 0.05, 0.95), (x + 0.05, 0.972)], "#8d7550", 3)
    canvas.line([(x + 0.13, 0.95), (x + 0.13, 0.972)], "#8d7550", 3)


def spa() -> Canvas:
    """Stones, candles and bamboo."""
    canvas = Canvas(["#0d3b3e", "#14595a", "#2a7f78", "#7db9a6", "#cfe3cf"])
    for x, shade in (
        (0.05, "#1f6f5c"),
        (0.10, "#2d8a6a"),
        (0.155, "#1a5f52"),
        (0.90, "#2d8a6a"),
        (0.955, "#1f6f5c"),
    ):
        canvas.rectangle((x, 0, x + 0.026, 1), shade, alpha=0.75, blur=2)
        for joint in range(5):
            canvas.rectangle(
                (x - 0.002, 0.08 + joint * 0.21, x + 0.028, 0.09 + joint * 0.21), "#0f4038", alpha=0.6
            )
    canvas.glow((0.72, 0.50), 0.34, "#ffdf9e", 0.75)
    canvas.band(0.76, 1, ["#6aa79a", "#2b6d6c", "#123f45"])
    stones = [
        (0.745, 0.150, 0.052, "#2f3a40"),
        (0.650, 0.118, 0.045, "#46545a"),
        (0.570, 0.090, 0.038, "#37444a"),
        (0.503, 0.062, 0.030, "#5b6a6e"),
    ]
    canvas.ellipse((0.40, 0.80), 0.17, 0.022, "#0c2b30", alpha=0.7, blur=6)
    for y, rx, ry, colour in stones:
        canvas.ellipse((0.40, y), rx, ry, colour)
        canvas.ellipse((0.37, y - 0.022), rx * 0.55, ry * 0.32, "#ffffff", alpha=0.20, blur=8)
    for y, rx, ry, colour in stones:
        canvas.ellipse((0.40, 1.63 - y), rx, ry * 0.8, colour, alpha=0.22, blur=5)
    for x, top in ((0.66, 0.60), (0.75, 0.66), (0.83, 0.63)):
        canvas.rounded((x - 0.03, top, x + 0.03, 0.79), 0.008, "#fff3dc")
        canvas.ellipse((x, top), 0.03, 0.008, "#ffe2ad")
        canvas.glow((x, top - 0.045), 0.09, "#ffb648", 0.9)
        canvas.polygon(
            [(x, top - 0.085), (x + 0.009, top - 0.04), (x, top - 0.015), (x - 0.009, top - 0.04)], "#fff6d8"
        )
        canvas.rectangle((x - 0.025, 0.80, x + 0.025, 0.97), "#ffdca0", alpha=0.22, blur=6)
    for angle in (-60, -20, 20, 60, 100):
        dx, dy = 0.038 * math.cos(math.radians(angle - 90)), 0.06 * math.sin(math.radians(angle - 90))
        canvas.ellipse((0.55 + dx, 0.80 + dy * 0.5), 0.026, 0.017, "#fbe9ef", alpha=0.95)
    canvas.ellipse((0.55, 0.795), 0.012, 0.009, "#f5c451")
    canvas.ripples(0.82, 1.0, "#e7fff5", count=40, alpha=0.25, centre=0.5)
    return canvas


def room() -> Canvas:
    """A room that opens on the sea."""
    canvas = Canvas(["#f3e8d8", "#ead9c1", "#dcc3a2"])
    canvas.rectangle((0.26, 0.06, 0.90, 0.74), "#fffaf0")
    view = Canvas(["#7cc0ea", "#bfe2f2", "#fbe8c8"])
    view.glow((0.66, 0.46), 0.28, "#fff2c4", 0.9)
    view.hills(0.60, 0.13, (1.1, 2.7, 4.0), ["#86a9bd", "#9cbccb"])
    view.band(0.58, 1, ["#4fb3cf", "#2d8fb5", "#21719a"])
    view.ripples(0.585, 1.0, "#ffffff", count=130, alpha=0.55, centre=0.66)
    x0, y0 = canvas.at(0.275, 0.085)
    x1, y1 = canvas.at(0.885, 0.715)
    canvas.image.paste(view.image.resize((x1 - x0, y1 - y0)), (x0, y0))
    for x in (0.478, 0.682):
        canvas.rectangle((x - 0.005, 0.085, x + 0.005, 0.72), "#fffaf0")
    for left in (0.22, 0.86):
        for fold in range(6):
            x = left + 0.014 * fold
            canvas.polygon(
                [(x, 0.03), (x + 0.014, 0.03), (x + 0.017, 0.80), (x - 0.002, 0.80)],
                ("#fffdf8", "#efe5d4")[fold % 2],
                alpha=0.96,
            )
    canvas.rectangle((0.18, 0.025, 0.98, 0.04), "#8a6b4a")
    canvas.band(0.80, 1, ["#b98d5f", "#a5794d", "#8e6440"])
    canvas.polygon([(0.34, 0.80), (0.84, 0.80), (0.98, 1.0), (0.20, 1.0)], "#ffe9c2", alpha=0.30, blur=10)
    canvas.rounded((0.02, 0.42, 0.06, 0.92), 0.01, "#8a6b4a")
    canvas.rounded((0.03, 0.62, 0.48, 0.90), 0.02, "#ffffff")
    canvas.rounded((0.05, 0.56, 0.17, 0.68), 0.02, "#f6efe4")
    canvas.rounded((0.10, 0.575, 0.22, 0.69), 0.02, "#fffdf9")
    canvas.rounded((0.28, 0.615, 0.49, 0.91), 0.02, "#2f6f86")
    canvas.rounded((0.31, 0.615, 0.33, 0.91), 0.002, "#e9c46a")
    canvas.line([(0.93, 0.88), (0.93, 0.48)], "#6b5238", 4)
    canvas.glow((0.93, 0.45), 0.10, "#ffe3a3", 0.8)
    canvas.polygon([(0.90, 0.50), (0.96, 0.50), (0.945, 0.39), (0.915, 0.39)], "#fff1cf")
    return canvas


def terrace() -> Canvas:
    """Dinner on the terrace under strings of lights."""
    canvas = Canvas(["#12173a", "#2c2a63", "#6a3f7c", "#c8647a", "#f7a072"])
    for number in range(90):
        x, y = (number * 0.61803) % 1, ((number * 0.41421) % 1) * 0.40
        canvas.ellipse(
            (x, y), 0.0008 + 0.0006 * (number % 3), 0.0008 + 0.0006 * (number % 3), "#ffffff", alpha=0.8
        )
    canvas.hills(0.66, 0.22, (0.7, 1.9, 4.1), ["#5c3c74", "#43305f"])
    canvas.hills(0.72, 0.14, (1.6, 2.9, 6.1), ["#3a2a58", "#2a2148"])
    canvas.band(0.735, 1, ["#3c2a3f", "#2a1d30", "#1b1322"])
    for number, (start, end, sag) in enumerate(((0.10, 0.06, 0.12), (0.22, 0.14, 0.14), (0.05, 0.24, 0.10))):
        rope = [
            (s / 48, start + (end - start) * s / 48 + sag * math.sin(math.pi * s / 48)) for s in range(49)
        ]
        canvas.line(rope, "#1b1322", 1.4)
        for x, y in rope[2 + number :: 4]:
            canvas.glow((x, y + 0.012), 0.032, "#ffcf78", 0.85)
            canvas.ellipse((x, y + 0.012), 0.0042, 0.0052, "#fff3cf")
    for x, scale in ((0.20, 1.0), (0.53, 0.85), (0.84, 1.05)):
        _table(canvas, x, scale)
    canvas.rectangle((0, 0.725, 1, 0.738), "#1b1322")
    for x in range(41):
        canvas.rectangle((x / 40 - 0.0015, 0.735, x / 40 + 0.0015, 0.775), "#1b1322")
    return canvas


def _table(canvas: Canvas, x: float, scale: float) -> None:
    y = 0.86
    canvas.glow((x, y - 0.05), 0.15 * scale, "#ffb65c", 0.55)
    canvas.ellipse((x, y), 0.095 * scale, 0.020 * scale, "#fff3e0")
    canvas.polygon(
        [
            (x - 0.095 * scale, y),
            (x + 0.095 * scale, y),
            (x + 0.08 * scale, y + 0.12 * scale),
            (x - 0.08 * scale, y + 0.12 * scale),
        ],
        "#f3dcc0",
        alpha=0.95,
    )
    canvas.ellipse((x, y), 0.095 * scale, 0.020 * scale, "#fff7ea")
    canvas.rectangle((x - 0.004, y - 0.05, x + 0.004, y), "#fffaf0")
    canvas.ellipse((x, y - 0.06), 0.004, 0.009, "#ffe7a6")
    for side in (-1, 1):
        glass = x + side * 0.045 * scale
        canvas.polygon(
            [
                (glass - 0.011, y - 0.055),
                (glass + 0.011, y - 0.055),
                (glass + 0.004, y - 0.022),
                (glass - 0.004, y - 0.022),
            ],
            "#b6324f",
        )
        canvas.line([(glass, y - 0.022), (glass, y)], "#ffe9d2", 1.6)
        seat = x + side * 0.135 * scale
        canvas.line(
            [(seat + side * 0.02, y - 0.10 * scale), (seat + side * 0.012, y + 0.10 * scale)], "#150e1c", 5
        )
        canvas.line([(seat + side * 0.012, y + 0.02), (seat - side * 0.03, y + 0.02)], "#150e1c", 6)
        canvas.line([(seat - side * 0.03, y + 0.02), (seat - side * 0.032, y + 0.12 * scale)], "#150e1c", 5)


def mountains() -> Canvas:
    """Five ridges in the morning mist."""
    canvas = Canvas(["#86b6dd", "#c3d9ea", "#f7dcc4", "#fdeedd"])
    canvas.glow((0.68, 0.34), 0.34, "#fff1cf", 0.95)
    canvas.ellipse((0.68, 0.34), 0.030, 0.030, "#fffaf0")
    ridges = [
        (0.52, 0.24, (1.1, 2.9, 6.3), ["#a9c0d6", "#dfe7ee"]),
        (0.60, 0.24, (0.8, 2.3, 5.1), ["#86a5c2", "#ccdbe6"]),
        (0.70, 0.26, (1.4, 3.1, 7.7), ["#5f86a6", "#aac6d6"]),
        (0.82, 0.24, (0.9, 2.0, 4.4), ["#3d6a86", "#7ba6b8"]),
        (0.95, 0.22, (1.2, 2.6, 5.9), ["#1f4a5f", "#2f6474"]),
    ]
    for base, height, waves, colours in ridges:
        canvas.hills(base, height, waves, colours)
        canvas.ellipse((0.4, base + 0.05), 0.6, 0.02, "#ffffff", alpha=0.22, blur=20)
    for number in range(34):
        x = (number * 0.61803) % 1
        size = 0.045 + 0.035 * ((number * 7) % 5) / 5
        y = 0.985 - 0.02 * math.sin(x * 9)
        for tier in range(3):
            w = size * (0.32 - 0.07 * tier)
            top, foot = y - size * (0.55 + 0.42 * tier), y - size * 0.38 * tier
            canvas.polygon([(x - w, foot), (x, top), (x + w, foot)], "#12333f")
    for x, y, s in ((0.36, 0.20, 1.0), (0.40, 0.235, 0.8), (0.325, 0.245, 0.7)):
        canvas.line(
            [
                (x - 0.014 * s, y - 0.010 * s),
                (x - 0.005 * s, y - 0.006 * s),
                (x, y),
                (x + 0.005 * s, y - 0.006 * s),
                (x + 0.014 * s, y - 0.010 * s),
            ],
            "#3d5a70",
            1.6,
        )
    return canvas


def beach() -> Canvas:
    """The beach from above."""
    canvas = Canvas(["#f2dcb3"])
    for number, (offset, colour) in enumerate(
        (
            (0.50, "#e4c795"),
            (0.475, "#ffffff"),
            (0.455, "#9be0dc"),
            (0.40, "#5ccbd0"),
            (0.32, "#2ab0c4"),
            (0.21, "#168fb3"),
            (0.08, "#0f6f9c"),
        )
    ):
        shore = [
            (
                offset + 0.035 * math.sin(s * 0.21 + number * 0.35) + 0.018 * math.sin(s * 0.53 + number),
                s / 60,
            )
            for s in range(61)
        ]
        canvas.polygon([(0, 0), *shore, (0, 1)], colour, blur=(1, 0.6, 3, 9, 14, 18, 22)[number])
    for number in range(60):
        y = (number * 0.61803) % 1
        x = 0.04 + 0.38 * ((number * 0.37) % 1)
        canvas.line([(x, y), (x + 0.012, y + 0.006), (x + 0.024, y)], "#ffffff", 1.1, alpha=0.35)
    places = [
        (0.62, 0.16),
        (0.72, 0.30),
        (0.60, 0.44),
        (0.74, 0.56),
        (0.62, 0.70),
        (0.75, 0.84),
        (0.88, 0.20),
        (0.88, 0.46),
        (0.89, 0.72),
    ]
    for number, (x, y) in enumerate(places):
        canvas.ellipse((x + 0.014, y + 0.028), 0.046, 0.042, "#a98552", alpha=0.40, blur=4)
        for towel in (-1, 1):
            left = x + towel * 0.058 - 0.016
            canvas.rounded(
                (left, y - 0.045, left + 0.032, y + 0.075),
                0.003,
                ("#ffffff", "#f7c34b", "#8fd3d1")[number % 3],
            )
        _parasol_from_above(canvas, (x, y), ("#e8574f", "#1f8fa8", "#f2a541")[number % 3])
    return canvas


def _parasol_from_above(canvas: Canvas, centre: tuple[float, float], colour: str) -> None:
    radius, ratio = 0.044, canvas.width / canvas.height
    for part in range(12):
        a, b = 2 * math.pi * part / 12, 2 * math.pi * (part + 1) / 12
        edge = [
            (centre[0] + radius * math.cos(t), centre[1] + radius * ratio * math.sin(t))
            for t in (a, (a + b) / 2, b)
        ]
        canvas.polygon([centre, *edge], colour if part % 2 else "#fff8ec")
    canvas.ellipse(centre, 0.005, 0.005, "#fffdf8")


def lobby() -> Canvas:
    """The lobby with its arches."""
    canvas = Canvas(["#4a3326", "#7a553b", "#b98558", "#e0b783"])
    canvas.polygon([(0, 0.72), (1, 0.72), (1, 1), (0, 1)], "#3d2a22")
    canvas.band(0.72, 1, ["#b07d55", "#6d4a36", "#3a2620"])
    for number, x in enumerate((0.12, 0.37, 0.63, 0.88)):
        canvas.rounded((x - 0.095, 0.17, x + 0.095, 0.95), 0.095, "#5b3f2f")
        canvas.rounded(
            (x - 0.082, 0.19, x + 0.082, 0.95), 0.082, ("#88c3dc", "#a3d2e2", "#a3d2e2", "#88c3dc")[number]
        )
        canvas.glow((x, 0.60), 0.10, "#fff0cc", 0.7)
        canvas.ellipse((x, 0.73), 0.082, 0.04, "#6fa08b", alpha=0.9, blur=4)
        canvas.palm((x + (0.03 if number % 2 else -0.03), 0.73), 0.24, "#2f5d4c", 0.012)
    canvas.band(0.725, 1, ["#c79867", "#80593f", "#412b22"])
    for x in (0.12, 0.37, 0.63, 0.88):
        canvas.polygon(
            [(x - 0.08, 0.725), (x + 0.08, 0.725), (x + 0.14, 1), (x - 0.14, 1)],
            "#ffe6b8",
            alpha=0.30,
            blur=9,
        )
    for x, y in ((0.245, 0.27), (0.50, 0.22), (0.755, 0.27)):
        canvas.line([(x, 0), (x, y)], "#2d1f18", 2)
        canvas.glow((x, y + 0.05), 0.14, "#ffcf82", 0.85)
        canvas.ellipse((x, y + 0.045), 0.030, 0.030, "#fff2d2")
    canvas.rounded((0.38, 0.66, 0.62, 0.86), 0.008, "#4d2f22")
    canvas.rounded((0.365, 0.64, 0.635, 0.672), 0.006, "#f1dfc4")
    for x in (0.41, 0.47, 0.53, 0.59):
        canvas.rectangle((x - 0.018, 0.70, x + 0.018, 0.835), "#6a4431")
    canvas.ellipse((0.50, 0.63), 0.012, 0.008, "#e9c46a")
    for dx, dy, colour in (
        (-0.02, -0.05, "#e76f51"),
        (0.0, -0.075, "#f4a261"),
        (0.02, -0.05, "#e9c46a"),
        (0.034, -0.03, "#e76f51"),
    ):
        canvas.ellipse((0.58 + dx, 0.62 + dy), 0.013, 0.013, colour)
    canvas.polygon([(0.565, 0.60), (0.60, 0.60), (0.592, 0.645), (0.573, 0.645)], "#dfe9ee")
    return canvas


def breakfast() -> Canvas:
    """Breakfast from above."""
    canvas = Canvas(["#d9b88c", "#cfa978", "#c49a68"])
    for plank in range(1, 7):
        canvas.rectangle((0, plank / 7 - 0.0015, 1, plank / 7 + 0.0015), "#a67c4e", alpha=0.55)
    canvas.polygon([(0.58, -0.05), (1.05, -0.05), (1.05, 0.60), (0.74, 0.42)], "#f4f1ea", alpha=0.95)
    for stripe in range(6):
        x = 0.66 + stripe * 0.06
        canvas.polygon(
            [(x, -0.05), (x + 0.014, -0.05), (x + 0.10, 0.62), (x + 0.086, 0.62)], "#7fb3c8", alpha=0.45
        )
    _plate(canvas, (0.36, 0.54), 0.205)
    for shift in (0, 1):
        x, y = 0.32 + shift * 0.085, 0.50 + shift * 0.10
        for part in range(7):
            t = (part - 3) / 3
            canvas.ellipse(
                (x + t * 0.075, y + 0.055 * t * t),
                0.030 * (1 - 0.45 * abs(t)),
                0.030 * (1 - 0.4 * abs(t)),
                ("#d58936", "#c4762b")[part % 2],
            )
            canvas.ellipse(
                (x + t * 0.075 - 0.006, y + 0.055 * t * t - 0.016),
                0.011 * (1 - 0.4 * abs(t)),
                0.006,
                "#f4c27a",
                alpha=0.8,
                blur=2,
            )
    for x, y in ((0.27, 0.68), (0.30, 0.72), (0.25, 0.73)):
        canvas.ellipse((x, y), 0.017, 0.017, "#c8324a")
        canvas.ellipse((x - 0.005, y - 0.008), 0.004, 0.003, "#ffffff", alpha=0.6)
    _plate(canvas, (0.70, 0.72), 0.105)
    canvas.ellipse((0.70, 0.72), 0.062, 0.062, "#ffffff")
    canvas.ellipse((0.70, 0.72), 0.054, 0.054, "#6b3f22")
    canvas.ellipse((0.70, 0.72), 0.046, 0.046, "#b07a48", blur=4)
    canvas.ellipse((0.695, 0.715), 0.022, 0.016, "#f3dfc3", blur=3)
    canvas.rounded((0.757, 0.705, 0.80, 0.735), 0.01, "#ffffff")
    canvas.ellipse((0.665, 0.285), 0.072, 0.072, "#7c5a36", alpha=0.35, blur=6)
    canvas.ellipse((0.655, 0.27), 0.066, 0.066, "#fff8ec")
    canvas.ellipse((0.655, 0.27), 0.058, 0.058, "#f79b2e")
    canvas.ellipse((0.64, 0.255), 0.030, 0.024, "#ffc766", blur=5)
    canvas.ellipse((0.10, 0.22), 0.085, 0.085, "#7c5a36", alpha=0.3, blur=6)
    canvas.ellipse((0.095, 0.21), 0.080, 0.080, "#2f6f86")
    canvas.ellipse((0.095, 0.21), 0.066, 0.066, "#f6f1e6")
    for number in range(11):
        angle = number * 2.399
        canvas.ellipse(
            (0.095 + 0.006 * number**0.85 * math.cos(angle), 0.21 + 0.0095 * number**0.85 * math.sin(angle)),
            0.013,
            0.013,
            ("#3d4f91", "#c8324a")[number % 3 == 0],
        )
    canvas.line([(0.115, 0.44), (0.115, 0.84)], "#e9e6df", 7)
    canvas.rounded((0.1065, 0.42, 0.1235, 0.60), 0.008, "#f7f5f0")
    return canvas


def _plate(canvas: Canvas, centre: tuple[float, float], radius: float) -> None:
    x, y = centre
    canvas.ellipse((x + 0.008, y + 0.018), radius, radius, "#6e4f2d", alpha=0.40, blur=7)
    canvas.ellipse(centre, radius, radius, "#fbfaf6")
    canvas.ellipse(centre, radius * 0.76, radius * 0.76, "#eef0ec")
    canvas.ellipse(centre, radius * 0.74, radius * 0.74, "#fdfcf9")


def lavender() -> Canvas:
    """The lavender field behind the country house."""
    canvas = Canvas(["#5fa8dc", "#a9d3ee", "#fde6cb"])
    canvas.glow((0.22, 0.30), 0.30, "#fff3cf", 0.9)
    canvas.hills(0.46, 0.14, (0.9, 2.2, 5.0), ["#8fa7c9", "#a9bcd3"])
    canvas.hills(0.49, 0.09, (1.5, 3.0, 6.0), ["#5f8a6b", "#7ba17c"])
    canvas.band(0.475, 1, ["#8fae6d", "#7d9a58", "#5c7a40"])
    vanishing = (0.60, 0.47)
    for row in range(-13, 14):
        near, width = 0.60 + row * 0.17, 0.105
        shade = ("#6f4aa8", "#8460bd", "#5d3d93")[row % 3]
        canvas.polygon([vanishing, (near - width / 2, 1.02), (near + width / 2, 1.02)], shade)
        canvas.polygon([vanishing, (near - width / 2, 1.02), (near - width / 8, 1.02)], "#b79be0", alpha=0.55)
    for number in range(420):
        depth = ((number * 0.61803) % 1) ** 2
        row = (number * 5) % 27 - 13
        x = 0.60 + row * 0.17 * depth + 0.04 * depth * math.sin(number * 3.1)
        canvas.ellipse(
            (x, 0.47 + 0.55 * depth),
            0.0012 + 0.005 * depth,
            0.0022 + 0.008 * depth,
            ("#c9b3ec", "#9f7fd6", "#7850b0")[number % 3],
            alpha=0.85,
        )
    canvas.rectangle((0.775, 0.385, 0.875, 0.48), "#f3e1c6")
    canvas.polygon([(0.765, 0.39), (0.885, 0.39), (0.86, 0.335), (0.79, 0.335)], "#c4633f")
    canvas.windows((0.785, 0.40, 0.865, 0.47), 4, 2, ["#56708a", "#3f5a75"])
    for x, height in ((0.745, 0.15), (0.76, 0.12), (0.893, 0.14)):
        canvas.ellipse((x, 0.475 - height / 2), 0.009, height * 0.33, "#2f5d43")
    return canvas


def night() -> Canvas:
    """The city house under the stars."""
    canvas = Canvas(["#050b24", "#0d1b47", "#1f3a73", "#4b6aa3"])
    for number in range(170):
        x, y = (number * 0.61803) % 1, ((number * 0.75488) % 1) * 0.62
        size = 0.0007 + 0.0007 * (number % 3)
        canvas.ellipse((x, y), size, size, "#ffffff", alpha=0.35 + 0.2 * (number % 4))
    canvas.glow((0.20, 0.22), 0.16, "#dfe9ff", 0.7)
    canvas.ellipse((0.20, 0.22), 0.034, 0.034, "#f6f3e4")
    canvas.ellipse((0.211, 0.212), 0.007, 0.006, "#dcd8c5")
    canvas.ellipse((0.192, 0.235), 0.010, 0.009, "#e4e0ce")
    for x, top, width in (
        (0.02, 0.60, 0.10),
        (0.13, 0.52, 0.08),
        (0.22, 0.64, 0.10),
        (0.80, 0.56, 0.09),
        (0.90, 0.62, 0.10),
    ):
        canvas.rectangle((x, top, x + width, 0.9), "#142752")
        canvas.windows(
            (x + 0.006, top + 0.02, x + width - 0.006, 0.86),
            4,
            6,
            ["#22386b", "#f2cf86", "#22386b", "#1c3161"],
        )
    canvas.rectangle((0.33, 0.26, 0.77, 0.90), "#101c3f")
    canvas.rectangle((0.32, 0.245, 0.78, 0.27), "#1b2b5a")
    canvas.rectangle((0.50, 0.17, 0.60, 0.25), "#14224b")
    canvas.windows(
        (0.345, 0.29, 0.755, 0.74), 14, 7, ["#ffd98a", "#1c2d5c", "#ffc766", "#24376b", "#ffe7b0", "#1c2d5c"]
    )
    canvas.rounded((0.49, 0.77, 0.61, 0.92), 0.02, "#ffe1a0")
    canvas.rectangle((0.548, 0.78, 0.552, 0.92), "#c98f3e")
    canvas.polygon([(0.46, 0.775), (0.64, 0.775), (0.625, 0.745), (0.475, 0.745)], "#a32f45")
    canvas.band(0.895, 1, ["#1a2850", "#0c1533"])
    for x, strength in ((0.55, 0.9), (0.36, 0.5), (0.74, 0.5)):
        canvas.glow((x, 0.91), 0.11, "#ffcf7a", strength)
        canvas.rectangle((x - 0.02, 0.90, x + 0.02, 1.0), "#ffdc9a", alpha=0.28, blur=8)
    return canvas


def sailing() -> Canvas:
    """The hotel's boat off the cape."""
    canvas = Canvas(["#3a7fc0", "#7db7e0", "#d3e9f0", "#fdf0d9"])
    canvas.glow((0.78, 0.40), 0.30, "#fff1cc", 0.9)
    canvas.ellipse((0.14, 0.20), 0.09, 0.020, "#ffffff", alpha=0.8, blur=9)
    canvas.ellipse((0.20, 0.18), 0.06, 0.022, "#ffffff", alpha=0.8, blur=9)
    canvas.ellipse((0.62, 0.14), 0.08, 0.015, "#ffffff", alpha=0.7, blur=9)
    canvas.polygon(
        [(0.0, 0.56), (0.0, 0.40), (0.06, 0.385), (0.13, 0.42), (0.20, 0.47), (0.27, 0.50), (0.36, 0.56)],
        "#6d8f92",
    )
    canvas.polygon([(0.0, 0.56), (0.0, 0.46), (0.07, 0.45), (0.15, 0.50), (0.24, 0.56)], "#4c7377")
    canvas.rectangle((0.048, 0.30, 0.062, 0.40), "#fdf6ea")
    canvas.rectangle((0.046, 0.285, 0.064, 0.305), "#c94f4f")
    canvas.band(0.555, 1, ["#4aa6cc", "#2a83b4", "#175f92", "#0f4676"])
    canvas.ripples(0.56, 1.0, "#ffffff", count=170, alpha=0.42, centre=0.74)
    canvas.ripples(0.58, 1.0, "#bfe6f5", count=120, alpha=0.30, centre=0.25)
    canvas.polygon([(0.545, 0.70), (0.552, 0.13), (0.74, 0.665)], "#fffdf7")
    canvas.polygon([(0.552, 0.13), (0.60, 0.27), (0.60, 0.68), (0.552, 0.69)], "#e8eef0", alpha=0.8)
    canvas.polygon([(0.533, 0.69), (0.535, 0.20), (0.41, 0.675)], "#f2b35b")
    canvas.line([(0.54, 0.10), (0.54, 0.74)], "#5a3f2b", 4)
    canvas.polygon([(0.39, 0.715), (0.77, 0.705), (0.72, 0.79), (0.45, 0.795)], "#17395c")
    canvas.polygon([(0.39, 0.715), (0.77, 0.705), (0.763, 0.722), (0.398, 0.732)], "#f7efe0")
    canvas.polygon([(0.54, 0.10), (0.585, 0.115), (0.54, 0.135)], "#c94f4f")
    canvas.ellipse((0.58, 0.805), 0.17, 0.010, "#ffffff", alpha=0.55, blur=4)
    canvas.polygon([(0.46, 0.82), (0.71, 0.82), (0.62, 0.98), (0.54, 0.98)], "#fffdf7", alpha=0.20, blur=8)
    return canvas


SCENES: dict[str, Callable[[], Canvas]] = {
    scene.__name__: scene
    for scene in (
        arrival,
        pool,
        spa,
        room,
        terrace,
        mountains,
        beach,
        lobby,
        breakfast,
        lavender,
        night,
        sailing,
    )
}
