"""Screening: rows that cannot be right are kept out, each with its reason and its remedy, and the rest is reconciled.

One cheap look at a table (counts, least, greatest, one grouping by its key) tells whether all of it is sound, which is
the rule; only where it is not, its rows are judged one by one.  A row is told under the first reason that fits it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scanstation.reconcile.engine import Engine
from scanstation.reconcile.tables import TABLES, Column, Table

LISTED = 1_000
"""At most so many rows are listed a table; the counts are exact."""

BITS_A_ROW, MOST_BITS = 8, 1_000_000_000
"""Numbers are looked at bit by bit where their range is at most so many times their count, and no longer than this."""

KEPT_OUT = ("source", "row_key", "reason", "detail", "remedy")
"""The columns of the relation ``kept_out``; ``source`` is the input table."""

_LISTING, _MENTIONING = ("items", "recorded"), ("reads", "movements")
"""The tables that make an item known: those that list items, and the long ones, asked only about what is left."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What makes a row bad: a condition over the row ``g``, and what a person is told.

    ``detail`` may name columns of the row in braces.  ``blank`` names the columns whose values alone are kept out (read
    as 0), while the row stays.
    """

    condition: str
    reason: str
    detail: str
    remedy: str
    blank: tuple[str, ...] = ()


class KeptOut:
    """Screens the tables of one reconciliation, and remembers what was kept out.

    ``counts`` gives the rows that were kept out by table and reason, ``lost`` by table the condition over
    ``<name>_judged`` for those of which no copy stays.
    """

    def __init__(self, engine: Engine, types: Mapping[str, Mapping[str, str]]) -> None:
        self._engine, self._types = engine, types
        self._currency, self._unknown = self._main_currency(), self._unknown_items()
        self._listed: list[tuple[str, ...]] = []
        self.counts: dict[str, dict[str, int]] = {}
        self.lost: dict[str, str] = {}
        self._once: dict[tuple[str, str], bool] = {}

    def screen(self, name: str) -> str:
        """Return the relation that holds the sound rows of an input table, with the columns that were given."""
        table, given = TABLES[name], [column for column in TABLES[name].columns if column in self._types[name]]
        rules = [*self._value_rules(name, table), *self._key_rules(name, table), *self._other_rules(name, table)]
        rules.sort(key=lambda rule: bool(rule.blank))  # a row that stays must have passed every other
        if not rules:
            return f"{name}_given"
        self._judge(name, given, rules, _copies(table, given, rules))
        self._tell(name, given, rules)
        lost = [str(number) for number, rule in enumerate(rules, 1) if not rule.blank and rule.reason != "repeated"]
        self.lost[name] = f"fault IN ({', '.join(lost)})" if lost else "1 = 0"
        stay = " ".join(f"OR fault = {number}" for number, rule in enumerate(rules, 1) if rule.blank)
        columns = ", ".join(_blanked(column, rules) for column in given)
        self._engine.define(f"{name}_sound", f"SELECT {columns} FROM {name}_judged WHERE fault = 0 {stay}", keep=False)
        return f"{name}_sound"

    def stations_share_numbers(self) -> bool:
        """Whether two stations gave one number to reads of theirs, so that it alone does not order reads of one time.

        Asked of DuckDB alone: its idiom of the last place looks at two numbers.
        """
        if self._engine.dialect != "duckdb" or self._types["reads"].get("station") != "text":
            return False
        repeats = "SELECT count(event_id) > count(DISTINCT event_id) FROM reads_given"
        return not self._numbered_once("reads", "event_id") and bool(self._engine.rows(repeats)[0][0])

    def define(self) -> None:
        """Define the relation ``kept_out``: `KEPT_OUT`, at most `LISTED` rows an input table."""
        if not self._listed:  # without the time that pyarrow takes to load
            columns = ", ".join(f"CAST(NULL AS VARCHAR) AS {name}" for name in KEPT_OUT)
            self._engine.define("kept_out", f"SELECT {columns} WHERE 1 = 0", keep=False)
            return
        import pyarrow

        columns_of = zip(KEPT_OUT, zip(*self._listed, strict=True), strict=True)
        table = pyarrow.table({name: pyarrow.array(values, pyarrow.string()) for name, values in columns_of})
        self._engine.attach("kept_out", table)

    def _value_rules(self, name: str, table: Table) -> Iterator[Rule]:
        """Values that are missing, out of range or no known word, found by counts, least and greatest in one pass."""
        columns = {
            column: rule for column, rule in table.columns.items() if self._types[name].get(column, "null") != "null"
        }
        probe = {"rows": "count(*)"}
        for column, rule in columns.items():
            if rule.required:
                probe[f"{column} there"] = f"count({column})"
            if rule.least is not None:
                probe[f"{column} least"] = f"min({column})"
            if rule.most is not None:
                probe[f"{column} most"] = f"max({column})"
            if rule.words:
                probe[f"{column} strange"] = f"sum(CASE WHEN {_strange(column, rule)} THEN 1 ELSE 0 END)"
        values = self._engine.rows(f"SELECT {', '.join(probe.values())} FROM {name}_given")[0]
        found = dict(zip(probe, values, strict=True))
        for column, rule in columns.items():
            if rule.required and found[f"{column} there"] != found["rows"]:
                what, blank = (f"{column} is not given{'; its quantity counts' * rule.spared}", (column,) * rule.spared)
                yield Rule(f"g.{column} IS NULL", "missing", what, "fill it in", blank)
            least, most = found.get(f"{column} least"), found.get(f"{column} most")
            if least is not None and least < rule.least:
                yield _beyond(column, rule, f"g.{column} < {rule.least}", f"the least is {rule.least}")
            if most is not None and not most <= rule.most:  # so also where it is no number
                yield _beyond(column, rule, f"g.{column} > {rule.most}", f"the greatest is {rule.most}")
            if found.get(f"{column} strange"):
                detail = f"{column} is {{{column}}}, known are {', '.join(rule.words)}"
                yield Rule(_strange(f"g.{column}", rule), "word", detail, "use one of these words")

    def _key_rules(self, name: str, table: Table) -> Iterator[Rule]:
        """Keys that occur more than once, as the steps see them: copies of one row, and rows that contradict each
        other."""
        key = [column for column in table.unique if column in self._types[name]]
        if not key or self._numbered_once(name, key[0]):
            return
        keys = ", ".join(table.columns[column].seen(column) for column in key)
        there = " AND ".join(f"{column} IS NOT NULL" for column in key if table.must(column))
        rows = f"FROM {name}_given WHERE {there}"
        # equal keys have equal hashes; hashes that are equal by chance lead no further than to the second look
        quick = f"hash({keys})" if self._engine.dialect == "duckdb" else keys
        counts = f"SELECT (SELECT count(*) {rows}) - (SELECT count(*) FROM (SELECT DISTINCT {quick} {rows}) AS apart)"
        if not self._engine.rows(counts)[0][0]:
            return
        rest = [column for column in table.columns if column in self._types[name] and column not in key]
        same = " AND ".join(["1 = 1", *(_one_value(column, table.columns[column]) for column in rest)])
        named = ", ".join(f"{table.columns[column].seen(column)} AS {column}" for column in key)
        twice = f"SELECT {named}, CASE WHEN {same} THEN 1 ELSE 0 END AS same {rows} GROUP BY {keys} HAVING count(*) > 1"
        self._engine.define(f"{name}_twice", twice, keep=True)
        told = ", ".join(f"{column} {{{column}}}" for column in key)
        if name == "locations":
            reason, remedy = "two_sites", "give the location one site, or each site's bin a code of its own"
        else:
            reason, remedy = "contradicting", "correct or remove the wrong ones"
        yield Rule("t.same = 0", reason, f"rows with the key {told} contradict each other", remedy)
        yield Rule("t.same = 1 AND copy > 1", "repeated", f"{told} was given before, exactly so", "remove the copy")

    def _other_rules(self, name: str, table: Table) -> Iterator[Rule]:
        """Promises on items that nothing knows, and amounts in another currency than the rest."""
        if table.of_known_items and self._unknown:
            remedy = "import the item, or correct its number"
            yield Rule("u.item IS NOT NULL", "unknown_item", "neither record nor count knows {item}", remedy)
        if self._currency and "currency" in self._types[name]:
            other = f"g.currency <> '{self._currency}' AND g.currency <> ''"
            blank = ("unit_cost",) if name == "recorded" else ()
            detail = "an amount in {currency}, unlike most" + "; its quantity counts" * bool(blank)
            yield Rule(other, "currency", detail, "convert it to the currency of the others", blank)

    def _main_currency(self) -> str:
        """The currency of most rows where there is more than one, else nothing."""
        found: Counter[str] = Counter()
        for name, types in self._types.items():
            if types.get("currency") == "text":
                query = f"SELECT currency, count(*) FROM {name}_given WHERE currency <> '' GROUP BY currency"
                found.update(dict(self._engine.rows(query)))
        ranked = sorted(found, key=lambda currency: (-found[currency], currency))
        return ranked[0].replace("'", "''") if len(ranked) > 1 else ""

    def _unknown_items(self) -> bool:
        """Define ``unknown_items``, the promised items that nothing knows; return whether there are any."""
        promised = [name for name in self._types if TABLES[name].of_known_items]
        if not promised:
            return False
        listing = [name for name in _LISTING if name in self._types]
        sides = [*((name, 0) for name in promised), *((name, 1) for name in listing)]
        every = " UNION ALL ".join(f"SELECT item, {known} AS listed FROM {name}_given" for name, known in sides)
        unlisted = f"SELECT item FROM ({every}) AS e WHERE item IS NOT NULL GROUP BY item HAVING max(listed) = 0"
        self._engine.define("unlisted_items", unlisted, keep=True)
        if not self._engine.rows("SELECT count(*) FROM unlisted_items")[0][0]:
            return False
        known = " AND ".join(
            f"NOT EXISTS (SELECT 1 FROM {name}_given AS k WHERE k.item = p.item)"
            for name in _MENTIONING
            if name in self._types
        )
        unknown = f"SELECT p.item FROM unlisted_items AS p WHERE {known or '1 = 1'}"
        self._engine.define("unknown_items", unknown, keep=True)
        return bool(self._engine.rows("SELECT count(*) FROM unknown_items")[0][0])

    def _numbered_once(self, name: str, column: str) -> bool:
        """Whether a column is given in every row and surely never twice: a bit for each number of its range.

        A fifth of the time of a grouping.  DuckDB's own idiom; elsewhere, and where the range is wide, nobody knows.
        """
        if self._engine.dialect != "duckdb" or self._types[name][column] != "integer":
            return False
        if (name, column) not in self._once:
            self._once[name, column] = self._look_at_numbers(name, column)
        return self._once[name, column]

    def _look_at_numbers(self, name: str, column: str) -> bool:
        probe = f"SELECT count(*), min({column}), max({column}) FROM {name}_given"
        rows, least, most = self._engine.rows(probe)[0]
        if least is None or most - least >= min(BITS_A_ROW * rows, MOST_BITS):
            return False
        bits = f"SELECT bit_count(bitstring_agg({column}, {least}, {most})) FROM {name}_given"
        return bool(self._engine.rows(bits)[0][0] == rows)

    def _judge(self, name: str, given: Sequence[str], rules: Sequence[Rule], copy: str) -> None:
        """Define ``<name>_judged``: every row with the number of the first rule that it breaks, 0 for none."""
        table, conditions = TABLES[name], [rule.condition for rule in rules]
        joins = ""
        if any("t.same" in condition for condition in conditions):
            key = [column for column in table.unique if column in given]
            equal = " AND ".join(_equal(column, table.columns[column]) for column in key)
            joins += f" LEFT JOIN {name}_twice AS t ON {equal}"
        if any("u.item" in condition for condition in conditions):
            joins += " LEFT JOIN unknown_items AS u ON u.item = g.item"
        cases = " ".join(f"WHEN {condition} THEN {number}" for number, condition in enumerate(conditions, 1))
        columns = ", ".join(f"g.{column}" for column in given)
        self._engine.define(
            f"{name}_judged",
            f"SELECT {columns}, CASE {cases} ELSE 0 END AS fault "
            f"FROM (SELECT {', '.join(given)}, {copy} AS copy FROM {name}_given) AS g{joins}",
            keep=True,
        )

    def _tell(self, name: str, given: Sequence[str], rules: Sequence[Rule]) -> None:
        counted = dict(self._engine.rows(f"SELECT fault, count(*) FROM {name}_judged WHERE fault > 0 GROUP BY fault"))
        reasons = self.counts.setdefault(name, {}) if counted else {}
        for number in sorted(counted):
            reasons[rules[number - 1].reason] = reasons.get(rules[number - 1].reason, 0) + counted[number]
        order = ", ".join(f"CASE WHEN {column} IS NULL THEN 0 ELSE 1 END, {column}" for column in given)
        bad = self._engine.rows(
            f"SELECT fault, {', '.join(given)} FROM {name}_judged WHERE fault > 0 "
            f"ORDER BY fault, {order} LIMIT {LISTED}"
        )
        names = [column for column in TABLES[name].unique if column in given] or given
        for number, *values in bad:
            row, rule = dict(zip(given, values, strict=True)), rules[number - 1]
            row_key = ", ".join(f"{column}={_shown(row[column])}" for column in names)
            self._listed.append((name, row_key, rule.reason, rule.detail.format(**row), rule.remedy))


def _beyond(column: str, rule: Column, condition: str, limit: str) -> Rule:
    if rule.between:
        detail = f"{column} is {{{column}}}, which is no time between {rule.between}"
        return Rule(condition, "date", detail, "give microseconds (days: day numbers) since 1970-01-01 UTC")
    detail = f"{column} is {{{column}}}, {limit}"
    if rule.spared:
        return Rule(condition, "amount", f"{detail}; its quantity counts", "correct it at its source", (column,))
    return Rule(condition, "quantity", detail, "correct it at its source")


def _strange(column: str, rule: Column) -> str:
    """A condition: the text is none of the words that the column knows."""
    return f"lower({column}) NOT IN ({', '.join(repr(word) for word in rule.words)})"


def _one_value(column: str, rule: Column) -> str:
    """A condition over a group: all its rows agree in a column."""
    value = f"CASE WHEN {column} THEN 1 ELSE 0 END" if rule.type == "boolean" else rule.seen(column)
    there = column if rule.type == "boolean" else value
    return f"(count({there}) = 0 OR count({there}) = count(*) AND min({value}) = max({value}))"


def _copies(table: Table, given: Sequence[str], rules: Sequence[Rule]) -> str:
    """Number the rows of a key, where a rule asks for it."""
    if not any("copy" in rule.condition for rule in rules):
        return "1"
    key = ", ".join(table.columns[column].seen(column) for column in table.unique if column in given)
    return f"row_number() OVER (PARTITION BY {key} ORDER BY {key})"


def _equal(column: str, rule: Column) -> str:
    plain = f"t.{column} = {rule.seen(f'g.{column}')}"
    maybe_null = rule.nullable and rule.default is None
    return f"({plain} OR t.{column} IS NULL AND g.{column} IS NULL)" if maybe_null else plain


def _blanked(column: str, rules: Sequence[Rule]) -> str:
    numbers = [str(number) for number, rule in enumerate(rules, 1) if column in rule.blank]
    return f"CASE WHEN fault IN ({', '.join(numbers)}) THEN 0 ELSE {column} END AS {column}" if numbers else column


def _shown(value: Any) -> str:
    return "" if value is None else str(value)
