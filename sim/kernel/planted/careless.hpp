// MODELLED: careless kernel code, compiled and instrumented as a core is; its places read core/planted/.
#pragma once

#include "sim/kernel/list.hpp"
#include "sim/kernel/lockless.hpp"

namespace kernel {

unsigned count_entries(const list_head *head);
void delete_twice(list_head *entry);
void finish(const callback<void(int, int *)> &end, int *argument);
void stop_if(bool wrong);
// Calls stop_if.
void check(bool wrong);

} // namespace kernel
