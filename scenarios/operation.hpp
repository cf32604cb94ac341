// Operations: what a requester may ask a file system for, chosen by a parameter.
#pragma once

#include <vector>

#include "scenarios/stage.hpp"

namespace interfuse {

enum class operation : std::uint8_t {
    lookup,
    read,
    write,
    setxattr,
    open,
    any, // of all the others up to fsync, chosen anew each time
    getattr,
    create,
    unlink,
    rename,
    link,
    fsync,
    mknod, // creates a file with a daemon that knows no CREATE
    opendir,
    fsyncdir,
};
// For a parameter; in the order of the values.
std::vector<const char *> names_of_operations();

struct task_of_operations {
    operation what = operation::lookup;
    int times = 1;                      // one after the other
    unsigned pages = 1;                 // of a read or write
    const char *file = "a";
    bool opens_itself = false;          // opens the file for each read and write; else it was opened before the run
};

// Starts a task. As open_before_run, unless the task opens the file itself.
task_struct *start_operator(const char *name, const mount &m, task_of_operations work);

} // namespace interfuse
