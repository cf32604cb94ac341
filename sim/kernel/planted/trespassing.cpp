// What trespassing kernel code does.
#include "sim/kernel/planted/trespassing.hpp"

#include "sim/kernel/sched.hpp"
#include "sim/kernel/string.hpp"

namespace kernel {

int read_number(const trespasser *object)
{
    return object->number;
}

void write_number(trespasser *object, int number)
{
    object->number = number;
}

void write_byte(char *memory, long offset)
{
    memory[offset] = 1;
}

void set_wide(trespasser *object)
{
    object->wide = 1;
}

bool is_wide(const trespasser *object)
{
    return object->wide != 0;
}

void link_after(trespasser *object, list_head *head)
{
    list_add(&object->links, head);
}

void copy_number(trespasser *to, const int *from)
{
    memcpy(&to->number, from, sizeof(int));
}

void lend(trespasser *object, wait_queue_head_t *queue, bool take_back)
{
    int own = 5;
    object->argument = &own;
    wake_up(queue);
    if (take_back)
        object->argument = nullptr;
}

int borrow(const trespasser *object)
{
    const int *lent = (const int *)object->argument;
    int copy = 0;
    memcpy(&copy, lent, sizeof copy);
    return copy;
}

int borrow_late(const trespasser *object, wait_queue_head_t *queue)
{
    const int *lent = (const int *)object->argument;
    int copy = 0;
    wake_up(queue);
    memcpy(&copy, lent, sizeof copy);
    return copy;
}

void clear(char *memory, size_t bytes)
{
    memset(memory, 0, bytes);
}

void count_up(trespasser *object)
{
    object->number++;
}

void raise_flag(counted *object)
{
    object->flag = 1;
}

int read_flag(const counted *object)
{
    return object->flag;
}

void set_count(counted *object)
{
    atomic_set(&object->count, 1);
}

int read_count(const counted *object)
{
    return atomic_read(&object->count);
}

void get(counted *object)
{
    atomic_inc(&object->count);
}

} // namespace kernel
