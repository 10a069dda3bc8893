"""From bytes to Chinese text, whatever encoding they are in and whether or not they say so."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable

from indexer.errors import FileRefused
from indexer.text import fold

Visible = Callable[[str], str]
"""From a text as it is written to what of it is for readers."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UNMARKED = ("utf-8", "gb18030", "big5hkscs", "utf-16-le", "utf-16-be")

_COMMON = re.compile(
    "[的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
    "十三之进等部度家电力里如水化高自二理起小现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表"
    "间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象"
    "员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任"
    "取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带"
    "安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装]+"
)
"""The 500 commonest characters of modern Chinese text, as frequency lists of any large corpus give them."""
_HAN = re.compile("[\u4e00-\u9fff]+")
SAMPLE = 20_000
"""Characters of what is visible, by which a text is judged."""
_BEGINNING = 200_000
"""Bytes that hold a sample in any encoding, unless most of them are markup."""
_SHORTEST_GUESS = 40
"""Bytes. Of fewer, too many encodings make something Chinese."""
_LEAST_COMMON = 0.25
"""Real reports have 0.45 to 0.6 of their characters among the common ones; wrongly decoded bytes less than 0.1."""
_LEAST_HAN = 0.1
_MOST_BROKEN = 0.005
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f]")
"""What no text has. \\x1a may end one, as DOS wrote it."""


def decode(data: bytes, declared: str | None = None, visible: Visible = str) -> tuple[str, str]:
    """Decode ``data``; give the text and the name of its encoding, which need not be the ``declared`` one.

    Only what is ``visible`` of the text has to be Chinese. A few broken bytes are let through as U+FFFD. Raises
    FileRefused for what is no Chinese text.
    """
    for encoding in _encodings(data, declared):
        if not _may_be(data, encoding, visible):
            continue
        text = data.decode(encoding, "replace")
        if _is_chinese(visible(text), sure=encoding.startswith("utf-8") and "\ufffd" not in text):
            return text.removeprefix("\ufeff"), encoding.removesuffix("-sig")
    raise FileRefused("内容不是中文文本（可能是改了后缀的其他文件）；请另存为 UTF-8 编码的 txt")


def _may_be(data: bytes, encoding: str, visible: Visible) -> bool:
    """Whether a look at the beginning leaves it open that ``data`` is Chinese in that encoding."""
    if len(data) <= _BEGINNING:
        return True
    begun = codecs.getincrementaldecoder(encoding)("replace").decode(data[:_BEGINNING])
    seen = visible(begun)
    return len(seen) < SAMPLE or _has_enough(seen[:SAMPLE], sure=encoding.startswith("utf-8") and "\ufffd" not in begun)


def _encodings(data: bytes, declared: str | None) -> tuple[str, ...]:
    marked = tuple(encoding for mark, encoding in _MARKS if data.startswith(mark))
    guessed = _UNMARKED if len(data) >= _SHORTEST_GUESS else _UNMARKED[:2]
    return marked[:1] or tuple(dict.fromkeys((*_known(declared), *guessed)))


def _known(declared: str | None) -> tuple[str, ...]:
    """The declared encoding; GB2312 and GBK mean their superset, which is what people write."""
    try:
        name = codecs.lookup(declared or "").name
    except LookupError:
        return ()
    return ("gb18030",) if name in ("gb2312", "gbk") else (name,)


def _is_chinese(text: str, *, sure: bool) -> bool:
    sample = text[:SAMPLE]
    broken = text.count("\ufffd") + len(_CONTROLS.findall(sample))
    return broken <= _MOST_BROKEN * len(text) and _has_enough(sample, sure=sure)


def _has_enough(sample: str, *, sure: bool) -> bool:
    """Whether enough of ``sample`` is Chinese. Of an encoding that is ``sure`` some Han characters are enough; any
    bytes are characters in the others, but only rightly decoded ones are common."""
    folded = fold(sample)
    solid = len(folded) - folded.count(" ")
    fitting, least = (_HAN, _LEAST_HAN) if sure else (_COMMON, _LEAST_COMMON)
    return solid > 0 and sum(map(len, fitting.findall(folded))) >= least * solid
