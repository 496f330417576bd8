"""The lines that an import refuses, as a file to read beside one's own. Password hashes aren't in it."""

from collections.abc import Iterator
from uuid import UUID

from bulk.imports.services import form_of
from bulk.models import Operation, StagedRow
from common.text.spreadsheets import csv_file, csv_lines

AT_ONCE, LINES_NAMED = 2000, 5


def refused_lines(operation: Operation) -> Iterator[bytes]:
    """CSV: the number of the line, or of the entry of a list, what is wrong, and what stood in it."""
    form = form_of(operation)
    headings = form.headings
    yield csv_file([["Entry" if form.is_list else "Line", "What is wrong", *headings]])
    behind = 0
    while rows := _rows(operation.pk, behind):
        yield csv_lines([row.line, row.problem, *(row.source.get(heading, "") for heading in headings)] for row in rows)
        behind = rows[-1].line


def problems_of(operation: Operation) -> list[tuple[str, int, list[int]]]:
    """Each thing that is wrong, how often, and on which lines it stands first, of the first that are refused."""
    found: dict[str, list[int]] = {}
    refused = StagedRow.objects.filter(operation_id=operation.pk).exclude(problem="").order_by("line")
    for sentence, line in refused.values_list("problem", "line")[:AT_ONCE]:
        found.setdefault(sentence, []).append(line)
    return [(sentence, number, found.get(sentence, [])[:LINES_NAMED]) for sentence, number in operation.problems]


def _rows(operation_id: UUID, behind: int) -> list[StagedRow]:
    lines = StagedRow.objects.filter(operation_id=operation_id, line__gt=behind).exclude(problem="")
    return list(lines.order_by("line").only("line", "problem", "source")[:AT_ONCE])
