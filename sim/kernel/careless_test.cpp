#include <gtest/gtest.h>

#include "sim/kernel/list.hpp"
#include "sim/kernel/planted/careless.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/kernel/testing_tasks.hpp"

namespace kernel {
namespace {

struct lists {
    list_head head, a, b;
    callback<void(int, int *)> end;
    int called;
    unsigned count;
};

void link_all(lists &all)
{
    INIT_LIST_HEAD(&all.head);
    list_add_tail(&all.a, &all.head);
    list_add_tail(&all.b, &all.head);
}

void expect_finding(const sim::verdict &v, sim::verdict_kind kind, const char *what, const char *function)
{
    EXPECT_EQ(v.kind, kind);
    EXPECT_NE(v.message.find(what), std::string::npos) << v.message;
    EXPECT_STREQ(v.where.function(), function);
    EXPECT_STREQ(v.where.file(), "core/planted/careless.cpp");
}

TEST(CarelessCode, AnEndlessListWalkIsASoftLockup)
{
    sim::verdict v = alone<lists>([](lists &all) {
        link_all(all);
        all.b.next = &all.a;
        count_entries(&all.head);
    });
    EXPECT_EQ(v.kind, sim::verdict_kind::soft_lockup);
}

TEST(CarelessCode, AListWalkThatEndsIsNone)
{
    kernel_world<lists> w([](lists &all) {
        spawn("a", [&all] {
            link_all(all);
            all.count = count_entries(&all.head);
        });
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(w->count, 2U);
}

TEST(CarelessCode, ASecondListDelIsAnOops)
{
    sim::verdict v = alone<lists>([](lists &all) {
        link_all(all);
        delete_twice(&all.a);
    });
    expect_finding(v, sim::verdict_kind::oops, "the poison that list_del leaves", "delete_twice");
}

TEST(CarelessCode, AListWalkFromAFreedObjectIsAnOops)
{
    sim::verdict v = alone<lists>([](lists &) {
        auto *object = static_cast<list_head *>(kmalloc(sizeof(list_head), GFP_KERNEL));
        kfree(object);
        count_entries(object);
    });
    expect_finding(v, sim::verdict_kind::oops, "poisoned", "count_entries");
}

TEST(CarelessCode, ANullCallbackIsAnOopsAtItsCaller)
{
    expect_finding(alone<lists>([](lists &all) { finish(all.end, &all.called); }), sim::verdict_kind::oops,
                   "null function pointer", "finish");
}

TEST(CarelessCode, APoisonedCallbackIsAnOopsAtItsCaller)
{
    for (int poison : {POISON_FREE, POISON_INUSE})
        expect_finding(alone<lists>([poison](lists &all) {
                           memset(&all.end, poison, sizeof all.end);
                           finish(all.end, &all.called);
                       }),
                       sim::verdict_kind::oops, "poisoned", "finish");
}

int *argument_seen;

TEST(CarelessCode, ACallbackIsCalledAndIsAnEventOnItsLastArgument)
{
    kernel_world<lists> w([](lists &all) {
        all.end = static_cast<void (*)(int, int *)>([](int value, int *called) { *called = value; });
        spawn("a", [&all] { finish(all.end, &all.called); });
    });
    argument_seen = nullptr;
    sim::the_run.listen.on_event = [](const sim::event &happened) {
        if (happened.kind == sim::event_kind::call)
            argument_seen = const_cast<int *>(static_cast<const int *>(happened.object));
    };
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(w->called, 1);
    EXPECT_EQ(argument_seen, &w->called);
}

TEST(CarelessCode, ABugOnNamesItsPlace)
{
    expect_finding(alone<lists>([](lists &) { stop_if(true); }), sim::verdict_kind::bug, "stop_if", "stop_if");
    EXPECT_EQ(alone<lists>([](lists &) { stop_if(false); }).kind, sim::verdict_kind::done);
}

TEST(CarelessCode, ABugOnNamesItsCallersCaller)
{
    sim::verdict v = alone<lists>([](lists &) { check(true); });
    EXPECT_EQ(v.message, "kernel BUG in stop_if, called by check");
    EXPECT_EQ(v.where.line(), 29U);
    EXPECT_EQ(v.caller, "check");
    EXPECT_EQ(alone<lists>([](lists &) { check(false); }).kind, sim::verdict_kind::done);
}

} // namespace
} // namespace kernel
