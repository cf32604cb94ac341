// MODELLED: mm/filemap.c. Reading, writing and mapping of files through the page cache. Faults read no pages around
// theirs.
#pragma once

#include "sim/kernel/pagemap.hpp"

namespace kernel {

ssize_t generic_file_read(file *filp, char *buffer, size_t bytes, loff_t *position);
// Holds the inode's mutex.
ssize_t generic_file_write(file *filp, const char *buffer, size_t bytes, loff_t *position);
int generic_file_mmap(file *filp, vm_area_struct *area);

} // namespace kernel
