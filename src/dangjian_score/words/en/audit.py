"""What stands on the sheets of an audit workbook."""

AUDIT = {
    # sheets
    "audit guide": "Guide",
    "audit facts": "Evidence",
    "audit figures": "Reduced",
    "audit points": "Points",
    "audit totals": "Totals",
    "audit check": "Check",
    "audit origins": "Origins",
    "audit title": "{title}: {sheet}",
    # headings
    "audit id": "Id",
    "audit name": "Title",
    "audit used": "Used by",
    "audit all rounds": "all rounds",
    "audit before": "points of the rule, before its cap",
    "audit rule": "points of the rule",
    "audit raw": "start and all lines",
    "audit held": "after floor and ceiling",
    "audit kept": "after forfeits and not applicable",
    "audit node": "points",
    "audit due": "applicable maximum",
    "audit sum": "base points added up",
    "audit due sum": "applicable maximum, all",
    "audit whole": "full marks",
    "audit scaled": "base, scaled to what applies",
    "audit kind": "{kind}, all",
    "audit weighed": "base, rounds weighted",
    "audit base raw": "base, before it is scaled",
    "audit base": "base",
    "audit total raw": "all kinds added up",
    "audit total held": "after floor and ceiling",
    "audit total": "total before vetoes",
    "audit final": "total",
    "audit earned": "place of the grade, before vetoes",
    "audit grade place": "place of the grade (1 is best)",
    "audit over rounds": "{title}, over all rounds",
    "audit tie": "{title} (breaks ties)",
    "audit veto": "veto: {title} (1: yes)",
    "audit asked": "{what} (1: holds)",
    "audit for grade": "condition of {grade}",
    "audit no grade": "none",
    # figures that are reduced beforehand
    "audit tally": "register: {name}",
    "audit grouped": "added up by groups: {rule}",
    "audit groups taking all": "groups that forfeit: {rule}",
    "audit compared": "beside all units: {name}",
    "audit combined": "{name}, of several assessors",
    "audit ruling": "corrections by ruling",
    # check
    "audit computed": "by formula",
    "audit ours": "by this tool",
    "audit verdict": "check",
    "audit same": "same",
    "audit differs": "differs",
    "audit differences": "Differences:",
    "audit of figures": "of {count} figures. 0 means that all are the same.",
    # origins
    "audit what": "Measure or event",
    "audit value": "Entered",
    "audit more": "Assessor, columns of the register, reason of the ruling",
    "audit cells": "File, sheet, cell",
    # guide
    "audit is": "This workbook works every item, section, total, grade and rank out once more, from the evidence, "
    "with formulas of a spreadsheet. Formulas and scores come of the same rules; the values stored in the formulas "
    "are those of dangjian. Without dangjian you can see that the points are right.",
    "audit head read": "How to read it",
    "audit read facts": "{facts}: a row for each {subject}[, one for each round ({rounds})], a column for each "
    "measure. {origins} tells from which cell each figure comes. Grey cells are formulas over other rows.",
    "audit read figures": "{figures}: what formulas cannot hold is reduced to one figure beforehand: registers, sums "
    "by groups, ranks and means, several assessors, rulings.",
    "audit read points": "{points}: the same row as on {facts} is the same {subject}. A column for each item and "
    "section; the plus signs above the header show each rule, and figures before and after caps.",
    "audit read totals": "{totals}: a row for each {subject}, from sections to total, vetoes, grade and rank.",
    "audit head check": "How to check it",
    "audit do check": "Look at the first cell of {check}: 0 means that formulas and tool agree everywhere. What "
    "differs is red below.",
    "audit do recalculate": "Let the program compute all formulas anew: Ctrl+Alt+F9 in Excel and WPS, Ctrl+Shift+F9 "
    "in LibreOffice; then look at that cell again.",
    "audit do change": "Change a cell of {facts}: the points move, and {check} shows how they differ from those "
    "before. Do not save it then.",
    "audit rounding": "Rounding: {policy}. Cells of {points} and {totals} hold figures that are not rounded, but for "
    "those that the regulation rounds; comparisons look at nine decimals.",
    "audit head limits": "What formulas leave out",
    "audit fixed": "Figures on {figures} do not follow the evidence: to change a register, an assessor's figure, a "
    "ruling, or what is compared with all units, change the evidence itself and score again.",
    "audit not here": "Selections, and who does not take part, are not worked out here.",
    "audit excluded": "Not taking part, and on none of the sheets: {units}",
    "audit unscored": "Not scored, for their evidence has errors (ranks are provisional): {units}",
    "audit too long": "Formulas that were too long and are written as values ({count} cells): {names}",
    "audit from": "Rubric: {title} ({id})",
    "audit evidence": "Evidence: {name}, SHA-256 {sha256}",
}
