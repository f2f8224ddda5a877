/* handles.c - a pool of numbers: take one, use what it stands for, give it back.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <pawl/pawl.h>

#include <pthread.h>
#include <stdio.h>

enum { THREADS = 4, EACH = 100000, HANDLES = 2, ROOM = 4096 };
alignas(PAWL_LINE) static char memory[ROOM];
static pawl_mpmc_ring64 *const idle = (pawl_mpmc_ring64 *)(void *)memory;
static long used[HANDLES];                  /* plain: who has the handle, has this */

static void *work(void *unused)
{
    for (uint64_t i = 0, handle; i < EACH; i++) {
        while (!pawl_mpmc_ring64_try_pop(idle, &handle))
            pawl_yield();                   /* others have them all */
        used[handle]++;
        while (!pawl_mpmc_ring64_try_push(idle, handle))
            pawl_yield();                   /* there is room, but it is not ready yet */
    }
    return unused;
}

int main(void)
{
    const uint64_t all[HANDLES] = { 0, 1 };
    pthread_t thread[THREADS];

    if (pawl_mpmc_ring64_init(idle, ROOM, HANDLES) != 0
        || pawl_mpmc_ring64_try_push_n(idle, all, HANDLES) != HANDLES)
        return 1;
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&thread[i], NULL, work, NULL) != 0)
            return 1;
    for (int i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    printf("handles were used %ld times\n", used[0] + used[1]);
}
