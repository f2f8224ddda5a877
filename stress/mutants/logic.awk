# logic.awk - the mutants that are kept in NAME.txt, each a planted bug.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: awk -v out=DIR -f logic.awk NAME.txt...
# Writes each mutant's text to DIR/ID, and a line `ID PATH RUNG NAME` about it.  With
# -v places=1 it writes nothing, but a line `PATH LINE`: where the source is changed;
# not of what asserts alone can notice, for that is no bug of the operation.
#
# A record ends with an empty line:
#
#     file include/pawl/NAME.h [RUNG]         for this record and those that follow
#     mutant WORDS-WITH-HYPHENS [RUNG]        the rung to try first; else the file's, or
#                                             schedule: what hangs is found at once
#     # what it breaks
#      lines of the file, as in a patch:      one place, with as many lines around as
#     -what is there                          make it the only one
#     +what comes instead
#
# Old text that is not there exactly once is an error: exit status 2.

function bad(why) {
    print from ": " name ": " why >"/dev/stderr"
    status = 2
}

# Read the file `path` into source[1..lines], once.
function load(    text) {
    if (loaded == path)
        return
    lines = 0
    while ((getline text <path) > 0)
        source[++lines] = text
    close(path)
    loaded = path
}

# Where the old lines are; how often, in `times`.
function find(    k, i, at) {
    times = 0
    for (k = 1; k + olds - 1 <= lines; k++) {
        for (i = 1; i <= olds && source[k + i - 1] == old[i]; i++)
            continue
        if (i > olds) {
            times++
            at = k
        }
    }
    return at
}

function write(at, to,    k) {
    for (k = 1; k < at; k++)
        print source[k] >to
    for (k = 1; k <= news; k++)
        print new[k] >to
    for (k = at + olds; k <= lines; k++)
        print source[k] >to
    close(to)
}

function finish(    at, file, id) {
    if (name == "")
        return
    load()
    at = find()
    file = path
    sub(/.*\//, "", file)
    id = file "-" name
    if (lines == 0)
        bad("there is no " path)
    else if (olds == 0 || times != 1)
        bad("its old text is " times + 0 " times in " path)
    else if (id in known)
        bad("two mutants of that name")
    else if (places) {
        if (rung != "debug")
            print path, at + (place ? place : 1) - 1
    } else {
        write(at, out "/" id)
        print id, path, rung, file ":" name
    }
    known[id] = 1
    name = ""
}

FNR == 1 { finish(); path = ""; from = FILENAME }
/^$/ { finish(); next }
/^#/ { next }
/^file / { path = $2; usual = NF > 2 ? $3 : "schedule"; next }
/^mutant / { name = $2; rung = NF > 2 ? $3 : usual; olds = news = place = 0
    next }
/^[-+]/ && !place { place = olds + /^-/ }
name == "" { name = "?"; bad("line " FNR " is in no record: " $0); name = ""; next }
/^[ -]/ { old[++olds] = substr($0, 2) }
/^[ +]/ { new[++news] = substr($0, 2) }
!/^[ +-]/ { bad("line " FNR " is no line of a patch: " $0) }
END { finish(); exit status }
