// The requesters' loops.
#include "scenarios/requester.hpp"

#include <fmt/format.h>

#include "scenarios/daemon_files.hpp"
#include "sim/fault.hpp"
#include "sim/kernel/bug.hpp"
#include "sim/kernel/mmap.hpp"
#include "sim/kernel/namei.hpp"

namespace interfuse {

task_struct *start_looker(const char *name, const mount &m, const char *file, int times)
{
    return spawn(name, {}, [m, file, times] {
        for (int i = 0; i < times && !kernel::killed(); ++i)
            kernel::sys_stat(m.number, file);
    });
}

task_struct *start_getter(const char *name, const mount &m)
{
    return spawn(name, {}, [m] { kernel::sys_stat_root(m.number); });
}

task_struct *start_opener(const char *name, const mount &m, const char *file)
{
    return spawn(name, make_process(), [m, file] {
        long fd = kernel::sys_open(m.number, file);
        if (fd >= 0 && !kernel::killed())
            kernel::sys_close(static_cast<int>(fd));
    });
}

task_struct *start_creator(const char *name, const mount &m, const char *file)
{
    return spawn(name, make_process(), [m, file] {
        long fd = kernel::sys_create(m.number, file);
        if (fd >= 0 && !kernel::killed())
            kernel::sys_close(static_cast<int>(fd));
    });
}

task_struct *start_unlinker(const char *name, const mount &m, const char *file)
{
    return spawn(name, {}, [m, file] { kernel::sys_unlink(m.number, file); });
}

task_struct *start_renamer(const char *name, const mount &m, const char *from, const char *to)
{
    return spawn(name, {}, [m, from, to] { kernel::sys_rename(m.number, from, to); });
}

task_struct *start_linker(const char *name, const mount &m, const char *file, const char *as)
{
    return spawn(name, {}, [m, file, as] { kernel::sys_link(m.number, file, as); });
}

task_struct *start_attribute_setter(const char *name, const mount &m, const char *file, std::size_t value_bytes)
{
    static constexpr char value[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    sim::require(value_bytes < sizeof value, "an attribute's value is longer than its requester has bytes for");
    return spawn(name, {}, [m, file, value_bytes] {
        kernel::sys_setxattr(m.number, file, "user.colour", value, value_bytes);
    });
}

task_struct *start_syncer(const char *name, const open_file &file)
{
    return spawn(name, file.of, [fd = file.fd] { kernel::sys_fsync(fd); });
}

void fill_to_write(kernel::mm_struct *mm, std::uintptr_t buffer, std::size_t bytes, std::uint64_t node,
                   std::uint64_t offset)
{
    for (std::size_t i = 0; i < bytes; ++i) {
        std::byte next = written_content_of(node, offset + i);
        kernel::copy_to_user_space(mm, buffer + i, &next, 1);
    }
}

static constexpr std::uint64_t first_offset = 3;

// REQUIRES: two pages, of which the halves of the second hold what is written.
static void use_file(int fd, std::uintptr_t target)
{
    std::uintptr_t first = target + kernel::PAGE_SIZE, second = first + kernel::PAGE_SIZE / 2;
    kernel::sys_pread(fd, target, kernel::PAGE_SIZE, 0);
    // A piece of a page, and one that makes the file longer.
    kernel::sys_pwrite(fd, first, kernel::PAGE_SIZE / 2, static_cast<loff_t>(first_offset));
    kernel::sys_pwrite(fd, second, kernel::PAGE_SIZE / 2, static_cast<loff_t>(file_bytes()));
    kernel::sys_fsync(fd);
    kernel::sys_fsync(fd);
}

task_struct *start_user(const char *name, const mount &m, const char *file)
{
    process by = make_process();
    std::uintptr_t buffer = kernel::map_user_pages(by.mm, 2);
    std::size_t half = kernel::PAGE_SIZE / 2;
    auto node = static_cast<std::uint64_t>(*file);
    fill_to_write(by.mm, buffer + 2 * half, half, node, first_offset);
    fill_to_write(by.mm, buffer + 3 * half, half, node, file_bytes());
    return spawn(name, by, [m, file, buffer] {
        long fd = kernel::sys_open(m.number, file);
        if (fd < 0)
            return;
        use_file(static_cast<int>(fd), buffer);
        kernel::sys_close(static_cast<int>(fd));
    });
}

// What a READ left out is zero, and so is what a writer had at a bad address or on a page that there was no memory for.
static bool may_hold_zeros(const open_file &file)
{
    return file.node == 's' || parameter_of("efaults") > 0 || parameter_of("oom") > 0;
}

static void check_content(std::byte got, std::uint64_t node, std::uint64_t offset, bool zeros)
{
    if (got != content_of(node, offset) && got != written_content_of(node, offset) && !(zeros && got == std::byte{0}))
        kernel::rule_broken("file_content",
                            fmt::format("a reader gets byte {:#x} at offset {}, which nobody wrote there",
                                        static_cast<unsigned>(got), offset),
                            kernel::place::here());
}

// The user address of a buffer of the file's process.
static std::uintptr_t map_buffer(const open_file &file, transfer &what)
{
    if (what.bytes == 0)
        what.bytes = kernel::PAGE_SIZE;
    if (what.target != 0)
        return what.target;
    std::size_t pages = (what.skew + what.bytes + kernel::PAGE_SIZE - 1) / kernel::PAGE_SIZE;
    return kernel::map_user_pages(file.of.mm, static_cast<unsigned>(pages)) + what.skew;
}

std::uintptr_t map_file_before_run(const open_file &file, unsigned pages)
{
    task_struct *self = kernel::current;
    self->mm = file.of.mm;
    self->files = file.of.files;
    long mapped = kernel::sys_mmap_file(file.fd, pages, 0);
    expect_in_setup(mapped > 0, "mapping a file", mapped);
    self->mm = nullptr;
    self->files = nullptr;
    return static_cast<std::uintptr_t>(mapped);
}

task_struct *start_reader(const char *name, const open_file &file, transfer what)
{
    std::uintptr_t buffer = map_buffer(file, what);
    return spawn(name, file.of, [file, what, buffer, zeros = may_hold_zeros(file)] {
        long got = kernel::sys_pread(file.fd, buffer, what.bytes, static_cast<loff_t>(what.offset));
        if (what.told_beyond != 0 && got > static_cast<long>(what.told_beyond))
            reached("a second chunk is read");
        for (long i = 0; i < got && what.knows_content; ++i) {
            std::byte one{};
            auto at = static_cast<std::uint64_t>(i);
            kernel::copy_from_user_space(&one, file.of.mm, buffer + at, 1);
            check_content(one, file.node, what.offset + at, zeros);
        }
    });
}

task_struct *start_writer(const char *name, const open_file &file, transfer what)
{
    std::uintptr_t buffer = map_buffer(file, what);
    fill_to_write(file.of.mm, buffer, what.bytes, file.node, what.offset);
    return spawn(name, file.of, [file, what, buffer] {
        kernel::sys_pwrite(file.fd, buffer, what.bytes, static_cast<loff_t>(what.offset));
    });
}

task_struct *start_mapped_reader(const char *name, const open_file &file, unsigned pages)
{
    return spawn(name, file.of, [file, pages, zeros = may_hold_zeros(file)] {
        long start = kernel::sys_mmap_file(file.fd, pages, 0);
        for (unsigned i = 0; start > 0 && i < pages && !kernel::killed(); ++i) {
            std::byte one{};
            std::uint64_t offset = i * kernel::PAGE_SIZE;
            if (kernel::load_user_memory(&one, static_cast<std::uintptr_t>(start) + offset, 1) == 0)
                check_content(one, file.node, offset, zeros);
        }
    });
}

} // namespace interfuse
