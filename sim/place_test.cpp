#include "sim/place.hpp"

#include <string>

#include <gtest/gtest.h>

namespace sim {
namespace {

place named_by_default(place where = place::here())
{
    return where;
}

TEST(Place, NamesTheCaller)
{
    place here = named_by_default();
    EXPECT_STREQ(here.file(), "sim/place_test.cpp");
    EXPECT_STREQ(here.function(), "TestBody");
    EXPECT_EQ(here.line(), static_cast<unsigned>(__LINE__) - 3);
}

TEST(Place, KeepsStringsOfTheHeapAndTheLastLineItHasRoomFor)
{
    std::string file(100, 'f'), function(100, 'g');
    place where(file.c_str(), function.c_str(), place::line_max);
    EXPECT_EQ(where.file(), file.c_str());
    EXPECT_EQ(where.function(), function.c_str());
    EXPECT_EQ(where.line(), place::line_max);
    EXPECT_EQ(place("", "", place::line_max + 1).line(), place::line_max);
}

TEST(Place, IsEmptyUnlessSet)
{
    place nowhere;
    EXPECT_STREQ(nowhere.file(), "");
    EXPECT_STREQ(nowhere.function(), "");
    EXPECT_EQ(nowhere.line(), 0U);
}

} // namespace
} // namespace sim
