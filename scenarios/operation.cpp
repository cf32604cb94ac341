// Requesters that do one thing or another.
#include "scenarios/operation.hpp"

#include "scenarios/daemon_files.hpp"
#include "scenarios/requester.hpp"
#include "sim/choose.hpp"
#include "sim/kernel/namei.hpp"

namespace interfuse {

namespace {

// Those that `any` stands for, itself among them.
constexpr unsigned operations = static_cast<unsigned>(operation::fsync) + 1;

struct requester {
    mount m;
    task_of_operations work;
    process of;
    int fd;                // -1: not open
    std::uintptr_t source, target; // user addresses of what it writes and of where it reads
    std::size_t bytes;
};

bool uses_file(operation what)
{
    return what == operation::read || what == operation::write || what == operation::fsync || what == operation::any;
}

bool opens_file(operation what)
{
    return uses_file(what) || what == operation::open || what == operation::create || what == operation::mknod ||
           what == operation::opendir || what == operation::fsyncdir;
}

void close(long fd)
{
    if (fd >= 0 && !kernel::killed())
        kernel::sys_close(static_cast<int>(fd));
}

// Runs a piece of work on the file that the task has, or on one that it opens for it.
template <typename Work> void with_file(const requester &r, Work use)
{
    long fd = r.fd >= 0 ? r.fd : kernel::sys_open(r.m.number, r.work.file);
    if (fd >= 0 && !kernel::killed())
        use(static_cast<int>(fd));
    if (r.fd < 0)
        close(fd);
}

void sync_folder(const requester &r)
{
    long fd = kernel::sys_open(r.m.number, "D");
    if (fd >= 0 && !kernel::killed())
        kernel::sys_fsync(static_cast<int>(fd));
    close(fd);
}

void fill_source(const requester &r, std::uint64_t offset)
{
    fill_to_write(r.of.mm, r.source, r.bytes, static_cast<std::uint64_t>(*r.work.file), offset);
}

void perform(const requester &r, operation what, int nth)
{
    static constexpr char value[] = "0123456789abcdef";
    // Each reads or writes behind the last one, until the file is through.
    auto offset = static_cast<loff_t>(r.bytes * static_cast<std::size_t>(nth) % file_bytes());
    switch (what) {
    case operation::read:
        with_file(r, [&](int fd) { kernel::sys_pread(fd, r.target, r.bytes, offset); });
        break;
    case operation::write:
        fill_source(r, static_cast<std::uint64_t>(offset));
        with_file(r, [&](int fd) { kernel::sys_pwrite(fd, r.source, r.bytes, offset); });
        break;
    case operation::setxattr:
        kernel::sys_setxattr(r.m.number, r.work.file, "user.colour", value, sizeof value);
        break;
    case operation::open:
        close(kernel::sys_open(r.m.number, r.work.file));
        break;
    case operation::getattr:
        kernel::sys_stat_root(r.m.number);
        break;
    case operation::create:
        close(kernel::sys_create(r.m.number, "n"));
        break;
    case operation::unlink:
        kernel::sys_unlink(r.m.number, "u");
        break;
    case operation::rename:
        kernel::sys_rename(r.m.number, "m", "D/n");
        break;
    case operation::link:
        kernel::sys_link(r.m.number, "l", "D/n");
        break;
    case operation::fsync:
        with_file(r, [](int fd) { kernel::sys_fsync(fd); });
        break;
    case operation::mknod:
        close(kernel::sys_create(r.m.number, "no"));
        break;
    case operation::opendir:
        close(kernel::sys_open(r.m.number, "D"));
        break;
    case operation::fsyncdir:
        sync_folder(r);
        break;
    default:
        kernel::sys_stat(r.m.number, r.work.file);
    }
}

operation choose_operation()
{
    unsigned answer = sim::choose(sim::choice_kind::behaviour, operations - 1);
    return static_cast<operation>(answer < static_cast<unsigned>(operation::any) ? answer : answer + 1);
}

void live(const requester &r)
{
    for (int nth = 0; nth < r.work.times && !kernel::killed(); ++nth) {
        operation what = r.work.what;
        if (what == operation::any)
            what = choose_operation();
        perform(r, what, nth);
    }
}

} // namespace

std::vector<const char *> names_of_operations()
{
    return {"lookup", "read", "write", "setxattr", "open", "any", "getattr", "create", "unlink", "rename", "link", "fsync",
            "mknod", "opendir", "fsyncdir"};
}

task_struct *start_operator(const char *name, const mount &m, task_of_operations work)
{
    requester r{m, work, {}, -1, 0, 0, work.pages * kernel::PAGE_SIZE};
    if (opens_file(work.what))
        r.of = make_process();
    if (uses_file(work.what) && !work.opens_itself)
        r.fd = open_before_run(m, work.file, r.of).fd;
    if (work.what == operation::write || work.what == operation::any)
        r.source = kernel::map_user_pages(r.of.mm, work.pages);
    if (work.what == operation::read || work.what == operation::any)
        r.target = kernel::map_user_pages(r.of.mm, work.pages);
    return spawn(name, r.of, [r] { live(r); });
}

} // namespace interfuse
