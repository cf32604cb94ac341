// Requesters: tasks that use the mounted file system.
#pragma once

#include "scenarios/stage.hpp"

namespace interfuse {

// Looks a name up so many times; stops when killed.
task_struct *start_looker(const char *name, const mount &m, const char *file, int times = 1);
// Reads the root's attributes once, without any lock of the directory.
task_struct *start_getter(const char *name, const mount &m);
// Opens a file and closes it again, with the RELEASE that follows from it.
task_struct *start_opener(const char *name, const mount &m, const char *file);

// Creates a file unless it exists, and closes it again.
task_struct *start_creator(const char *name, const mount &m, const char *file);
task_struct *start_unlinker(const char *name, const mount &m, const char *file);
task_struct *start_renamer(const char *name, const mount &m, const char *from, const char *to);
// Gives a file a second name.
task_struct *start_linker(const char *name, const mount &m, const char *file, const char *as);
// Sets an attribute whose value has so many bytes, at most 64.
task_struct *start_attribute_setter(const char *name, const mount &m, const char *file, std::size_t value_bytes = 8);

// Opens a file and reads, writes and syncs it, the latter twice, as far as it can be.
task_struct *start_user(const char *name, const mount &m, const char *file);

// The following use a file that was opened before the run; they close it when they end, unless they share its process.
task_struct *start_syncer(const char *name, const open_file &file);

// Where and how much a task reads or writes.
struct transfer {
    std::size_t bytes = 0; // 0: a page
    std::uint64_t offset = 0;
    unsigned skew = 0;         // of the buffer in its first page
    std::uintptr_t target = 0; // an address in the process that the buffer begins at; 0: in memory of its own
    bool knows_content = true; // what it reads is checked: the daemon's content, what requesters wrote, or zeros where
                               // the daemon may have read short
    std::size_t told_beyond = 0; // the goal "a second chunk is read" is reached with more bytes than these, unless 0
};
// read(2): through the page cache, or directly where the daemon has said so.
task_struct *start_reader(const char *name, const open_file &file, transfer what = {});
task_struct *start_writer(const char *name, const open_file &file, transfer what = {});
// Fills a buffer with what requesters write to a node from an offset on.
void fill_to_write(kernel::mm_struct *mm, std::uintptr_t buffer, std::size_t bytes, std::uint64_t node,
                   std::uint64_t offset);
// The address of the file's first pages in the process that has it open.
std::uintptr_t map_file_before_run(const open_file &file, unsigned pages);
// Maps the first pages of a file and loads a byte of each.
task_struct *start_mapped_reader(const char *name, const open_file &file, unsigned pages = 1);

} // namespace interfuse
