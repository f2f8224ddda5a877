/* sites.c - the lines of the sources where somebody was stopped.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * Noted in memory that processes share, so that one which is then killed has said so.
 */
#include <fault/engine.h>

#include <string.h>

enum { SITES = 500 };

static struct sites {
    struct { const char *file; int line; pawl_seam_op op; } all[SITES];
    unsigned count;
} *sites;

/* Before the first fork. */
void fault_forget_sites(void)
{
    sites = (struct sites *)fault_memory(sizeof *sites);
}

static bool is_site(unsigned i, const char *file, int line, pawl_seam_op op)
{
    return sites->all[i].line == line && sites->all[i].op == op
        && strcmp(sites->all[i].file, file) == 0;
}

void fault_note_site(const char *file, int line, pawl_seam_op op)
{
    unsigned i = 0;

    while (i < sites->count && !is_site(i, file, line, op))
        i++;
    if (i == SITES)
        fault_die("too many lines");
    if (i < sites->count)
        return;
    sites->all[i].file = file;
    sites->all[i].line = line;
    sites->all[i].op = op;
    sites->count++;
}

void fault_print_sites(void)
{
    static const char *const kinds[] = {
        [SEAM_LOAD] = "load", [SEAM_STORE] = "store", [SEAM_EXCHANGE] = "exchange",
        [SEAM_CAS] = "compare_exchange", [SEAM_ADD] = "fetch_add",
        [SEAM_SUB] = "fetch_sub", [SEAM_AND] = "fetch_and", [SEAM_OR] = "fetch_or"
    };

    for (unsigned i = 0; i < sites->count; i++)
        printf("%s %d %s\n", sites->all[i].file, sites->all[i].line,
               kinds[sites->all[i].op]);
}
