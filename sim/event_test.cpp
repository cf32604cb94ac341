#include "sim/event.hpp"

#include <set>

#include <gtest/gtest.h>

#include "sim/choose.hpp"
#include "sim/verdict.hpp"

namespace sim {
namespace {

template <typename Kind> std::size_t distinct_names(unsigned kinds)
{
    std::set<std::string_view> names;
    for (unsigned i = 0; i < kinds; ++i)
        names.insert(name_of(static_cast<Kind>(i)));
    names.erase("");
    return names.size();
}

TEST(Names, AreDistinctForEachKindOfEventChoiceAndVerdict)
{
    EXPECT_EQ(distinct_names<event_kind>(event_kinds), event_kinds);
    EXPECT_EQ(distinct_names<choice_kind>(choice_kinds), choice_kinds);
    EXPECT_EQ(distinct_names<verdict_kind>(8), 8U);
}

TEST(Names, OfEventsAreThoseOfTraces)
{
    EXPECT_EQ(name_of(event_kind::task_start), "task-start");
    EXPECT_EQ(name_of(event_kind::down_failed), "down-failed");
    EXPECT_EQ(name_of(event_kind::kunmap), "kunmap");
    EXPECT_EQ(name_of(event_kind::mark), "mark");
}

TEST(Verdict, FindingsAreAllButDoneStalledAndTheStepLimit)
{
    auto is_finding = [](verdict_kind kind) {
        verdict v;
        v.kind = kind;
        return v.is_finding();
    };
    for (verdict_kind kind : {verdict_kind::done, verdict_kind::stalled, verdict_kind::step_limit})
        EXPECT_FALSE(is_finding(kind));
    for (verdict_kind kind : {verdict_kind::hung, verdict_kind::violation, verdict_kind::bug, verdict_kind::oops,
                              verdict_kind::soft_lockup})
        EXPECT_TRUE(is_finding(kind));
}

} // namespace
} // namespace sim
