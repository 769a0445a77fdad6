"""The drawings that stand on samples, and what each shows. Real stories bring pictures of their own, or none."""

from dataclasses import dataclass

from django.contrib.staticfiles.storage import staticfiles_storage


@dataclass(frozen=True)
class Drawing:
    name: str
    words: str
    width: int = 224
    height: int = 272

    @property
    def address(self) -> str:
        return staticfiles_storage.url(f"art/{self.name}.svg")


_ALL = (
    Drawing(
        "mill",
        "A drawing of a tall brick mill at night. All five floors of windows are lit. A wheel turns in the river "
        "below, and the moon is up.",
        448,
        544,
    ),
    Drawing("window-candle", "A drawing of a candle. Its flame lights up a dark room."),
    Drawing("window-wheel", "A drawing of a wheel with twelve spokes."),
    Drawing("window-park", "A drawing of a tree. Small labels hang from its branches."),
    Drawing("window-turntable", "A drawing of an engine on a turntable, seen from above. Rails run out on all sides."),
    Drawing("window-fort", "A drawing of a Roman gate with two towers. A longship sails on the river in front of it."),
    Drawing("window-train", "A drawing of a train that comes out of a tall arch, with its lights on."),
    Drawing("window-carnival", "A drawing of a carnival headdress with bright feathers."),
    Drawing("window-street", "A drawing of five narrow houses side by side. Every window is lit."),
    Drawing("window-falcon", "A drawing of a white falcon that lands on a church tower."),
    Drawing("window-stage", "A drawing of a stage. Red curtains are drawn back, and a light shines on the boards."),
)
DRAWINGS = {drawing.name: drawing for drawing in _ALL}
