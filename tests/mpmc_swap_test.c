/* mpmc_swap_test.c - what mpmc_swap.h promises; its limits: mpmc_swap_limits_test.c.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "swap.h"

static_assert(sizeof(pawl_mpmc_swap) == 3 * PAWL_LINE, "layout");
static_assert(offsetof(pawl_mpmc_swap, tail) == PAWL_LINE, "layout");
static_assert(offsetof(pawl_mpmc_swap, head) == 2 * PAWL_LINE, "layout");
static_assert(sizeof(pawl_mpmc_swap_port) == 2 * PAWL_LINE, "layout");
static_assert(offsetof(pawl_mpmc_swap_port, turned_away) == PAWL_LINE, "layout");

/* --- a queue that is watched: what goes in comes out, whole and in order */

enum { SPARES = 20 };

typedef struct watched {
    pawl_mpmc_swap *queue;
    pawl_mpmc_swap_port *in, *out;
    size_t capacity, spares, cell_bytes;
    uint64_t pushed, popped;
    bool closed;
} watched;

static watched watch(size_t capacity, size_t spares, size_t cell_bytes)
{
    watched w = { make(capacity, 2, spares, cell_bytes), NULL, NULL,
                  capacity, spares, cell_bytes, 0, 0, false };

    w.in = enter(w.queue);
    w.out = enter(w.queue);
    return w;
}

static void fill(watched *w, void *cell, uint64_t item)
{
    memset(cell, (int)(item * 167 % 251), w->cell_bytes);
}

static bool holds(watched *w, const void *cell, uint64_t item)
{
    const unsigned char *byte = cell;

    for (size_t i = 0; i < w->cell_bytes; i++)
        if (byte[i] != item * 167 % 251)
            return false;
    return true;
}

/* Hints are told now and then; but the count walks on from there. */
static void counts(watched *w)
{
    assert_int_equal(pawl_mpmc_swap_count_hint(w->queue), w->pushed - w->popped);
}

/* As many as fit go in; the others are cells 0, 1, ... then. */
static void push_some(watched *w, size_t n)
{
    size_t inside = (size_t)(w->pushed - w->popped), pushed;
    size_t room = w->closed ? 0 : w->capacity - inside;

    for (size_t i = 0; i < n; i++)
        fill(w, pawl_mpmc_swap_cell(w->in, i), w->pushed + i);
    if (n == 1)
        assert_int_equal(pawl_mpmc_swap_try_push(w->in),
                         room > 0 ? 0 : w->closed ? ECANCELED : EAGAIN);
    pushed = n != 1 ? pawl_mpmc_swap_try_push_n(w->in, n) : room > 0;
    assert_int_equal(pushed, n < room ? n : room);
    w->pushed += pushed;
    for (size_t i = 0; i < n - pushed; i++)
        assert_true(holds(w, pawl_mpmc_swap_cell(w->in, i), w->pushed + i));
}

/* As many as there are come out, in order; what follows is left alone. */
static void pop_some(watched *w, size_t n)
{
    size_t inside = (size_t)(w->pushed - w->popped), popped;
    void *cells[SPARES + 1];

    memset(cells, PATTERN, sizeof cells);
    if (n == 1)
        assert_int_equal(pawl_mpmc_swap_try_pop(w->out, cells),
                         inside > 0 ? 0 : w->closed ? ECANCELED : EAGAIN);
    popped = n != 1 ? pawl_mpmc_swap_try_pop_n(w->out, cells, n) : inside > 0;
    assert_int_equal(popped, n < inside ? n : inside);
    for (size_t i = 0; i < popped; i++)
        assert_true(holds(w, cells[i], w->popped + i));
    assert_true(untouched(cells + popped, (SPARES + 1 - popped) * sizeof *cells));
    w->popped += popped;
    counts(w);
}

static void exercise(watched *w, unsigned rounds)
{
    for (unsigned i = 0; i < rounds; i++) {
        push_some(w, i % (w->spares + 1));
        pop_some(w, i / 5 % (w->spares + 1));
        for (size_t k = 0; i % 11 == 0 && k <= w->capacity; k++)
            push_some(w, 1);
        for (size_t k = 0; i % 13 == 0 && k <= w->capacity; k++)
            pop_some(w, 1);
    }
}

static void finish_watch(watched *w)
{
    for (size_t k = 0; k <= w->capacity; k++)
        pop_some(w, 1);
    assert_true(conserved(w->queue));
    free(w->queue);
}

static void it_is_first_in_first_out(void **state)
{
    (void)state;
    for (size_t capacity = 1; capacity <= 64; capacity *= 2)
        for (size_t spares = 1; spares <= SPARES; spares += 1 + spares / 5 * 4) {
            watched w = watch(capacity, spares, 24);

            exercise(&w, 400);
            finish_watch(&w);
        }
}

static void cells_are_of_any_size_and_aligned(void **state)
{
    static const struct { size_t bytes, align; } cells[] = {
        { 1, 8 }, { 2, 8 }, { 7, 8 }, { 8, 8 }, { 9, 16 }, { 16, 16 }, { 17, 32 },
        { 24, 32 }, { 32, 32 }, { 33, 64 }, { 64, 64 }, { 65, 64 }, { 128, 64 },
        { 1000, 64 }, { 100000, 64 },
    };
    (void)state;

    for (size_t c = 0; c < sizeof cells / sizeof *cells; c++) {
        watched w = watch(4, 3, cells[c].bytes);
        size_t apart = (cells[c].bytes + cells[c].align - 1) & ~(cells[c].align - 1);

        assert_int_equal((char *)pawl_mpmc_swap_cell(w.in, 1)
                         - (char *)pawl_mpmc_swap_cell(w.in, 0), apart);
        for (unsigned round = 0; round < 3; round++) {
            for (size_t i = 0; i < 3; i++)
                assert_int_equal((uintptr_t)pawl_mpmc_swap_cell(w.in, i)
                                 % cells[c].align, 0);
            exercise(&w, 5);
        }
        finish_watch(&w);
    }
}

/* --- in whose hands a cell is --------------------------------------------- */

static void a_popped_cell_stays_until_the_next_success(void **state)
{
    watched w = watch(1, 1, 100);
    void *cell = NULL, *other = &other;
    (void)state;

    fill(&w, pawl_mpmc_swap_cell(w.in, 0), 1);
    assert_int_equal(pawl_mpmc_swap_try_push(w.in), 0);
    assert_int_equal(pawl_mpmc_swap_try_pop(w.out, &cell), 0);
    assert_int_equal(pawl_mpmc_swap_try_pop(w.out, &other), EAGAIN);
    assert_ptr_equal(other, &other);
    fill(&w, pawl_mpmc_swap_cell(w.in, 0), 2);
    assert_int_equal(pawl_mpmc_swap_try_push(w.in), 0);
    assert_int_equal(pawl_mpmc_swap_try_push(w.out), EAGAIN);
    assert_true(holds(&w, cell, 1));
    assert_int_equal(pawl_mpmc_swap_try_push_n(w.out, 1), 0);
    assert_true(holds(&w, cell, 1));
    free(w.queue);
}

static void with_one_spare_a_popped_cell_is_the_next_to_push(void **state)
{
    watched w = watch(2, 1, 100);
    void *cell = NULL;
    (void)state;

    fill(&w, pawl_mpmc_swap_cell(w.in, 0), 7);
    assert_int_equal(pawl_mpmc_swap_try_push(w.in), 0);
    assert_int_equal(pawl_mpmc_swap_try_pop(w.out, &cell), 0);
    assert_ptr_equal(cell, pawl_mpmc_swap_cell(w.out, 0));
    assert_int_equal(pawl_mpmc_swap_try_push(w.out), 0);    /* passed on as it is */
    assert_int_equal(pawl_mpmc_swap_try_pop(w.in, &cell), 0);
    assert_true(holds(&w, cell, 7));
    free(w.queue);
}

static void with_two_spares_a_push_leaves_the_popped_cell_alone(void **state)
{
    (void)state;
    for (size_t spares = 2; spares <= SPARES; spares++) {
        watched w = watch(4, spares, 100);

        for (uint64_t item = 0; item < 20; item++) {
            pawl_mpmc_swap_port *port = w.out;      /* one that pops and pushes */
            void *cell = NULL;

            fill(&w, pawl_mpmc_swap_cell(w.in, 0), item);
            assert_int_equal(pawl_mpmc_swap_try_push(w.in), 0);
            assert_int_equal(pawl_mpmc_swap_try_pop(port, &cell), 0);
            assert_true(holds(&w, cell, item));
            assert_ptr_not_equal(cell, pawl_mpmc_swap_cell(port, 0));
            assert_ptr_equal(cell, pawl_mpmc_swap_cell(port, spares - 1));
            fill(&w, pawl_mpmc_swap_cell(port, 0), item + 1);
            assert_int_equal(pawl_mpmc_swap_try_push(port), 0);
            assert_true(holds(&w, cell, item));
            assert_int_equal(pawl_mpmc_swap_try_pop(w.in, &cell), 0);
            assert_true(holds(&w, cell, item + 1));
        }
        assert_true(conserved(w.queue));
        free(w.queue);
    }
}

/* --- close ---------------------------------------------------------------- */

static void pointers_are_pushed_and_popped_as_they_are(void **state)
{
    pawl_mpmc_swap *q = make(2, 2, 1, sizeof(void *));
    pawl_mpmc_swap_port *in = enter(q), *out = enter(q);
    void *got = q;
    (void)state;

    assert_int_equal(pawl_mpmc_swap_try_pop_pointer(out, &got), EAGAIN);
    assert_ptr_equal(got, q);
    assert_int_equal(pawl_mpmc_swap_try_push_pointer(in, &got), 0);
    assert_int_equal(pawl_mpmc_swap_try_push_pointer(in, NULL), 0);
    assert_int_equal(pawl_mpmc_swap_try_push_pointer(in, q), EAGAIN);
    assert_true(pawl_mpmc_swap_close(q));
    assert_int_equal(pawl_mpmc_swap_try_push_pointer(in, q), ECANCELED);
    assert_int_equal(pawl_mpmc_swap_try_pop_pointer(out, &got), 0);
    assert_ptr_equal(got, &got);
    assert_int_equal(pawl_mpmc_swap_try_pop_pointer(out, &got), 0);
    assert_null(got);
    got = q;
    assert_int_equal(pawl_mpmc_swap_try_pop_pointer(out, &got), ECANCELED);
    assert_ptr_equal(got, q);
    free(q);
}

static void close_is_a_point_in_the_order(void **state)
{
    (void)state;
    for (size_t capacity = 1; capacity <= 8; capacity *= 2)
        for (size_t inside = 0; inside <= capacity; inside++)
            for (size_t start = 0; start < 2 * capacity; start++) {
                watched w = watch(capacity, 2, 8);

                for (size_t i = 0; i < start; i++)
                    push_some(&w, 1), pop_some(&w, 1);
                for (size_t i = 0; i < inside; i++)
                    push_some(&w, 1);
                assert_true(pawl_mpmc_swap_close(w.queue));
                assert_false(pawl_mpmc_swap_close(w.queue));
                w.closed = true;
                for (size_t i = 0; i < inside; i++) {
                    push_some(&w, 1);            /* refused, whatever was popped */
                    push_some(&w, 2);
                    pop_some(&w, 1);
                    assert_false(pawl_mpmc_swap_close(w.queue));
                }
                push_some(&w, 1);
                pop_some(&w, 1);
                pop_some(&w, 2);
                finish_watch(&w);
            }
}

/* --- ports ---------------------------------------------------------------- */

static void there_are_as_many_ports_as_were_asked_for(void **state)
{
    pawl_mpmc_swap *q = make(4, 3, 2, 8);
    pawl_mpmc_swap_port *ports[3], *none = (void *)&none;
    (void)state;

    memset((char *)q + q->cells_at, 0, 8);      /* no port, whatever a cell holds */
    for (unsigned i = 0; i < 3; i++) {
        ports[i] = enter(q);
        for (unsigned j = 0; j < i; j++)
            assert_ptr_not_equal(ports[i], ports[j]);
    }
    assert_int_equal(pawl_mpmc_swap_open(q, &none), EBUSY);
    assert_ptr_equal(none, &none);
    pawl_mpmc_swap_leave(ports[1]);
    assert_ptr_equal(enter(q), ports[1]);
    assert_int_equal(pawl_mpmc_swap_open(q, &none), EBUSY);
    free(q);
}

/* --- bad input ------------------------------------------------------------ */

static const struct {
    size_t capacity, ports, spares, cell_bytes;
    int error;
} wrong[] = {
    { 0, 1, 1, 8, EINVAL }, { 3, 1, 1, 8, EINVAL }, { SIZE_MAX, 1, 1, 8, EINVAL },
    { 4, 0, 1, 8, EINVAL }, { 4, 1, 0, 8, EINVAL }, { 4, 1, 1, 0, EINVAL },
    { PAWL_MPMC_SWAP_MAX, 1, 1, 8, EOVERFLOW },
    { SIZE_MAX / 2 + 1, 1, 1, 8, EOVERFLOW },
    { 4, SIZE_MAX, 1, 8, EOVERFLOW }, { 4, 1, SIZE_MAX, 8, EOVERFLOW },
    { 4, SIZE_MAX / 2, 3, 8, EOVERFLOW }, { 4, PAWL_MPMC_SWAP_MAX, 1, 8, EOVERFLOW },
    { 4, 1, PAWL_MPMC_SWAP_MAX, 8, EOVERFLOW },
    { 4, 1, 1, SIZE_MAX, EOVERFLOW }, { 4, 1, 1, SIZE_MAX / 4, EOVERFLOW },
    { PAWL_MPMC_SWAP_MAX / 2, 1, 1, SIZE_MAX / 16, EOVERFLOW },
};

static void bad_input_is_refused_and_memory_left_alone(void **state)
{
    size_t bytes = pawl_mpmc_swap_bytes(4, 2, 3, 20);
    char *memory = block(bytes + PAWL_LINE);
    pawl_mpmc_swap *q = (void *)memory;
    (void)state;

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(pawl_mpmc_swap_init(q, SIZE_MAX, wrong[i].capacity,
                             wrong[i].ports, wrong[i].spares, wrong[i].cell_bytes),
                         wrong[i].error);
        assert_int_equal(pawl_mpmc_swap_bytes(wrong[i].capacity, wrong[i].ports,
                             wrong[i].spares, wrong[i].cell_bytes), 0);
    }
    for (size_t by = 8; by < PAWL_LINE; by *= 2)
        assert_int_equal(pawl_mpmc_swap_init((void *)(memory + by), bytes, 4, 2, 3, 20),
                         EINVAL);
    assert_int_equal(pawl_mpmc_swap_init(NULL, bytes, 4, 2, 3, 20), EINVAL);
    assert_int_equal(pawl_mpmc_swap_init(q, bytes - 1, 4, 2, 3, 20), ENOMEM);
    assert_int_equal(pawl_mpmc_swap_init(q, 0, 4, 2, 3, 20), ENOMEM);
    assert_true(untouched(memory, bytes + PAWL_LINE));
    assert_int_equal(pawl_mpmc_swap_init(q, bytes, 4, 2, 3, 20), 0);
    assert_true(untouched(memory + bytes, PAWL_LINE));
    free(memory);
}

/* --- several at once ------------------------------------------------------ */

static void two_mappings_of_one_block_are_one_queue(void **state)
{
    size_t bytes = pawl_mpmc_swap_bytes(4, 2, 1, 8);
    int fd = memfd_create("queue", 0);
    pawl_mpmc_swap *here, *there;
    pawl_mpmc_swap_port *in, *out;
    void *cell = NULL;
    (void)state;

    assert_int_equal(ftruncate(fd, (off_t)bytes), 0);
    here = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    there = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assert_true(here != MAP_FAILED && there != MAP_FAILED && here != there);
    assert_int_equal(pawl_mpmc_swap_init(here, bytes, 4, 2, 1, 8), 0);
    in = enter(here);
    out = enter(there);
    for (uint64_t i = 0; i < 20; i++) {
        *(uint64_t *)pawl_mpmc_swap_cell(in, 0) = i;
        assert_int_equal(pawl_mpmc_swap_try_push(in), 0);
        assert_int_equal(pawl_mpmc_swap_try_pop(out, &cell), 0);
        assert_true((char *)cell > (char *)there);
        assert_true((char *)cell < (char *)there + bytes);
        assert_true(*(uint64_t *)cell == i);
    }
    munmap(here, bytes);
    munmap(there, bytes);
    close(fd);
}

enum { ITEMS = 20000 };

typedef struct side {
    pawl_mpmc_swap *queue;
    uint64_t sum, popped;
} side;

static void *produce(void *argument)
{
    side *s = argument;
    pawl_mpmc_swap_port *port;

    if (pawl_mpmc_swap_open(s->queue, &port) != 0)
        return NULL;
    for (uint64_t i = 1; i <= ITEMS; i++) {
        *(uint64_t *)pawl_mpmc_swap_cell(port, 0) = i;
        while (pawl_mpmc_swap_try_push(port) == EAGAIN)
            sched_yield();
    }
    pawl_mpmc_swap_leave(port);
    return NULL;
}

static void *consume(void *argument)
{
    side *s = argument;
    pawl_mpmc_swap_port *port;
    void *cell = NULL;
    int result = pawl_mpmc_swap_open(s->queue, &port);

    while (result == 0 || result == EAGAIN)
        if ((result = pawl_mpmc_swap_try_pop(port, &cell)) == 0) {
            s->sum += *(uint64_t *)cell;
            s->popped++;
        } else if (result == EAGAIN)
            sched_yield();
    return NULL;
}

static void two_to_two_until_it_is_closed(void **state)
{
    pawl_mpmc_swap *q = make(8, 4, 1, 8);
    side sides[4] = { { q, 0, 0 }, { q, 0, 0 }, { q, 0, 0 }, { q, 0, 0 } };
    pthread_t threads[4];
    (void)state;

    for (unsigned i = 0; i < 4; i++)
        threads[i] = start(i < 2 ? produce : consume, &sides[i]);
    finish(threads[0]);
    finish(threads[1]);
    assert_true(pawl_mpmc_swap_close(q));
    finish(threads[2]);
    finish(threads[3]);
    assert_true(sides[2].popped + sides[3].popped == 2 * ITEMS);
    assert_true(sides[2].sum + sides[3].sum == (uint64_t)ITEMS * (ITEMS + 1));
    assert_true(conserved(q));
    free(q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_first_in_first_out),
        cmocka_unit_test(cells_are_of_any_size_and_aligned),
        cmocka_unit_test(a_popped_cell_stays_until_the_next_success),
        cmocka_unit_test(with_one_spare_a_popped_cell_is_the_next_to_push),
        cmocka_unit_test(with_two_spares_a_push_leaves_the_popped_cell_alone),
        cmocka_unit_test(pointers_are_pushed_and_popped_as_they_are),
        cmocka_unit_test(close_is_a_point_in_the_order),
        cmocka_unit_test(there_are_as_many_ports_as_were_asked_for),
        cmocka_unit_test(bad_input_is_refused_and_memory_left_alone),
        cmocka_unit_test(two_mappings_of_one_block_are_one_queue),
        cmocka_unit_test(two_to_two_until_it_is_closed),
    };
    alarm(WATCHDOG);
    return cmocka_run_group_tests_name("mpmc_swap", tests, NULL, NULL);
}
