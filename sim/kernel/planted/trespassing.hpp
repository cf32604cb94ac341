// MODELLED: kernel code that touches memory it must not, compiled and instrumented as a core is.
#pragma once

#include <cstddef>

#include "sim/kernel/atomic.hpp"
#include "sim/kernel/lockless.hpp"
#include "sim/kernel/wait.hpp"

namespace kernel {

struct trespasser {
    list_head links;
    int number;
    unsigned wide : 1;
    unsigned tall : 1;
    const void *argument;
    char text[4];
};

// Fields that fakes load.
struct counted {
    lockless<int> flag; // reason: nobody else is there
    atomic_t count;
};

int read_number(const trespasser *object);
void write_number(trespasser *object, int number);
void write_byte(char *memory, long offset);
void set_wide(trespasser *object);
bool is_wide(const trespasser *object);
void link_after(trespasser *object, list_head *head);
void copy_number(trespasser *to, const int *from);

// Lends its own variable to whoever looks at the object, sleeps on the queue, and returns; takes it back if asked to.
void lend(trespasser *object, wait_queue_head_t *queue, bool take_back);
// Copies what was lent.
int borrow(const trespasser *object);
// Loads the pointer, sleeps, and only then looks.
int borrow_late(const trespasser *object, wait_queue_head_t *queue);

void clear(char *memory, size_t bytes);
void count_up(trespasser *object);

void raise_flag(counted *object);
int read_flag(const counted *object);
void set_count(counted *object);
int read_count(const counted *object);
void get(counted *object);

} // namespace kernel
