#include "sim/kernel/list.hpp"

#include <string>

#include <gtest/gtest.h>

namespace kernel {
namespace {

struct entry {
    char letter;
    list_head list;
};

struct chain {
    list_head head, other;
    entry a{'a', {}}, b{'b', {}}, c{'c', {}};
    chain()
    {
        INIT_LIST_HEAD(&head);
        INIT_LIST_HEAD(&other);
        for (entry *e : {&a, &b, &c})
            list_add_tail(&e->list, &head);
    }
};

std::string letters_of(const list_head &head)
{
    std::string forward, backward;
    for (list_head *at = head.next; at != &head; at = at->next)
        forward += list_entry<&entry::list>(at)->letter;
    for (list_head *at = head.prev; at != &head; at = at->prev)
        backward.insert(backward.begin(), list_entry<&entry::list>(at)->letter);
    return forward == backward ? forward : forward + " but backward " + backward;
}

TEST(List, AddsAtEitherEnd)
{
    chain all;
    entry d{'d', {}}, e{'e', {}};
    list_add(&d.list, &all.head);
    list_add_tail(&e.list, &all.head);
    EXPECT_EQ(letters_of(all.head), "dabce");
}

TEST(List, DeletesAndLeavesPoison)
{
    chain all;
    list_del(&all.b.list);
    EXPECT_EQ(letters_of(all.head), "ac");
    EXPECT_EQ(all.b.list.next, LIST_POISON1);
    EXPECT_EQ(all.b.list.prev, LIST_POISON2);
}

TEST(List, DeletesAndLeavesAnEmptyEntryThatMayBeDeletedAgain)
{
    chain all;
    list_del_init(&all.b.list);
    EXPECT_TRUE(list_empty(&all.b.list));
    list_del_init(&all.b.list);
    EXPECT_EQ(letters_of(all.head), "ac");
}

TEST(List, MovesToEitherEndOfAnother)
{
    chain all;
    list_move(&all.b.list, &all.other);
    list_move(&all.c.list, &all.other);
    list_move_tail(&all.a.list, &all.other);
    EXPECT_EQ(letters_of(all.other), "cba");
    EXPECT_TRUE(list_empty(&all.head));
}

} // namespace
} // namespace kernel
