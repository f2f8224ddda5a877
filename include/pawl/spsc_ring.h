/* spsc_ring.h - a bounded queue for one producer and one consumer.
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * What       FIFO of elements of one size, copied in and out, or written and read in
 *            place, several at a time.  Never allocates, never sleeps, never calls the
 *            kernel.  The news that elements are there lies beside them, in their own
 *            cache line or the line before.
 * Source     The signal in the data line: J. Giacomoni et al., "FastForward for
 *            Efficient Pipeline Parallelism", PPoPP 2008; several elements behind one
 *            signal: P. Lee et al., "A Lock-Free, Cache-Efficient Multi-Core
 *            Synchronization Mechanism" (MCRingBuffer), IPDPS 2010.
 * Layer 3    uses atomic.h.
 *
 * State      blocks  a ring of blocks of PAWL_SPSC_BLOCK bytes (more, where one element
 *                    does not fit): a header word, then up to `per` elements
 *            header  number | how many of the block's elements are in;  number: which
 *                    block this is, since init, so that last time's count is no news
 *            done    how many blocks the consumer has finished, since init
 *            The rest of the two sides is private to each.
 *
 *                      producer: elements 0.. of block b, header = b | 1, 2, ... per
 *                                (b | 0 first, where it is reserved in place)
 *                      consumer: reads what the header says; after the last: done + 1
 *
 * In place   Element i of a block lies 8 + i * size bytes behind a multiple of
 *            PAWL_LINE: aligned as its size allows, up to 8, which is enough for every
 *            type of that size but those that want 16 or more.  Elements of up to 60
 *            bytes lie several in a block, and those of a run one behind the other; of
 *            larger ones a run is one.
 *
 * Invariant  I1  block b (counted since init) is written only while b < done + blocks
 *            I2  an element is written before, and never after, the header counts it,
 *                until the consumer has finished its block
 *            I3  blocks = capacity / per, rounded up, + 1.  Space comes back by the
 *                block: all but the consumer's block are the producer's, or full.  So
 *                a push succeeds whenever fewer than `capacity` elements are in, as far
 *                as the producer has heard of pops.
 * Effect     push and commit at their store of the header [A], pop and release at their
 *            return; what pop and peek find absent was absent at their load of the
 *            header [B]; full, for push and reserve, at their load of done [D].  Each
 *            is exact, but not both together: while a push is on its way to the other
 *            side, that side may find it empty and free space that this one does not
 *            see yet.  Whoever sleeps on both needs a step between, as event.h's.
 * Speed      A stream is bound by the producer's stores: each line that the consumer
 *            has read must be had back, 70 ns away, and these waits overlap only as far
 *            as the processor's store queue reaches (64 stores, say).  So a push that
 *            runs ahead stores two words and no third: how full its block is, it reads
 *            from the block's header, which lies in its own cache.  Not if the consumer
 *            follows closely, as in round trips: it looks at that line again and again,
 *            and each such read would wait for it.  Then a copy is kept beside.  Which
 *            of both, is decided where `done` is looked at anyway, once round the ring.
 *            Elements of up to 128 bytes, in whole words, are copied in word by word.
 *            memcpy loads more at once: of what the caller has just stored in words,
 *            such a load has to wait until they have left the store queue.
 * Progress   All calls are wait-free.  A producer that is stopped or killed holds up
 *            nothing that it has pushed; a consumer that is, lets the ring fill up.
 *            What was reserved and not committed, nobody sees; what was peeked and not
 *            released, is still in.
 *
 * Roles            push  pop       X: the caller keeps them apart
 *            push   X     -        -: may run together
 *            pop    -     X        push: and reserve, commit; pop: and peek, release
 *            count_hint: any thread, at any time.
 *            Another thread may take over a side, if what the last one did happens
 *            before (a join, a lock, a queue): also between reserve and commit, peek
 *            and release.  But not from one that was killed inside a call: the words
 *            that are private to that side may not fit together, and nobody can go on
 *            with it.
 *
 * Memory     One block of the caller's memory, without pointers in it: it may be
 *            shared between processes.  Free it when no thread can touch it again.
 *            After fork, one of parent and child may go on with each side of a shared
 *            one; a private one is copied as it is.
 *
 * Example
 *     size_t bytes = pawl_spsc_ring_bytes(1024, sizeof(double));
 *     pawl_spsc_ring *r = (pawl_spsc_ring *)aligned_alloc(PAWL_LINE, bytes);
 *     double in = 0.5, out;
 *     if (r != NULL && pawl_spsc_ring_init(r, bytes, 1024, sizeof(double)) == 0
 *         && pawl_spsc_ring_try_push(r, &in, sizeof in)
 *         && pawl_spsc_ring_try_pop(r, &out, sizeof out))
 *         in = out;
 *     free(r);
 */
#ifndef PAWL_SPSC_RING_H
#define PAWL_SPSC_RING_H

#include <pawl/atomic.h>

#include <errno.h>
#include <string.h>

#define PAWL_SPSC_BLOCK 128             /* bytes: one or two cache lines */

typedef struct pawl_spsc_ring {
    /* The producer's side, then the consumer's: each has its own copy of the shape. */
    alignas(PAWL_LINE) uint64_t push_block;      /* offset of the block we fill */
    uint64_t push_header;               /* its header, if a copy is kept: see Speed */
    uint64_t push_number;               /* which block it is, since init */
    uint64_t push_limit;                /* done + blocks, as last looked up */
    uint64_t push_end, push_stride;     /* bytes: all blocks, one block */
    uint32_t push_per, push_size;
    bool push_keeps;                    /* a copy of the header */

    alignas(PAWL_LINE) uint64_t pop_block;
    uint64_t pop_end, pop_stride;
    uint32_t pop_per, pop_size;
    uint32_t pop_taken, pop_known;      /* of this block's elements */
    PAWL_ATOMIC(uint64_t) done;         /* ... and so the number of this block */
} pawl_spsc_ring;

#define PAWL_SPSC_NUMBER_ 32            /* header: the number begins at this bit */

PAWL_BEGIN

/* Bytes that a ring takes for at least `capacity` elements (a power of two) of `size`
 * bytes (1 or more); 0 where init would refuse them. */
size_t pawl_spsc_ring_bytes(size_t capacity, size_t size);

/* Make an empty ring of the `bytes` of memory at `r`, which begin at a multiple of
 * PAWL_LINE.  Not thread-safe: publish `r` to the other side afterwards.  0, or with
 * the memory untouched: EINVAL: capacity is 0 or no power of two, size is 0, or `r` is
 * misaligned; EOVERFLOW: more than memory can hold, elements of 4 GiB or more, or
 * 2^32 blocks or more; ENOMEM: `bytes` are too few. */
int pawl_spsc_ring_init(pawl_spsc_ring *r, size_t bytes, size_t capacity, size_t size);

/* About how many elements are in.  The consumer's block counts whole until its last
 * element is popped: so too many by less than a block holds, which is 15 of 8 bytes and
 * one of more than 60, and never too few; if others are at work, as of several moments
 * of the call.  At most what all blocks hold.  It takes a look at one header for each
 * doubling of the capacity. */
size_t pawl_spsc_ring_count_hint(pawl_spsc_ring *r);

/* For tests: an empty ring as it is at the beginning of block `number`. */
void pawl_spsc_ring_init_at_(pawl_spsc_ring *r, uint64_t number);

PAWL_END

static inline PAWL_ATOMIC(uint64_t) *
pawl_spsc_ring_header_(pawl_spsc_ring *r, uint64_t block)
{
    return (PAWL_ATOMIC(uint64_t) *)(void *)((char *)r + block);
}

/* The producer's next block, if the consumer is done with it: then `header` is what its
 * header shall count up from. */
static inline bool pawl_spsc_ring_next_(pawl_spsc_ring *r, uint64_t *header)
{
    if (r->push_number + 1 == r->push_limit) {
        uint64_t blocks = (r->push_end - sizeof *r) / r->push_stride;

        /* [D] acquire: pairs with [C]; the consumer has read all of that block. */
        uint64_t done = atomic_load_explicit(&r->done, memory_order_acquire);

        r->push_limit = done + blocks;
        if (r->push_number + 1 == r->push_limit)
            return false;
        r->push_keeps = done == r->push_number + 1;     /* nothing was left to pop */
    }
    *header = ++r->push_number << PAWL_SPSC_NUMBER_;
    r->push_block += r->push_stride;
    if (r->push_block == r->push_end)
        r->push_block = sizeof *r;
    return true;
}

/* The header of the producer's block. */
static inline uint64_t pawl_spsc_ring_filled_(pawl_spsc_ring *r)
{
    /* relaxed: written by this side only. */
    return r->push_keeps ? r->push_header
         : atomic_load_explicit(pawl_spsc_ring_header_(r, r->push_block),
                                memory_order_relaxed);
}

/* It is `header` now: elements are in. */
static inline void pawl_spsc_ring_fill_(pawl_spsc_ring *r, uint64_t header)
{
    if (r->push_keeps)
        r->push_header = header;
    /* [A] release: pairs with [B], handing over the elements that it counts. */
    atomic_store_explicit(pawl_spsc_ring_header_(r, r->push_block), header,
                          memory_order_release);
}

/* The same of a block without elements, whose header need be seen by this side only. */
static inline void pawl_spsc_ring_begin_(pawl_spsc_ring *r, uint64_t header)
{
    if (r->push_keeps)
        r->push_header = header;
    else
        /* relaxed: it hands over nothing. */
        atomic_store_explicit(pawl_spsc_ring_header_(r, r->push_block), header,
                              memory_order_relaxed);
}

/* Copy n elements to where the next ones go in the producer's block.  volatile: word by
 * word, see Speed; may_alias: they are of the caller's type. */
static inline void pawl_spsc_ring_write_(pawl_spsc_ring *r, uint64_t header,
                                         const void *elements, size_t n, size_t size)
{
    typedef volatile uint64_t __attribute__((may_alias)) place;
    char *to = (char *)r + r->push_block + sizeof header + (uint32_t)header * size;
    uint64_t word;

    if (size % sizeof word != 0 || size > PAWL_SPSC_BLOCK) {
        memcpy(to, elements, n * size);
        return;
    }
    for (size_t i = 0; i < n * size; i += sizeof word) {
        memcpy(&word, (const char *)elements + i, sizeof word);
        *(place *)(void *)(to + i) = word;
    }
}

/* Append `n` elements, or as many as fit; returns how many.  `size` is what init was
 * given: say it as a constant (sizeof *elements), and the copy becomes moves. */
PAWL_MUST_USE static inline size_t
pawl_spsc_ring_try_push_n(pawl_spsc_ring *r, const void *elements, size_t n,
                          size_t size)
{
    size_t pushed = 0;

    PAWL_ASSERT(size == r->push_size, "element size differs from init's");
    while (pushed < n) {
        uint64_t header = pawl_spsc_ring_filled_(r);
        size_t some = n - pushed, left;

        if ((uint32_t)header == r->push_per && !pawl_spsc_ring_next_(r, &header))
            break;
        left = r->push_per - (uint32_t)header;
        some = some < left ? some : left;
        pawl_spsc_ring_write_(r, header, (const char *)elements + pushed * size, some,
                              size);
        pawl_spsc_ring_fill_(r, header + some);
        pushed += some;
    }
    return pushed;
}

/* Append the element of `size` bytes at `element`.  False: the ring is full. */
PAWL_MUST_USE static inline bool
pawl_spsc_ring_try_push(pawl_spsc_ring *r, const void *element, size_t size)
{
    uint64_t header = pawl_spsc_ring_filled_(r);

    PAWL_ASSERT(size == r->push_size, "element size differs from init's");
    if (PAWL_UNLIKELY((uint32_t)header == r->push_per)
        && !pawl_spsc_ring_next_(r, &header))
        return false;
    pawl_spsc_ring_write_(r, header, element, 1, size);
    pawl_spsc_ring_fill_(r, header + 1);
    return true;
}

/* Where the next elements are to be written in place, for commit: up to `*n` of them (1
 * or more) one behind the other, and `*n` becomes how many, which the block's end may
 * make fewer.  NULL, with `*n` left alone: the ring is full.  It takes nothing: until a
 * commit or a push, which uses the place, another call returns the same one. */
PAWL_MUST_USE static inline void *
pawl_spsc_ring_reserve(pawl_spsc_ring *r, size_t *n, size_t size)
{
    uint64_t header = pawl_spsc_ring_filled_(r);
    size_t left;

    PAWL_ASSERT(size == r->push_size, "element size differs from init's");
    if ((uint32_t)header == r->push_per) {
        if (!pawl_spsc_ring_next_(r, &header))
            return NULL;
        pawl_spsc_ring_begin_(r, header);
    }
    left = r->push_per - (uint32_t)header;
    *n = *n < left ? *n : left;
    return (char *)r + r->push_block + sizeof header + (uint32_t)header * size;
}

/* Append the first `n` elements of those last reserved, which are written: all of them,
 * or fewer. */
static inline void pawl_spsc_ring_commit(pawl_spsc_ring *r, size_t n)
{
    uint64_t header = pawl_spsc_ring_filled_(r);

    PAWL_ASSERT(n <= r->push_per - (uint32_t)header, "more than was reserved");
    pawl_spsc_ring_fill_(r, header + n);
}

/* How many elements of the consumer's block are in by now? */
static inline void pawl_spsc_ring_look_(pawl_spsc_ring *r)
{
    /* relaxed: ours alone.  [B] acquire: pairs with [A].  The header of an earlier
     * number gives a huge count. */
    uint64_t number = atomic_load_explicit(&r->done, memory_order_relaxed);
    uint64_t count = atomic_load_explicit(pawl_spsc_ring_header_(r, r->pop_block),
                                          memory_order_acquire)
                     - (number << PAWL_SPSC_NUMBER_);

    if (count <= r->pop_per)
        r->pop_known = (uint32_t)count;
}

/* Elements of the consumer's block that are in and not taken; looks if it knows
 * none. */
static inline uint32_t pawl_spsc_ring_ready_(pawl_spsc_ring *r)
{
    if (r->pop_taken == r->pop_known)
        pawl_spsc_ring_look_(r);
    return r->pop_known - r->pop_taken;
}

/* The consumer is done with `some` elements of its block. */
static inline void pawl_spsc_ring_took_(pawl_spsc_ring *r, uint32_t some)
{
    r->pop_taken += some;
    if (r->pop_taken < r->pop_per)
        return;
    r->pop_taken = r->pop_known = 0;
    r->pop_block += r->pop_stride;
    if (r->pop_block == r->pop_end)
        r->pop_block = sizeof *r;
    /* [C] release: pairs with [D]; our reads are over.  relaxed load: ours alone. */
    atomic_store_explicit(&r->done,
        atomic_load_explicit(&r->done, memory_order_relaxed) + 1, memory_order_release);
}

/* Remove the oldest element into the `size` bytes at `element`, which are left alone
 * on failure.  False: the ring is empty. */
PAWL_MUST_USE static inline bool
pawl_spsc_ring_try_pop(pawl_spsc_ring *r, void *element, size_t size)
{
    PAWL_ASSERT(size == r->pop_size, "element size differs from init's");
    if (pawl_spsc_ring_ready_(r) == 0)
        return false;
    memcpy(element, (char *)r + r->pop_block + sizeof(uint64_t) + r->pop_taken * size,
           size);
    pawl_spsc_ring_took_(r, 1);
    return true;
}

/* Remove up to `n` elements, oldest first; returns how many. */
PAWL_MUST_USE static inline size_t
pawl_spsc_ring_try_pop_n(pawl_spsc_ring *r, void *elements, size_t n, size_t size)
{
    size_t popped = 0;

    PAWL_ASSERT(size == r->pop_size, "element size differs from init's");
    while (popped < n) {
        size_t some = pawl_spsc_ring_ready_(r);

        if (some == 0)
            break;
        some = some < n - popped ? some : n - popped;
        memcpy((char *)elements + popped * size,
               (char *)r + r->pop_block + sizeof(uint64_t) + r->pop_taken * size,
               some * size);
        pawl_spsc_ring_took_(r, (uint32_t)some);
        popped += some;
    }
    return popped;
}

/* Where the oldest elements lie, which stay in until release or pop: up to `*n` of them
 * (1 or more) one behind the other, and `*n` becomes how many, which the block's end
 * may make fewer: whoever waits for more has to know.  They are the caller's, to be
 * changed, too.  NULL, with `*n` left alone: the ring is empty.  Another call returns
 * the same place, and counts what has come in since. */
PAWL_MUST_USE static inline void *
pawl_spsc_ring_peek(pawl_spsc_ring *r, size_t *n, size_t size)
{
    size_t some;

    PAWL_ASSERT(size == r->pop_size, "element size differs from init's");
    if (r->pop_known - r->pop_taken < *n)
        pawl_spsc_ring_look_(r);
    some = r->pop_known - r->pop_taken;
    if (some == 0)
        return NULL;
    *n = *n < some ? *n : some;
    return (char *)r + r->pop_block + sizeof(uint64_t) + r->pop_taken * size;
}

/* Remove the `n` oldest elements, which were peeked at: all of those, or fewer. */
static inline void pawl_spsc_ring_release(pawl_spsc_ring *r, size_t n)
{
    PAWL_ASSERT(n <= r->pop_known - r->pop_taken, "more than was peeked at");
    pawl_spsc_ring_took_(r, (uint32_t)n);
}

#endif
