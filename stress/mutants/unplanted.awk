# unplanted.awk - names the public functions into which no bug is planted.
# SPDX-License-Identifier: BSD-2-Clause
#
# usage: awk -f unplanted.awk PLACES EXCUSED SOURCE...
# PLACES is what `logic.awk -v places=1` prints; EXCUSED has lines `FUNCTION WHY`; the
# SOURCEs are in the house's style: a function begins, and its body's braces are, in the
# first column.
#
# A function that only hands on, without an `if` or a loop of its own, may have its bug
# where it hands on to: in a function that is not public.

# One of a header whose name does not end in `_`.
function is_public(name) {
    return name ~ /^pawl_.*[a-z0-9]$/
}

# Names of other functions may be in several files.
function key(name) {
    return name ~ /^pawl_/ ? name : FILENAME ":" name
}

FNR == 1 { name = inside = comment = "" }
FILENAME == ARGV[1] { changed[$1, $2] = 1; next }
FILENAME == ARGV[2] { if (!/^#/ && NF) why[$1] = $2; next }

/^\/\*/ { comment = 1 }
comment { if (/\*\//) comment = ""; next }
/^[a-zA-Z]/ && match($0, /[a-z_][a-z0-9_]*\(/) {
    name = substr($0, RSTART, RLENGTH - 1)
    if (FILENAME ~ /\.h$/ && is_public(name))
        public[name] = FILENAME
}
name && changed[FILENAME, FNR] { planted[key(name)] = 1 }
/^\{/ { inside = name }
inside && /(^|[^a-z_])(if|for|while|switch) \(/ { decides[inside] = 1 }
inside && match($0, /^ +(return )?[a-z_][a-z0-9_]*\(/) {
    callee = substr($0, RSTART, RLENGTH - 1)
    sub(/^ +(return )?/, "", callee)
    calls[inside] = calls[inside] " " key(callee)
}
/^\}/ || /;$/ && !inside { name = inside = "" }

function hands_on(name,    n, callee) {
    n = decides[name] ? 0 : split(calls[name], callee, " ")
    for (; n > 0; n--)
        if (!is_public(callee[n]) && planted[callee[n]])
            return 1
    return 0
}

END {
    for (name in public) {
        has = planted[name] || hands_on(name)
        if (!has && !(name in why))
            print public[name] ": " name ": no bug is planted in it"
        if (has && name in why)
            print public[name] ": " name ": excused, and a bug is planted in it"
    }
    for (name in why) {
        if (!(name in public))
            print name ": excused, and there is no such function"
        if (why[name] == "")
            print name ": excused, without a reason"
    }
}
