// MODELLED: mm/mmap.c. Unmapping and mapping again, which take mmap_sem for writing.
#pragma once

#include "sim/kernel/mm.hpp"

namespace kernel {

// The calling task's memory. REQUIRES: the pages were mapped as anonymous memory once. 0.
long sys_munmap(std::uintptr_t start, unsigned pages);
// Fresh pages at an address where nothing is mapped; each comes in with its first access.
long sys_mmap(std::uintptr_t start, unsigned pages);

// Makes pages bad addresses, or good ones again with what they held. 0.
long sys_mprotect(std::uintptr_t start, unsigned pages, bool accessible);

// Maps pages of a file from a page on, privately. The user address or a negative errno; the mapping holds the file.
long sys_mmap_file(int fd, unsigned pages, std::uint64_t first);
// A load by user space, which may fault. 0, or -EFAULT for what is a SIGSEGV or SIGBUS.
long load_user_memory(void *to, std::uintptr_t from, size_t bytes);

} // namespace kernel
