// MODELLED: mm/mmap.c. Unmapping and mapping again, which take mmap_sem for writing.
#pragma once

#include "sim/kernel/mm.hpp"

namespace kernel {

// The calling task's memory. REQUIRES: the pages were mapped as anonymous memory once. 0.
long sys_munmap(std::uintptr_t start, unsigned pages);
// Fresh pages at an address where nothing is mapped; each comes in with its first access.
long sys_mmap(std::uintptr_t start, unsigned pages);

} // namespace kernel
