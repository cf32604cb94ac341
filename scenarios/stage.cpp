// Booting, mounting, and taking everything down.
#include "scenarios/stage.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>

#include <fmt/format.h>

#include "sim/fault.hpp"
#include "sim/kernel/budget.hpp"
#include "sim/kernel/bug.hpp"
#include "sim/kernel/fs_caches.hpp"
#include "sim/kernel/namei.hpp"
#include "sim/object_name.hpp"
#include "sim/run.hpp"

namespace interfuse {

namespace fuse = kernel::fuse;

namespace {

struct stage_state {
    std::array<const fuse::fuse_conn *, sim::tasks_max> rests_on;
    std::array<task_struct *, sim::tasks_max> doomed;
    unsigned doomed_count;
    std::array<kernel::files_struct *, sim::tasks_max> opened; // of processes with files from before the run
    unsigned opened_count;
    bool unmounts[kernel::mounts_max];
    bool postpones_failures;
};

const sim::per_world<stage_state> stage;

constexpr const char *between_phases = "the end of the run";

} // namespace

parameter page_size_parameter(int preset)
{
    parameter size{"page_size", preset, 64, 4096, "bytes of a page of the simulated machine"};
    size.allows = [](int value) { return std::has_single_bit(static_cast<unsigned>(value)); };
    size.allowed = "a power of two from 64 to 4096";
    return size;
}

std::vector<parameter> with_common_parameters(std::vector<parameter> own)
{
    std::vector<parameter> all = {
        {"pool", 2, 1, 10, "preallocated requests of the connection"},
        {"faults", 0, 0, 8, "page faults that a run may contain"},
        {"efaults", 0, 0, 8, "bad user addresses that a run may contain"},
        {"oom", 0, 0, 8, "failed allocations that a run may contain"},
        page_size_parameter(128),
    };
    auto is_own = [&](const parameter &p) {
        return std::ranges::any_of(own, [&](const parameter &o) { return std::string_view(o.name) == p.name; });
    };
    std::erase_if(all, is_own);
    own.insert(own.end(), all.begin(), all.end());
    return own;
}

void expect_in_setup(bool holds, const char *call, long result, sim::place where)
{
    if (holds)
        return;
    const char *name = result < 0 ? strerrorname_np(static_cast<int>(-result)) : nullptr;
    sim::report({sim::verdict_kind::violation, "setup",
                 fmt::format("{} returns {}", call, name != nullptr ? name : std::to_string(result)), where});
}

process make_process()
{
    return {kernel::make_files(), kernel::make_mm()};
}

mounted mount_device(kernel::file *device, const mount_options &options)
{
    kernel::super_block *sb = kernel::alloc_super();
    // do_kern_mount makes the vfsmount first, so that nothing can fail once the file system is there.
    kernel::vfsmount *mount = sb != nullptr ? kernel::make_vfsmount(sb) : nullptr;
    if (mount == nullptr) {
        if (sb != nullptr)
            kernel::destroy_super(sb);
        return {-ENOMEM, 0, nullptr};
    }
    fuse::fuse_mount_data data{};
    data.file = device;
    data.pool_size = options.pool;
    data.rootmode = S_IFDIR;
    data.max_read = options.max_read;
    kernel::lock_kernel();
    int err = fuse::fuse_fill_super(sb, &data, 0);
    kernel::unlock_kernel();
    if (err != 0) {
        kernel::mntput(mount);
        return {err, 0, nullptr};
    }
    sb->s_active = true;
    mount->mnt_root = sb->s_root;
    unsigned number = kernel::attach_mnt(mount);
    stage->unmounts[number] = true;
    return {0, number, sb};
}

mount mount_fuse(mount_options options)
{
    mount m{};
    m.daemon = make_process();
    kernel::file *device = open_device();
    m.device = kernel::install_fd(m.daemon.files, device);
    options.pool = static_cast<unsigned>(parameter_of("pool"));
    mounted done = mount_device(device, options);
    expect_in_setup(done.err == 0, "mounting", done.err);
    kernel::super_block *sb = done.sb;
    m.number = done.number;
    m.fc = static_cast<fuse::fuse_conn *>(sb->s_fs_info);
    m.root = sb->s_root->d_inode;
    return m;
}

kernel::file *open_device()
{
    return kernel::alloc_file(&fuse::fuse_dev_operations, nullptr, nullptr);
}

open_file open_before_run(const mount &m, const char *name, process by)
{
    open_file opened{by, 0, static_cast<std::uint64_t>(*name)};
    task_struct *self = kernel::current;
    self->mm = opened.of.mm;
    self->files = opened.of.files;
    long fd = kernel::sys_open(m.number, name);
    expect_in_setup(fd >= 0, "opening a file", fd);
    opened.fd = static_cast<int>(fd);
    sim::require(stage->opened_count < sim::tasks_max, "a scenario opens too many files before the run");
    stage->opened[stage->opened_count++] = by.files;
    self->mm = nullptr;
    self->files = nullptr;
    return opened;
}

void rest_on(const fuse::fuse_conn *fc)
{
    stage->rests_on[sim::current_task()] = fc;
}

void kill_at_teardown(task_struct *task)
{
    stage->doomed[stage->doomed_count++] = task;
}

// By the superblocks, since the connection's own flags may be wrong.
static bool is_mounted(const fuse::fuse_conn *fc)
{
    const kernel::kmem_cache_t &supers = *kernel::fs_caches().supers;
    for (unsigned i = 0; i < supers.object_count; ++i)
        if ((supers.live >> i & 1) != 0 && reinterpret_cast<const kernel::super_block *>(supers.object(i))->s_fs_info == fc)
            return true;
    return false;
}

bool task_rests(unsigned index)
{
    const fuse::fuse_conn *fc = stage->rests_on[index];
    return fc != nullptr && fc->connected.peek() != 0 && kernel::list_empty(&fc->pending) && is_mounted(fc);
}

bool task_reads_unmounted(unsigned index)
{
    const fuse::fuse_conn *fc = stage->rests_on[index];
    return fc != nullptr && !is_mounted(fc);
}

bool task_reads_device(unsigned index)
{
    return stage->rests_on[index] != nullptr;
}

bool setup_awaits_host()
{
    const sim::task &setup = sim::the_world().tasks[0];
    return setup.status == sim::task_status::blocked && setup.waiting_why == between_phases;
}

// A process that a scenario opened a file for and gave no task closes it as it ends.
static void end_idle_processes()
{
    task_struct *self = kernel::current;
    for (unsigned i = 0; i < stage->opened_count; ++i) {
        self->files = stage->opened[i];
        for (unsigned fd = 0; self->files->users.counter == 0 && fd < kernel::files_max; ++fd)
            if (self->files->fd[fd] != nullptr)
                kernel::sys_close(static_cast<int>(fd));
    }
    self->files = nullptr;
}

static void report_busy(unsigned mount_number)
{
    if (sim::is_ignored("mount_busy"))
        return;
    const kernel::kmem_cache_t &used_by = kernel::cache_of_user(mount_number);
    bool is_file = &used_by == kernel::fs_caches().files;
    sim::report({sim::verdict_kind::violation, "mount_busy",
                 std::string("the file system is in use after all its users have ended, by ") +
                     (is_file ? "an open file" : "a path"),
                 {}, used_by.name});
}

static void unmount_everything()
{
    end_idle_processes();
    for (unsigned number = 0; number < kernel::mounts_max; ++number) {
        if (!stage->unmounts[number])
            continue;
        long err = kernel::in_syscall("umount", [&] { return kernel::umount(number, {}); });
        if (err == -EBUSY)
            report_busy(number);
    }
}

void postpone_failures()
{
    stage->postpones_failures = true;
}

void begin_failures()
{
    kernel::budget() = {
        static_cast<std::uint8_t>(parameter_of("faults")),
        static_cast<std::uint8_t>(parameter_of("efaults")),
        static_cast<std::uint8_t>(parameter_of("oom")),
    };
}

static void set_up(void (*build)())
{
    kernel::boot_fs();
    int err = fuse::fuse_init();
    expect_in_setup(err == 0, "fuse_init", err);
    build();
    if (!stage->postpones_failures)
        begin_failures();
}

void start_setup(void (*build)())
{
    unsigned index = sim::start_task("setup", [build] {
        set_up(build);
        sim::yield_to_host(between_phases);
        for (unsigned i = 0; i < stage->doomed_count; ++i)
            kernel::sys_kill(stage->doomed[i], SIGKILL);
        sim::yield_to_host(between_phases);
        unmount_everything();
    });
    kernel::make_task_struct(index, nullptr, nullptr);
}

} // namespace interfuse
