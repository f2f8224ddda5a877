# orders.awk - the mutants of one source that have a memory order weakened.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: awk -v path=include/pawl/NAME.h -v out=DIR -f orders.awk PATH
# Writes each mutant's text to DIR/ID, and a line `ID PATH RUNG NAME` about it.
# With -v places=1 instead: what the operations are, a line `PATH FIRST LAST KIND
# FUNCTION TEXT` each, where the text is that of line FIRST.
#
# NAME is FILE:FUNCTION:[LABEL]:FROM>TO.  The label is that of the comment before; from
# the second order under the same label on, .2 and so on follows; a `failed-` order is
# that of a compare-exchange which fails.  Lines may come and go: the names stay.

# `text` with what is in comments blanked out.
function code_of(text,    out, at) {
    while (text != "") {
        if (!inside) {
            at = index(text, "/*")
            if (!at)
                return out text
            out = out substr(text, 1, at - 1) "  "
            text = substr(text, at + 2)
            inside = 1
        }
        at = index(text, "*/")
        if (!at)
            return out
        out = out sprintf("%" (at + 1) "s", "")
        text = substr(text, at + 2)
        inside = 0
    }
    return out
}

# A function begins in the first column; a comment may give its label, or a reason
# that has none.
function note_place(raw, code) {
    if (code ~ /^[A-Za-z]/ && code !~ /;$/ && match(code, /[a-z][a-z0-9_]*\(/)) {
        place = substr(code, RSTART, RLENGTH - 1)
        sub(/^pawl_/, "", place)
        sub("^" stem "_", "", place)
        sub(/_+$/, "", place)
        label = ""
        open = 0
    }
    if (match(raw, /\/\* \[[A-Z]\]/))
        label = substr(raw, RSTART + 3, 3)
    else if (raw ~ /\/\* (acquire|release|acq_rel|seq_cst|relaxed)/)
        label = ""
}

# Every order of an atomic operation, relaxed ones too.  One operation may stand inside
# another: an order is that of the innermost which still lacks one.
function note_orders(code,    from, word, it) {
    from = 1
    while (match(substr(code, from), /atomic_[a-z_]+_explicit|memory_order_[a-z_]+/)) {
        word = substr(code, from + RSTART - 1, RLENGTH)
        if (word ~ /^atomic/) {
            name_of[++operations] = word
            begins[operations] = FNR
            within[operations] = place
            lacks[operations] = 1 + (word ~ /compare_exchange/)
            stack[++open] = operations
        } else if (open > 0) {
            it = stack[open]
            row[++sites] = FNR
            column[sites] = from + RSTART - 1
            order[sites] = substr(word, length("memory_order_") + 1)
            of[sites] = name_of[it]
            where[sites] = place (label != "" ? ":" label : "")
            failed[sites] = name_of[it] ~ /compare_exchange/ && lacks[it] == 1
            ends[it] = FNR
            if (--lacks[it] == 0)
                open--
        }
        from += RSTART + RLENGTH - 1
    }
}

# What comes next below it, and for a read-modify-write that is seq_cst, without any.
# (Who notices that a load or store has come one step down would notice two.)
function weaker(i) {
    if (order[i] == "acq_rel")
        return "acquire release"
    if (order[i] != "seq_cst")
        return order[i] == "relaxed" ? "" : "relaxed"
    if (of[i] ~ /_load_/ || failed[i])
        return "acquire"
    return of[i] ~ /_store_/ ? "release" : "acq_rel relaxed"
}

function with_order(text, i, to) {
    return substr(text, 1, column[i] - 1) "memory_order_" to \
        substr(text, column[i] + length("memory_order_" order[i]))
}

# Also of those whose orders are all relaxed.
function print_place(i,    kind, text) {
    kind = name_of[i]
    gsub(/^atomic_|_weak|_strong|_explicit$/, "", kind)
    text = line[begins[i]]
    sub(/^ +/, "", text)
    print path, begins[i], ends[i], kind, within[i], text
}

function emit(i, to,    name, id, k, text, pair) {
    # A compare-exchange that fails may not order more than one that succeeds.
    pair = of[i] ~ /compare_exchange/ && !failed[i] && order[i + 1] == "acquire" \
        && to !~ /^acq/
    name = where[i] (seen[i] > 1 ? "." seen[i] : "")
    name = file ":" name ":" (failed[i] ? "failed-" : "") order[i] ">" to
    id = name
    gsub(/[^A-Za-z0-9_.-]+/, "-", id)
    for (k = 1; k <= FNR; k++) {
        text = line[k]
        # The second first: it stands further on, perhaps in the same line.
        if (pair && k == row[i + 1])
            text = with_order(text, i + 1, "relaxed")
        if (k == row[i])
            text = with_order(text, i, to)
        print text >(out "/" id)
    }
    close(out "/" id)
    print id, path, "orders", name
}

BEGIN {
    file = path
    sub(/.*\//, "", file)
    stem = file
    sub(/(_linux)?\.[ch]$/, "", stem)
}

{
    line[FNR] = $0
    code = code_of($0)
    note_place($0, code)
    if (code !~ /^using /)
        note_orders(code)
}

END {
    for (i = 1; i <= operations && places; i++)
        print_place(i)
    for (i = 1; i <= sites && !places; i++) {
        n = split(weaker(i), to, " ")
        if (n > 0)
            seen[i] = ++times[where[i] ":" order[i] ":" failed[i]]
        for (k = 1; k <= n; k++)
            emit(i, to[k])
    }
}
