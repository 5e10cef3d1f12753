"""Two charts for the Chinese documents: error curves and how far people stand apart. No faces."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.face_scores import Scores

FONTS = ("WenQuanYi Micro Hei", "Noto Sans CJK SC", "Microsoft YaHei")
NAMES = {"ours": "本系统", "naive": "常见写法（0.6）"}
COLOURS = {"ours": "#0b6e4f", "naive": "#b23a48"}
LOWEST = 3e-4
"""Fewer wrong accepts than this cannot be seen in some thousand pairs."""


def draw(
    alone: Mapping[str, Scores],
    clips: Mapping[str, Scores],
    thresholds: Mapping[str, float],
    into: Path,
) -> None:
    into.mkdir(parents=True, exist_ok=True)
    _curves(alone, clips, thresholds, into / "人脸核验-错误率曲线.png")
    _histograms(alone["ours"], clips["ours"], thresholds["ours"], into / "人脸核验-距离分布.png")


def _curves(alone: Any, clips: Any, thresholds: Any, file: Path) -> None:
    figure, axes = _figure()
    for name, scores in alone.items():
        _curve(axes, scores, thresholds[name], NAMES[name] + "，单张", COLOURS[name], "-")
        if len(clips[name].same):
            _curve(axes, clips[name], thresholds[name], NAMES[name] + "，多帧", COLOURS[name], "--")
    axes.set_xscale("log")
    axes.set_xlim(LOWEST, 0.2)
    axes.set_ylim(0, 0.4)
    axes.set_xlabel("误接受率（把别人当成本人），对数刻度")
    axes.set_ylabel("误拒绝率（把本人当成别人）")
    axes.set_title("错误率曲线：越靠左下越好，圆点为产品所用阈值")
    axes.legend()
    axes.grid(alpha=0.3)
    figure.savefig(file)


def _curve(axes: Any, scores: Scores, threshold: float, label: str, colour: str, line: str) -> None:
    _, accepts, rejects = scores.curve()
    axes.plot(np.maximum(accepts, LOWEST), rejects, line, color=colour, label=label)
    at = (scores.different <= threshold).mean(), (scores.same > threshold).mean()
    axes.plot(max(at[0], LOWEST), at[1], "o", color=colour)


def _histograms(alone: Scores, clips: Scores, threshold: float, file: Path) -> None:
    from shared.faces.thresholds import REFUSE_DISTANCE

    figure, both = _figure(2)
    for axes, scores, title in zip(
        both, (alone, clips), ("单张对单张", "照片对视频多帧"), strict=True
    ):
        _histogram(axes, scores, title)
        axes.axvline(threshold, color="black", linewidth=1)
        axes.axvline(REFUSE_DISTANCE, color="black", linewidth=1, linestyle=":")
    both[-1].set_xlabel("距离：实线以内通过，虚线以外拒绝，两线之间由民警判断")
    figure.savefig(file)


def _histogram(axes: Any, scores: Scores, title: str) -> None:
    steps = np.linspace(0, 1.1, 56)
    for values, label, colour in (
        (scores.same, "同一个人", "#0b6e4f"),
        (scores.different, "不同的人", "#b23a48"),
    ):
        seen = values[np.isfinite(values)]
        if len(seen):
            weights = np.full(len(seen), 1 / len(seen))
            axes.hist(seen, steps, weights=weights, alpha=0.6, label=label, color=colour)
    axes.set_title(title)
    axes.set_ylabel("占比")
    axes.legend()


def _figure(rows: int = 1) -> Any:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import font_manager, pyplot

    here = {one.name for one in font_manager.fontManager.ttflist}
    pyplot.rcParams["font.family"] = [*(font for font in FONTS if font in here), "DejaVu Sans"]
    return pyplot.subplots(rows, 1, figsize=(8, 5 if rows == 1 else 7), dpi=100, layout="tight")
