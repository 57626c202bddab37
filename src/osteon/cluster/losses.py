"""What is said when a worker is lost, and when to give up."""

from __future__ import annotations

from osteon.errors import OsteonError

__all__ = ["ignore_loss", "refuse_deadly_item"]


def ignore_loss(sentence: str) -> None:
    """Say nothing."""
    del sentence


def refuse_deadly_item(item: object, deaths: int, *, most: int) -> None:
    """Give up when workers have died over one item as often as this, with nothing finished between."""
    if deaths >= most:
        name = getattr(item, "name", None) or repr(item)[:80]
        raise OsteonError(
            code="cluster.worker_keeps_dying",
            field="workers",
            got=f"{deaths} deaths in a row, none of which finished {name}",
            expected="workers that live through one chunk",
            hint="Give each worker more memory, or look at its log. What is finished is kept.",
        )
