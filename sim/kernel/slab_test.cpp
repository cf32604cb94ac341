#include "sim/kernel/slab.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "sim/kernel/budget.hpp"
#include "sim/kernel/testing_tasks.hpp"

namespace kernel {
namespace {

struct objects {
    kmem_cache_t *cache, *other;
    unsigned char *a, *b, *c;
    int count;
};

void make_caches(objects &all)
{
    all.cache = kmem_cache_create("requests", 24, 0, 0, nullptr, nullptr);
    all.other = kmem_cache_create("others", 40, 0, 0, nullptr, nullptr);
}

unsigned char *take(kmem_cache_t *cache)
{
    return static_cast<unsigned char *>(kmem_cache_alloc(cache, GFP_KERNEL));
}

template <typename Body> kernel_world<objects> with_caches(Body body)
{
    return kernel_world<objects>([body](objects &all) {
        make_caches(all);
        spawn("a", [&all, body] { body(all); });
    });
}

template <typename Body> sim::verdict verdict_with_caches(Body body)
{
    return with_caches(body).run();
}

bool all_bytes(const unsigned char *object, unsigned char value)
{
    return std::all_of(object, object + 24, [value](unsigned char byte) { return byte == value; });
}

TEST(Slab, PoisonsNewAndFreedObjects)
{
    auto w = with_caches([](objects &all) {
        all.a = take(all.cache);
        all.b = take(all.cache);
        kmem_cache_free(all.cache, all.b);
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_TRUE(all_bytes(w->a, POISON_INUSE));
    EXPECT_TRUE(all_bytes(w->b, POISON_FREE));
}

TEST(Slab, HandsOutTheLowestFreeObject)
{
    auto w = with_caches([](objects &all) {
        unsigned char *first = take(all.cache);
        unsigned char *second = take(all.cache);
        take(all.cache);
        kmem_cache_free(all.cache, second);
        kmem_cache_free(all.cache, first);
        all.count = (take(all.cache) == first) + 2 * (take(all.cache) == second);
    });
    w.run();
    EXPECT_EQ(w->count, 3);
}

TEST(Slab, KeepsObjectsOfTwoCachesApart)
{
    auto w = with_caches([](objects &all) {
        all.a = take(all.cache);
        all.b = take(all.other);
    });
    w.run();
    EXPECT_EQ(find_slab_object(w->a + 23).cache, w->cache);
    EXPECT_EQ(find_slab_object(w->b).cache, w->other);
    EXPECT_EQ(find_slab_object(w->b).object(), reinterpret_cast<std::byte *>(w->b));
    EXPECT_TRUE(find_slab_object(w->a).live());
    EXPECT_EQ(find_slab_object(w->cache).cache, nullptr);
    EXPECT_EQ(find_slab_object(nullptr).cache, nullptr);
}

sim::verdict write_after_free_at(unsigned offset)
{
    kernel_world<objects> w([offset](objects &all) {
        make_caches(all);
        spawn("a", [&all, offset] {
            unsigned char *object = take(all.cache);
            kmem_cache_free(all.cache, object);
            object[offset] = 1;
            take(all.cache);
        });
    });
    return w.run();
}

TEST(Slab, CatchesAWriteAfterFreeWhenTheObjectIsHandedOutAgain)
{
    for (unsigned offset : {0U, 1U, 8U, 23U})
        EXPECT_EQ(text_of(write_after_free_at(offset)), "violation: write_after_free") << offset;
    EXPECT_NE(write_after_free_at(9).message.find("cache requests"), std::string::npos);
}

std::string leak_after_write_at(unsigned offset)
{
    kernel_world<objects> w([offset](objects &all) {
        make_caches(all);
        spawn("a", [&all, offset] {
            unsigned char *object = take(all.cache);
            kmem_cache_free(all.cache, object);
            object[offset] = 1;
        });
    });
    w.run();
    return check_slabs_empty();
}

TEST(Slab, CatchesAWriteAfterFreeInTheCheckForLeaks)
{
    for (unsigned offset : {0U, 1U, 8U, 23U})
        EXPECT_NE(leak_after_write_at(offset).find("cache requests was written"), std::string::npos) << offset;
}

TEST(Slab, NamesTheCacheOfALeakedObject)
{
    auto w = with_caches([](objects &all) {
        take(all.other);
        kmem_cache_free(all.cache, take(all.cache));
    });
    w.run();
    EXPECT_NE(check_slabs_empty().find("never freed (cache others)"), std::string::npos);
}

TEST(Slab, ChecksEmptyWhenEverythingWasFreed)
{
    auto w = with_caches([](objects &all) {
        kmem_cache_free(all.cache, take(all.cache));
        kfree(kmalloc(100, GFP_KERNEL));
    });
    w.run();
    EXPECT_EQ(check_slabs_empty(), "");
}

TEST(Slab, ReportsADoubleFree)
{
    EXPECT_EQ(text_of(verdict_with_caches([](objects &all) {
                  unsigned char *object = take(all.cache);
                  kmem_cache_free(all.cache, object);
                  kmem_cache_free(all.cache, object);
              })),
              "violation: double_free");
    EXPECT_EQ(text_of(verdict_with_caches([](objects &) {
                  void *object = kmalloc(50, GFP_KERNEL);
                  kfree(object);
                  kfree(object);
              })),
              "violation: double_free");
}

TEST(Slab, ReportsAFreeOfWhatIsNoObjectOfTheCache)
{
    EXPECT_EQ(text_of(verdict_with_caches([](objects &all) { kmem_cache_free(all.cache, take(all.other)); })),
              "violation: bad_free");
    EXPECT_EQ(text_of(verdict_with_caches([](objects &all) { kmem_cache_free(all.cache, take(all.cache) + 8); })),
              "violation: bad_free");
    EXPECT_EQ(text_of(verdict_with_caches([](objects &all) { kfree(take(all.cache)); })), "violation: bad_free");
    EXPECT_EQ(text_of(verdict_with_caches([](objects &all) { kfree(&all); })), "violation: bad_free");
}

TEST(Slab, TwoTasksThatFreeOneObjectAreReportedUnderEverySchedule)
{
    kernel_world<objects> w([](objects &all) {
        make_caches(all);
        all.a = take(all.cache);
        for (int i = 0; i < 2; ++i)
            spawn("freer", [&all] { kmem_cache_free(all.cache, all.a); });
    });
    EXPECT_EQ(w.outcomes(), outcome_set{"violation: double_free"});
}

TEST(Slab, FailsAllocationsAsOftenAsTheBudgetAllows)
{
    kernel_world<objects> w([](objects &all) {
        make_caches(all);
        budget().failed_allocations = 2;
        spawn("a", [&all] {
            for (int i = 0; i < 4; ++i)
                all.count += take(all.cache) == nullptr;
        });
    });
    EXPECT_EQ(w.outcomes([](const objects &all) { return std::to_string(all.count); }), (outcome_set{"0", "1", "2"}));
}

TEST(Slab, NeverFailsWithoutABudget)
{
    auto w = with_caches([](objects &all) { all.count = take(all.cache) == nullptr; });
    EXPECT_EQ(w.outcomes([](const objects &all) { return std::to_string(all.count); }), outcome_set{"0"});
    EXPECT_EQ(w.runs_done, 1U);
}

TEST(Slab, DestroyedWithObjectsInUseIsReported)
{
    EXPECT_EQ(text_of(verdict_with_caches([](objects &all) {
                  take(all.cache);
                  kmem_cache_destroy(all.cache);
              })),
              "violation: slab_leak");
    EXPECT_EQ(text_of(verdict_with_caches([](objects &all) {
                  kmem_cache_free(all.cache, take(all.cache));
                  kmem_cache_destroy(all.cache);
                  kmem_cache_destroy(all.other);
              })),
              "done");
}

TEST(Slab, KmallocGivesWhatWasAskedForAndKzallocZeroes)
{
    auto w = with_caches([](objects &all) {
        all.a = static_cast<unsigned char *>(kmalloc(100, GFP_KERNEL));
        all.b = static_cast<unsigned char *>(kzalloc(100, GFP_KERNEL));
        all.c = static_cast<unsigned char *>(kmalloc(kmalloc_max + 1, GFP_KERNEL));
        kfree(nullptr);
    });
    w.run();
    EXPECT_GE(find_slab_object(w->a).cache->object_bytes, 100U);
    EXPECT_TRUE(all_bytes(w->b, 0));
    EXPECT_EQ(w->c, nullptr);
}

} // namespace
} // namespace kernel
