#include <gtest/gtest.h>

#include "sim/planted/wild.hpp"
#include "sim/testing_world.hpp"

namespace sim {
namespace {

struct memory {
    chained head, link;
    char bytes[64];
    int flag, seen;
};

verdict end_of(void (*body)(memory &))
{
    test_world<memory> w([body](memory &all) {
        all.head.next = &all.link;
        start_task("a", [body, &all] { body(all); });
    });
    return w.run();
}

TEST(Watch, AnEndlessChainIsASoftLockup)
{
    EXPECT_EQ(text_of(end_of([](memory &all) {
                  all.link.next = &all.link;
                  count_chain(&all.head);
              })),
              "soft lockup: soft_lockup");
}

TEST(Watch, AChainThatEndsIsNone)
{
    EXPECT_EQ(text_of(end_of([](memory &all) {
                  all.link.next = &all.head;
                  count_chain(&all.head);
              })),
              "done");
}

TEST(Watch, ASoftLockupNamesItsPlace)
{
    verdict v = end_of([](memory &all) { wait_patiently(&all.flag); });
    EXPECT_EQ(v.kind, verdict_kind::soft_lockup);
    EXPECT_STREQ(v.where.file(), "core/planted/wild.cpp");
}

TEST(Watch, AWriteToTheHeapIsSeenAndOneToTheStackIsNot)
{
    test_world<memory> w([](memory &all) {
        start_task("a", [&all] {
            char local[8];
            the_run.core_wrote = false;
            fill(local, sizeof local);
            all.seen = the_run.core_wrote;
            fill(all.bytes, sizeof all.bytes);
            all.seen += 2 * the_run.core_wrote;
        });
    });
    w.run();
    EXPECT_EQ(w->seen, 2);
}

} // namespace
} // namespace sim
