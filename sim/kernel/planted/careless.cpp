// What careless kernel code does.
#include "sim/kernel/planted/careless.hpp"

#include "sim/kernel/bug.hpp"

namespace kernel {

unsigned count_entries(const list_head *head)
{
    unsigned count = 0;
    for (const list_head *entry = head->next; entry != head; entry = entry->next)
        ++count;
    return count;
}

void delete_twice(list_head *entry)
{
    list_del(entry);
    list_del(entry);
}

void finish(const callback<void(int, int *)> &end, int *argument)
{
    end(1, argument);
}

void stop_if(bool wrong)
{
    BUG_ON(wrong);
}

void check(bool wrong)
{
    stop_if(wrong);
}

} // namespace kernel
