// What every scenario stands on: a booted machine, processes, a mount, and the end of a run.
#pragma once

#include "core/fuse_i.hpp"
#include "scenarios/scenario.hpp"
#include "sim/kernel/syscall.hpp"
#include "sim/task.hpp"

namespace interfuse {

using kernel::task_struct;

struct process {
    kernel::files_struct *files;
    kernel::mm_struct *mm;
};

// A mounted file system as its users see it, and its connection for the actors that a kernel object stands behind.
struct mount {
    unsigned number; // in the mount table
    process daemon;  // whose descriptor `device` is
    int device;
    kernel::fuse::fuse_conn *fc;
    kernel::inode *root;
};

// A scenario's own parameters and those that every scenario has; an own one replaces a common one of its name.
std::vector<parameter> with_common_parameters(std::vector<parameter> own);
// The parameter `page_size`, for those who want another preset.
parameter page_size_parameter(int preset);

// What the core must do while a scenario is built, or the setup ends in a finding: "opening a file returns EIO". The result is
// a negative error, or what else there is instead.
void expect_in_setup(bool holds, const char *call, long result, sim::place where = sim::place::here());

// A process without tasks, with no files and no memory mapped.
process make_process();

struct mount_options {
    std::uint32_t max_read = ~0U; // bytes of a READ
    unsigned pool = 2;            // requests; of mount_fuse the scenario's parameter
};

// mount(2) of a file that should be a device. The error, or the number in the mount table and the superblock.
struct mounted {
    long err;
    unsigned number;
    kernel::super_block *sb;
};
mounted mount_device(kernel::file *device, const mount_options &options);
// A device file of nobody's yet.
kernel::file *open_device();

// Opens the device for a new daemon process and mounts it; INIT lies on the pending list. The pool's size is the
// parameter `pool`. A scenario may mount several file systems.
mount mount_fuse(mount_options options = {});

// Page faults, bad addresses and failed allocations begin with the run, as many as the parameters say; or, when postponed
// while the scenario is built, when somebody says so.
void postpone_failures();
void begin_failures();

// Answers INIT from the setup task, as the daemon would.
struct init_reply {
    bool async_read = true;
    std::uint32_t max_write = 4096; // bytes of a WRITE
    unsigned pages_ahead = 1;       // to read ahead; workers need buffers as large
};
void answer_init(const mount &m, init_reply with = {});

// A file that a process has opened.
struct open_file {
    process of;
    int fd;
    std::uint64_t node;
};
// Opens a file for a process while the scenario is built. REQUIRES: a worker has been started, and nobody else yet but
// workers, since it answers now.
open_file open_before_run(const mount &m, const char *name, process by = make_process());

// Starts a task of a process; its body is user space, and the task ends with it. Returns its task_struct.
template <typename Body> task_struct *spawn(const char *name, process of, Body body)
{
    unsigned index = sim::start_task(name, [body] {
        body();
        kernel::exit_task();
    });
    return kernel::make_task_struct(index, of.files, of.mm);
}

// A task that a finished run may leave asleep while it reads from the connection's device, as long as the device is
// alive, mounted and empty, and that the teardown kills. Null takes the mark away.
void rest_on(const kernel::fuse::fuse_conn *fc);
void kill_at_teardown(task_struct *task);

// The setup task's life: builds the scenario, waits until the run is over, takes everything down.
void start_setup(void (*build)());

// For the judge of a run in which nobody can go on. REQUIRES: the host runs.
bool task_rests(unsigned index);
// Whether it waits for requests, on a live connection or a dead one.
bool task_reads_device(unsigned index);
// Whether it does so although put_super has run.
bool task_reads_unmounted(unsigned index);
// Whether the setup task waits for the host to let it go on with the teardown.
bool setup_awaits_host();

} // namespace interfuse
