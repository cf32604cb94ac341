#include "sim/kernel/filemap.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/kernel/testing_pages.hpp"

namespace kernel {
namespace {

paged_file &all()
{
    return testing_file;
}

template <typename Setup> kernel_world<sim::nothing> with_file(Setup setup)
{
    return kernel_world<sim::nothing>([setup](sim::nothing &) {
        open_testing_file(0);
        setup();
    });
}

template <typename Body> kernel_world<sim::nothing> one_task(Body body)
{
    return with_file([body] { spawn_user("a", body); });
}

TEST(GenericRead, ReadsEachPageOnceAndCopiesAcrossPages)
{
    auto w = one_task([] {
        all().first = sys_pread(0, all().buffer, PAGE_SIZE + 10, 20);
        all().second = sys_pread(0, all().buffer, PAGE_SIZE + 10, 20);
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(all().first, 138);
    EXPECT_EQ(all().second, 138);
    EXPECT_EQ(all().reads, 2U);
    EXPECT_TRUE(buffer_holds(20, 138));
}

TEST(GenericRead, EndsWithTheFile)
{
    auto w = one_task([] {
        all().first = sys_pread(0, all().buffer, PAGE_SIZE, 4 * PAGE_SIZE - 30);
        all().second = sys_pread(0, all().buffer, PAGE_SIZE, 4 * PAGE_SIZE);
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(all().first, 30);
    EXPECT_EQ(all().second, 0);
}

TEST(GenericRead, ReportsAnErrorAndReadsAgainTheNextTime)
{
    auto w = one_task([] {
        all().fails = true;
        all().first = sys_pread(0, all().buffer, 10, 0);
        all().fails = false;
        all().second = sys_pread(0, all().buffer, 10, 0);
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(all().first, -EIO);
    EXPECT_EQ(all().second, 10);
    EXPECT_TRUE(buffer_holds(0, 10));
}

TEST(GenericRead, OfTwoTasksReadsAPageOnce)
{
    auto w = with_file([] {
        for (int i = 0; i < 2; ++i)
            spawn_user("reader", [] { all().first += sys_pread(0, all().buffer, 10, 0); });
    });
    sim::by_chance chooser(1);
    for (unsigned i = 0; i < 3000; ++i) {
        ASSERT_EQ(text_of(w.run(chooser, i)), "done");
        ASSERT_EQ(fmt::format("{} {}", all().first, all().reads), "20 1");
    }
}

TEST(GenericRead, BesideATruncationGetsTheFilesBytes)
{
    auto w = with_file([] {
        for (int i = 0; i < 2; ++i)
            spawn_user("reader", [] { all().first += sys_pread(0, all().buffer, 10, 0); });
        spawn_user("truncater", [] { truncate_inode_pages(&all().node->i_data, place::here()); });
    });
    sim::by_chance chooser(1);
    unsigned read_twice = 0;
    for (unsigned i = 0; i < 3000; ++i) {
        ASSERT_EQ(text_of(w.run(chooser, i)), "done");
        ASSERT_TRUE(all().first == 20 && buffer_holds(0, 10));
        read_twice += all().reads == 2;
    }
    EXPECT_GT(read_twice, 0U);
}

TEST(GenericWrite, GoesPageByPageUnderTheMutex)
{
    auto w = one_task([] {
        all().pages.commit_write = [](file *, page *pg, unsigned from, unsigned to) {
            bool held = is_held(all().node->i_mutex) && (pg->flags & PG_locked) != 0;
            all().second = all().second * 1000 + (to - from) + (held ? 0 : 500);
            return 0;
        };
        all().first = sys_pwrite(0, all().buffer, PAGE_SIZE + 10, 100);
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(all().first, 138);
    EXPECT_EQ(all().second, 28110);
}

TEST(GenericWrite, TakesZerosForWhatLiesAtABadAddress)
{
    auto w = one_task([] {
        all().pages.commit_write = [](file *, page *pg, unsigned from, unsigned) {
            all().second = static_cast<long>(pg->data[from]);
            return 0;
        };
        all().first = sys_pwrite(0, all().buffer + 4 * PAGE_SIZE, 10, 0);
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(all().first, -EFAULT);
    EXPECT_EQ(all().second, 0);
}

TEST(FileMapping, ReadsAPageAtItsFirstLoadAndSharesIt)
{
    auto w = one_task([] {
        long start = sys_mmap_file(0, 2, 1);
        std::byte got{};
        all().first = load_user_memory(&got, static_cast<std::uintptr_t>(start), 1);
        all().second = got == byte_at(PAGE_SIZE);
        load_user_memory(&got, static_cast<std::uintptr_t>(start) + 5, 1);
        sys_pread(0, all().buffer, 10, PAGE_SIZE);
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(all().first, 0);
    EXPECT_EQ(all().second, 1);
    EXPECT_EQ(all().reads, 1U);
}

TEST(FileMapping, TriesTwiceAndBeyondTheFileNotAtAll)
{
    auto w = one_task([] {
        all().fails = true;
        auto start = static_cast<std::uintptr_t>(sys_mmap_file(0, 2, 3));
        std::byte got{};
        all().first = load_user_memory(&got, start, 1);
        all().second = load_user_memory(&got, start + PAGE_SIZE, 1);
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(all().first, -EFAULT);
    EXPECT_EQ(all().second, -EFAULT);
    EXPECT_EQ(all().reads, 2U);
}

TEST(FileMapping, IsPrivateToWhoWritesIt)
{
    auto w = one_task([] {
        auto start = static_cast<std::uintptr_t>(sys_mmap_file(0, 1, 0));
        std::byte own{1}, got{};
        all().first = static_cast<long>(copy_to_user(start, &own, 1));
        load_user_memory(&got, start, 1);
        all().second = got == own ? 1 : 0;
        sys_pread(0, all().buffer, 1, 0);
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(all().first, 0);
    EXPECT_EQ(all().second, 1);
    EXPECT_TRUE(buffer_holds(0, 1));
}

TEST(FileMapping, HoldsItsFileAndKeepsItsPagesFromBeingInvalidated)
{
    auto w = one_task([] {
        auto start = static_cast<std::uintptr_t>(sys_mmap_file(0, 1, 0));
        std::byte got{};
        load_user_memory(&got, start, 1);
        sys_close(0);
        all().first = calls_made() == "aaf";
        invalidate_inode_pages(&all().node->i_data);
        all().second = static_cast<long>(all().node->i_data.nrpages);
        sys_munmap(start, 1);
        invalidate_inode_pages(&all().node->i_data);
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(all().first, 1);
    EXPECT_EQ(all().second, 1);
    EXPECT_EQ(all().node->i_data.nrpages, 0U);
    EXPECT_EQ(calls_made(), "aafr");
}

TEST(FileMapping, FaultOfALockedPageWaitsWithMmapSemHeld)
{
    auto w = with_file([] {
        page *pg = alloc_page(GFP_KERNEL);
        add_to_page_cache(pg, &all().node->i_data, 0, place::here());
        spawn_user("faulting", [] {
            auto start = static_cast<std::uintptr_t>(sys_mmap_file(0, 1, 0));
            std::byte got{};
            load_user_memory(&got, start, 1);
        });
    });
    EXPECT_EQ(text_of(w.run()), "hung");
    EXPECT_EQ(all().mm->mmap_sem.activity, 1);
}

} // namespace
} // namespace kernel
