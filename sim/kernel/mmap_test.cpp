#include "sim/kernel/mmap.hpp"

#include <cerrno>

#include <gtest/gtest.h>

#include "sim/kernel/testing_tasks.hpp"

namespace kernel {
namespace {

struct machine {
    mm_struct *mm;
    std::uintptr_t start;
    critical_section section;
    page *found;
    int result;
};

// A user of the first page, as the kernel gets at it.
void load(machine &all)
{
    down_read(&all.mm->mmap_sem);
    all.result = get_user_pages(current, all.mm, all.start, 1, 0, 0, &all.found, nullptr);
    all.section.visit();
    up_read(&all.mm->mmap_sem);
    if (all.result == 1)
        put_page(all.found);
}

std::string result_of(const machine &all)
{
    return std::to_string(all.result);
}

template <typename Body> kernel_world<machine> beside_load(Body body)
{
    return kernel_world<machine>([body](machine &all) {
        all.mm = make_mm();
        all.start = map_user_pages(all.mm, 1);
        spawn("loader", [&all] { load(all); }, all.mm);
        spawn("mapper", [&all, body] { body(all); }, all.mm);
    });
}

TEST(Mmap, AnUnmappedPageIsABadAddressForWhoComesLater)
{
    kernel_world<machine> w = beside_load([](machine &all) { sys_munmap(all.start, 1); });
    EXPECT_EQ(w.outcomes(result_of), (outcome_set{"1", std::to_string(-EFAULT)}));
}

TEST(Mmap, AMappedPageIsGoodAgain)
{
    kernel_world<machine> w([](machine &all) {
        all.mm = make_mm();
        all.start = map_user_pages(all.mm, 1);
        spawn("mapper", [&all] {
            sys_munmap(all.start, 1);
            sys_mmap(all.start, 1);
            load(all);
        }, all.mm);
    });
    EXPECT_EQ(w.outcomes(result_of), outcome_set{"1"});
}

TEST(Mmap, AProtectedPageIsABadAddressAndKeepsWhatItHolds)
{
    kernel_world<machine> w([](machine &all) {
        all.mm = make_mm();
        all.start = map_user_pages(all.mm, 1);
        spawn("mapper", [&all] {
            constexpr char written = 'x';
            copy_to_user_space(all.mm, all.start, &written, 1);
            sys_mprotect(all.start, 1, false);
            load(all);
            int bad = all.result;
            sys_mprotect(all.start, 1, true);
            load(all);
            char read = 0;
            copy_from_user_space(&read, all.mm, all.start, 1);
            all.result = bad == -EFAULT && all.result == 1 && read == written;
        }, all.mm);
    });
    EXPECT_EQ(w.outcomes(result_of), outcome_set{"1"});
}

TEST(Mmap, APageInUseOutlivesItsMapping)
{
    kernel_world<machine> w = beside_load([](machine &all) {
        sys_munmap(all.start, 1);
        sys_mmap(all.start, 1);
    });
    EXPECT_EQ(w.outcomes(result_of), (outcome_set{"1", std::to_string(-EFAULT)}));
}

} // namespace
} // namespace kernel
