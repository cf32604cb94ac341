#include "sim/kernel/pagemap.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/kernel/testing_pages.hpp"

namespace kernel {
namespace {

paged_file &all()
{
    return testing_file;
}

address_space *cache()
{
    return &all().node->i_data;
}

template <typename Setup> kernel_world<sim::nothing> with_file(Setup setup, unsigned long readahead = 0)
{
    return kernel_world<sim::nothing>([setup, readahead](sim::nothing &) {
        open_testing_file(readahead);
        setup();
    });
}

// A page in the cache, locked.
page *add(u64 index)
{
    page *pg = alloc_page(GFP_KERNEL);
    all().first = add_to_page_cache(pg, cache(), index, place::here());
    put_page(pg);
    return pg;
}

std::string results()
{
    return fmt::format("{} {} pages {}", all().first, all().second, cache()->nrpages);
}

TEST(PageCache, AddsAPageLockedAndHoldsIt)
{
    auto w = with_file([] {
        spawn_user("a", [] {
            page *pg = add(3);
            all().second = pg->count.counter + 10 * ((pg->flags & PG_locked) != 0);
            unlock_page(pg);
        });
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(results(), "0 11 pages 1");
}

TEST(PageCache, HoldsOnePageForEachIndex)
{
    auto w = with_file([] {
        for (int i = 0; i < 2; ++i)
            spawn_user("adder", [] {
                page *pg = alloc_page(GFP_KERNEL);
                if (add_to_page_cache(pg, cache(), 3, place::here()) == 0)
                    unlock_page(pg);
                else
                    ++all().second;
                put_page(pg);
            });
    });
    EXPECT_EQ(w.outcomes([](const sim::nothing &) { return results(); }), outcome_set{"0 1 pages 1"});
}

TEST(PageCache, MayLackMemoryForItsTree)
{
    auto w = with_file([] {
        page *pg = alloc_page(GFP_KERNEL);
        budget().failed_allocations = 1;
        spawn_user("adder", [pg] {
            all().first = add_to_page_cache(pg, cache(), 3, place::here());
            if (all().first == 0)
                unlock_page(pg);
            put_page(pg);
        });
    });
    EXPECT_EQ(w.outcomes([](const sim::nothing &) { return results(); }),
              (outcome_set{"0 0 pages 1", fmt::format("{} 0 pages 0", -ENOMEM)}));
}

TEST(PageCache, FindLockPageWaitsForTheLockAndSeesThatThePageHasGone)
{
    auto w = with_file([] {
        page *pg = add(1);
        spawn_user("truncater", [pg] {
            unlock_page(pg);
            truncate_inode_pages(cache(), place::here());
        });
        spawn_user("finder", [] {
            page *found = find_lock_page(cache(), 1, place::here());
            all().second = found == nullptr ? 1 : 2;
            if (found == nullptr)
                return;
            all().second += found->mapping == nullptr ? 10 : 0;
            unlock_page(found);
            put_page(found);
        });
    });
    EXPECT_EQ(w.outcomes([](const sim::nothing &) { return results(); }),
              (outcome_set{"0 1 pages 0", "0 2 pages 0"}));
    EXPECT_FALSE(any_page_in_use() && cache()->nrpages != 0);
}

TEST(Truncate, WaitsForALockedPage)
{
    auto w = with_file([] {
        page *pg = add(1);
        spawn_user("truncater", [] {
            truncate_inode_pages(cache(), place::here());
            all().second += 1;
        });
        spawn_user("holder", [pg] {
            all().second += all().second == 0 ? 10 : 100;
            unlock_page(pg);
        });
    });
    EXPECT_EQ(w.outcomes([](const sim::nothing &) { return results(); }), outcome_set{"0 11 pages 0"});
}

TEST(Truncate, OfAPageThatItsOwnTaskHasLockedHangs)
{
    auto w = with_file([] {
        spawn_user("a", [] {
            add(1);
            truncate_inode_pages(cache(), place::here());
        });
    });
    EXPECT_EQ(text_of(w.run()), "hung");
}

TEST(Invalidate, LeavesLockedDirtyAndMappedPages)
{
    auto w = with_file([] {
        spawn_user("a", [] {
            add(0);
            page *dirty = add(1), *mapped = add(2), *clean = add(3);
            dirty->flags |= PG_dirty;
            mapped->mapcount = 1;
            for (page *pg : {dirty, mapped, clean})
                unlock_page(pg);
            invalidate_inode_pages(cache());
        });
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(results(), "0 0 pages 3");
}

int take_two(void *data, page *pg)
{
    auto taken = static_cast<long *>(data);
    unlock_page(pg);
    return ++*taken == 2 ? -EINTR : 0;
}

TEST(ReadCachePages, LeavesOutWhatIsThereAndReleasesTheRestAfterAnError)
{
    auto w = with_file([] {
        spawn_user("a", [] {
            unlock_page(add(0));
            list_head list;
            INIT_LIST_HEAD(&list);
            for (u64 index = 0; index < 4; ++index) {
                page *pg = alloc_page(GFP_KERNEL);
                pg->index = index;
                list_add_tail(&pg->lru, &list);
            }
            all().first = read_cache_pages(cache(), &list, take_two, &all().second);
            truncate_inode_pages(cache(), place::here());
        });
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(results(), fmt::format("{} 2 pages 0", -EINTR));
    unmap_all(all().mm);
    EXPECT_FALSE(any_page_in_use());
}

int note_pages(file *, address_space *mapping, list_head *list, unsigned count)
{
    all().second = count;
    return read_cache_pages(
        mapping, list,
        [](void *, page *pg) {
            all().first = all().first * 10 + static_cast<long>(pg->index) + 1;
            return read_testing_page(nullptr, pg);
        },
        nullptr);
}

std::string asked_for(u64 first, unsigned long count, unsigned long readahead)
{
    auto w = with_file(
        [=] {
            all().pages.readpages = note_pages;
            spawn_user("a", [=] { page_cache_readahead(cache(), all().files->fd[0], first, count, place::here()); });
        },
        readahead);
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    return fmt::format("{} of {}", all().first, all().second);
}

TEST(Readahead, AsksForWhatIsReadAndFromTheBeginningForMore)
{
    EXPECT_EQ(asked_for(0, 1, 4), "1 of 1");
    EXPECT_EQ(asked_for(0, 2, 4), "1234 of 4");
    EXPECT_EQ(asked_for(1, 2, 4), "23 of 2");
}

TEST(Readahead, EndsWithTheFileAndTheDevicesBound)
{
    EXPECT_EQ(asked_for(3, 3, 8), "4 of 1");
    EXPECT_EQ(asked_for(1, 3, 2), "23 of 2");
    EXPECT_EQ(asked_for(0, 3, 0), "0 of 0");
}

} // namespace
} // namespace kernel
