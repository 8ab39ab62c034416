from __future__ import annotations
import time
from rightful.rules.classes import cells_for
from rightful.rules.diagram import Limits, build
from rightful.rules.formulas import Plainer, tests_in
from rightful.rules.partition import classes_of
from rightful.rules.rule import tests_by_field
from rightful.rules.states import states_of


def prepare(rules, fields):
    t = time.perf_counter()
    by_field = tests_by_field(rules, fields)
    cells = [cells_for(f, fields[f], a) for f, a in by_field.items()]
    plainer = Plainer(cells)
    formulas = [plainer.formula(r.when) for r in rules]
    sets = [{} for _ in cells]
    for f in formulas:
        for te in tests_in(f):
            sets[te.field][te.inside] = None
    classes = [classes_of(s, c.size) for s, c in zip(sets, cells)]
    print("prepare", time.perf_counter() - t, {c.field: (c.size, k.count) for c, k in zip(cells, classes)})
    return cells, plainer, formulas, classes


def go(prep, order, limits=Limits(10**6, 10**8, 2 * 10**7)):
    cells, plainer, formulas, classes = prep
    t = time.perf_counter()
    st = states_of(formulas, order, plainer, classes)
    t1 = time.perf_counter()
    d = build(st, order, [c.count for c in classes], limits)
    t2 = time.perf_counter()
    print(
        [cells[o].field for o in order],
        "states",
        len(st.field_of),
        round(t1 - t, 3),
        "build",
        round(t2 - t1, 3),
        "nodes",
        [l.shape for l in d.levels],
        "outcomes",
        len(d.first_rule) - 1,
        len(d.rules),
        "MB",
        sum(l.nbytes for l in d.levels) / 1e6,
    )
    return d
