"""What a table says: a layer a row, a layer a column, or several designs side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extract.columns.abbreviations import as_explained, spelt_out
from extract.columns.as_often import as_often
from extract.columns.attaching import attached
from extract.columns.bands import with_bands_joined
from extract.columns.branch_heads import with_branches_counted
from extract.columns.counted_rows import with_all_rows, with_counted_blocks
from extract.columns.double_headers import with_one_each
from extract.columns.grids import Grid
from extract.columns.halves import unfolded, with_lines_apart, with_rows_apart
from extract.columns.header_rows import under_titles
from extract.columns.headers import SIZED
from extract.columns.labelled import with_names_of_cells
from extract.columns.late_headers import with_headers_above
from extract.columns.layer_names import LAYERS, names_layer
from extract.columns.named_values import with_settings_of
from extract.columns.nameless import with_names
from extract.columns.naming import with_plain_names
from extract.columns.outputs_said import with_outputs_said
from extract.columns.roles import Columns, columns_of
from extract.columns.sections import without_sections
from extract.columns.shares import without_shares
from extract.columns.shifted_headers import with_headers_in_place
from extract.columns.stacked import with_sizes
from extract.columns.table_design import TableDesign
from extract.columns.titles import along_axes, side_tables, spread, with_settings, with_sides, with_titles_above
from extract.columns.totals import with_plain_thousands, without_what_is_worked_out
from extract.columns.whereabouts import without_labels, without_places
from extract.tables.along import at_each_step, with_channels
from extract.tables.alternatives import alternatives
from extract.tables.captioned import as_captioned
from extract.tables.chained_calls import with_widths
from extract.tables.channels import channels_last, colours_last
from extract.tables.coders import with_codes
from extract.tables.design_columns import (
    columns_alike,
    columns_of_sizes,
    columns_of_widths,
    design_alone,
    design_by_repeats,
    design_by_widths,
    designs_by_widths,
)
from extract.tables.each_layer import told_by_poolings
from extract.tables.ends import in_order, without_double_ends
from extract.tables.facts import without_facts
from extract.tables.judging import HALF, is_design, is_stacked, learned, learns, says_sizes
from extract.tables.layer_columns import (
    are_units_down,
    below_title,
    designs_by_columns,
    has_attributes_down,
    is_layer_a_column,
    with_windows,
)
from extract.tables.layer_settings import as_layers_set
from extract.tables.listed_settings import designs_by_settings, is_of_settings
from extract.tables.lone_rows import in_doubt
from extract.tables.network_rows import leaves_out, models_of, says_products
from extract.tables.networks import are_chained, are_widening, framed, networks_of, tables_below
from extract.tables.plain_cells import without_marks
from extract.tables.results import is_results, surveys
from extract.tables.rows import layers_by_rows
from extract.tables.share_sizes import of_size, side_told
from extract.tables.stored_arrays import as_layers
from extract.tables.tensor_names import as_their_neighbours
from extract.tables.together import with_one_order
from extract.tables.valued import value_tables, with_values
from extract.tables.variant_columns import side_by_side
from extract.tables.variants import variant
from extract.tables.ways import as_one, end_together, names_ways
from extract.tables.windows_said import as_windows
from extract.words.families import POOLS
from extract.words.hyphens import whole_words
from extract.words.lexicon import kind_of, names_network
from extract.words.reading import Reading
from extract.words.spellings import normalized, without_endless
from extract.words.strangers import ANY


def designs_of(grid: Grid, caption: str = "") -> list[TableDesign]:
    """Return the designs of a table, none where it holds none; the caption may say what its headers stand for."""
    caption = _QUOTED.sub(r"\1", whole_words(without_endless(caption)))
    if _BENCHMARK.search(caption) or surveys(grid):
        return []
    grid = without_marks(grid.retold(lambda cell: without_endless(cell.text)))
    shares = without_shares(grid, caption)
    found = _in_numbers(shares.grid, caption)
    if shares.asked and shares.side and (side := side_told(found, shares.side[0])) and side != shares.side[0]:
        shares = without_shares(grid, caption, side)
        found = _in_numbers(shares.grid, caption)
    return [of_size(each, shares) for each in found]


def _in_numbers(grid: Grid, caption: str) -> list[TableDesign]:
    """Return the designs of a table whose sizes are numbers."""
    grid = with_branches_counted(with_names_of_cells(with_bands_joined(grid)))
    grid = with_plain_thousands(with_headers_above(grid))
    grid = along_axes(with_settings(spread(with_titles_above(grid))))
    grid = with_rows_apart(framed(grid) or with_headers_in_place(grid))
    grid = as_layers_set(with_all_rows(with_counted_blocks(as_often(as_layers(with_widths(grid))))))
    own = list(side_tables(grid)) or list(tables_below(grid)) or list(value_tables(grid))
    if parts := own or list(alternatives(grid)):
        each_one = [_titled(title, designs_of(part, caption)) for title, part in parts]
        if any(each_one):
            pairs = zip(parts, each_one, strict=True)
            return with_codes([design for part, found in pairs for design in found or _beside_others(*part)])
    if listed := designs_by_settings(grid):
        return listed
    if is_of_settings(grid):
        return []
    grid = with_values(with_plain_names(with_sides(spelt_out(without_what_is_worked_out(grid), caption)), caption))
    grid = without_places(without_labels(without_sections(_without_prose(grid))))
    grid, remarks = without_facts(attached(unfolded(grid), caption))
    remarks = "; ".join(filter(None, (remarks, _taken_by_head(grid))))
    grid = with_outputs_said(with_one_each(with_names(with_settings_of(grid, caption))))
    found = [] if is_results(grid) else [replace(each, remarks=remarks) for each in _designs(grid, caption)]
    return [
        replace(
            each,
            readings=as_captioned(told_by_poolings(with_one_order(as_windows(colours_last(each.readings)))), caption),
        )
        for each in found
    ]


def _taken_by_head(grid: Grid) -> str:
    """Return what the header of outputs says in brackets of what comes in: `Output size (Input 3 × 64 × 64)`."""
    heads = [" ".join(cell.text.split()) for cell in (grid.rows[0] if grid.rows else ())]
    told = [_COMES_IN.search(head) for head in heads if re.match(r"(?i)outputs?\b", head)]
    return next((found[1] for found in told if found), "")


_COMES_IN = re.compile(r"\((inputs?:? [^()]*\d ?[×x] ?\d[^()]*)\)", re.IGNORECASE)


_QUOTED = re.compile(r"[\"'`\u2018\u201c]{1,2}(\w{1,4})[\"'\u2019\u201d]{1,2}(?!\w)")
"""A few letters in quotation marks, which stand for something."""
_BENCHMARK = re.compile(
    r"\bbenchmark(?:ed|ing)? (?:layers?|kernels?)\b|\blayers? (?:used )?as benchmarks?", re.IGNORECASE
)
"""What a caption says of layers that are measured, each by itself."""


def _titled(title: str, designs: Sequence[TableDesign]) -> list[TableDesign]:
    """Return the designs below a title by its name, several each with its own."""
    return [replace(each, config=each.config if len(designs) > 1 and each.config else title) for each in designs]


def _beside_others(title: str, grid: Grid) -> list[TableDesign]:
    """Return the network of a part that says too little to be one by itself, but stands beside others that are."""
    columns = columns_of(grid)
    found = [_by_rows(title, with_sizes(grid, columns), columns)] if "type" in columns.roles else []
    return [each for each in found if learns(each) and all(reading.kind in LAYERS for reading in each.readings)]


def _without_prose(grid: Grid) -> Grid:
    """Return a table without the lines of its caption that came with it: sentences above all columns."""
    start = next((i for i, row in enumerate(grid.rows) if len(row) > 1), 0)
    kept = [row for row in grid.rows[:start] if len(row[0].text) < SENTENCE and not row[0].text.endswith(".")]
    return Grid((*kept, *grid.rows[start:]), grid.width)


SENTENCE = 45
"""Letters of what is no title from."""


def _designs(grid: Grid, caption: str) -> list[TableDesign]:
    if models := models_of(grid):
        return _models(grid, models)
    grid, units = below_title(grid), are_units_down(grid)
    if is_layer_a_column(grid):
        if not has_attributes_down(grid):
            return designs_by_columns(grid)
        grid = spelt_out(with_windows(grid.turned()), caption)
    columns = columns_of(grid)
    grid = with_sizes(grid, columns)
    found = _by_columns(grid, columns)
    if found is None and (often := under_titles(grid, columns.headers, columns.start, "repeat")):
        made = [design_by_repeats(grid, columns, column, often) for column in often]
        return [in_order(each) for each in made] if any(map(is_design, made)) else []
    found = _by_widths(grid, columns) if found is None else found
    if found is None:
        found = as_one([_by_rows(*each) for each in networks_of(grid, columns)])
        if len(found) > 1:
            return found if sum(map(learns, found)) > HALF * len(found) else []
    found = [replace(each, readings=as_explained(each.readings, caption)) for each in found]
    if units and found and all("filters" in each.params for each in found[0].readings):
        return found
    return [without_double_ends(in_order(each)) for each in _kept(found, grid, columns)]


def _models(grid: Grid, models: Sequence[tuple[str, Grid, Columns]]) -> list[TableDesign]:
    """Return the designs of models below each other, whose rows have what the table leaves open in doubt."""
    found = [_by_rows(*each) for each in models]
    if says_products(grid):
        found = [replace(each, readings=tuple(map(_doubted, each.readings))) for each in found]
    if leaves_out(grid):
        found = [replace(each, readings=(_unclear(each.readings[0]), *each.readings[1:])) for each in found]
    return found if all(learns(each) or {one.kind for one in each.readings} == {"stage"} for each in found) else []


def _by_columns(grid: Grid, columns: Columns) -> list[TableDesign] | None:
    """Return the designs that stand side by side, each with its layers in a column, None where there are none."""
    designs = side_by_side(grid, columns)
    if not designs:
        return None
    found = as_one([variant(grid, column, designs, columns) for column in designs])
    plain = not any(re.search(r"[\[\n]", text) for text in grid.texts(designs[0], columns.start))
    plain = plain or _are_named_alone(grid, columns, designs[0])
    if plain and len(found) == 1 and "type" in columns.roles:
        rows = _by_rows("", grid, columns)
        if _says_more(rows, found[0]) or _names_poolings(rows, found[0]):
            return [rows]  # Names say layers of which the other column says but how they are made.
    return found


def _by_widths(grid: Grid, columns: Columns) -> list[TableDesign] | None:
    """Return the designs of which columns say how wide, or how large, each layer is, None where there are none."""
    widths = columns_of_widths(grid, columns)
    if end_together(grid, ways := names_ways(columns.headers)) and widths == ways:
        return designs_by_widths(grid, columns, ways)
    if alike := columns_alike(grid, columns):
        return [design_alone(grid, columns, column, alike) for column in alike]
    if len(widths) > 1:
        return designs_by_widths(grid, columns, widths)
    if len(places := columns_of_sizes(grid, columns)) > 1:
        roles = tuple("" if i in places else role for i, role in enumerate(columns.roles))
        parts = [(with_lines_apart(grid, i, columns.start), i) for i in places]
        return [design_by_widths(part, replace(columns, roles=roles), i, places) for part, i in parts]
    return None


def _kept(found: Sequence[TableDesign], grid: Grid, columns: Columns) -> list[TableDesign]:
    """Return those of what was read that are designs, with the others of their table, where sizes are printed."""
    clear = [each for each in found if is_design(each) or _are_stages(grid, columns, each)]
    chained, widening = are_chained(grid, columns), are_widening(grid, columns)
    kept = [
        each
        for each in found
        if each in clear or widening or (chained and learns(each)) or (len(clear) > 1 and is_design(each, HALF))
    ]
    sizes = [text.strip() for i in _places(columns) for text in grid.texts(i, columns.start)]
    numbered = any(re.search(r"\d", text) or re.fullmatch(r"[A-Za-z]", text) for text in sizes)
    return kept if numbered or any(says_sizes(each) or is_stacked(each) for each in kept) else []


def _are_named_alone(grid: Grid, columns: Columns, design: int) -> bool:
    """Tell rows that name a layer beside a dash, of which the column of a design says no more."""
    places = [i for i, role in enumerate(columns.roles) if role == "type"]
    rows = range(columns.start, len(grid.rows))
    pairs = [(grid.at(i, place), grid.at(i, design)) for i in rows for place in places]
    return any(name and names_layer(name.text) and own and not own.tells for name, own in pairs)


def _are_stages(grid: Grid, columns: Columns, design: TableDesign) -> bool:
    """Tell units of settings alone beside how large an image each gives, by numbers or shares: `H/4 × W/4 × C`."""
    places = [i for i, role in enumerate(columns.roles) if role == "output" and columns.headers[i]]
    texts = [normalized(text) for i in places for text in grid.texts(i, columns.start)]
    sized = len(texts) == len(grid.rows) - columns.start >= LEAST_STAGES and all(
        re.search(r"×|^1/\d", text) for text in texts
    )
    return sized and bool(design.readings) and all(each.kind == ANY for each in design.readings)


LEAST_STAGES = 3
"""Rows of sizes at least that tell stages."""


def _places(columns: Columns) -> list[int]:
    """Return the columns of sizes that a table of results does not have."""
    return [i for i, role in enumerate(columns.roles) if role in SIZED]


def _says_more(one: TableDesign, two: TableDesign) -> bool:
    """Tell the design with more layers that have weights, or else with more of any kind, behind others, or windows."""
    known = [sum(each.kind in LAYERS or names_network(each.kind) for each in design.readings) for design in (one, two)]
    behind = [sum(len(each.posts) for each in design.readings) for design in (one, two)]
    windows = [sum("kernel" in each.params for each in design.readings) for design in (one, two)]
    return (len(learned(one)), known[0], behind[0], windows[0]) > (len(learned(two)), known[1], behind[1], windows[1])


def _names_poolings(one: TableDesign, two: TableDesign) -> bool:
    """Tell a design of known layers with poolings, which another takes by their windows for convolutions."""
    kinds = [[each.kind for each in design.readings] for design in (one, two)]
    pools, others = [sum(kind in POOLS for kind in each) for each in kinds]
    convolutions = [each.count("conv") for each in kinds]
    said = any(each.kind == "conv" and kind_of(each.text) for each in two.readings)
    fewer = not said and 0 < pools - others <= convolutions[1] - convolutions[0]
    return fewer and all(kind in LAYERS for kind in kinds[0])


def _unclear(reading: Reading) -> Reading:
    return replace(reading, unclear=True)


def _doubted(reading: Reading) -> Reading:
    return replace(reading, unclear=reading.unclear or reading.kind == "conv")


def _by_rows(title: str, grid: Grid, columns: Columns) -> TableDesign:
    readings, cells = layers_by_rows(grid, columns)
    alike = as_their_neighbours(at_each_step(with_channels(channels_last(readings))))
    asked = in_doubt(grid, columns.start, cells)
    return TableDesign(title, "rows", alike, tuple(cells), questions=asked)
