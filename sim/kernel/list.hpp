// MODELLED: linux/list.h. Internal linkage: each unit of the core compiles, and instruments, its own copy.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kernel {

struct list_head {
    list_head *next, *prev;
};

// What list_del leaves behind, so that a stale entry faults (linux/poison.h).
inline list_head *const LIST_POISON1 = reinterpret_cast<list_head *>(0x00100100);
inline list_head *const LIST_POISON2 = reinterpret_cast<list_head *>(0x00200200);

static inline void INIT_LIST_HEAD(list_head *list)
{
    list->next = list;
    list->prev = list;
}

static inline void __list_add(list_head *entry, list_head *prev, list_head *next)
{
    next->prev = entry;
    entry->next = next;
    entry->prev = prev;
    prev->next = entry;
}

[[maybe_unused]] static void list_add(list_head *entry, list_head *head)
{
    __list_add(entry, head, head->next);
}

[[maybe_unused]] static void list_add_tail(list_head *entry, list_head *head)
{
    __list_add(entry, head->prev, head);
}

static inline void __list_del(list_head *prev, list_head *next)
{
    next->prev = prev;
    prev->next = next;
}

[[maybe_unused]] static void list_del(list_head *entry)
{
    __list_del(entry->prev, entry->next);
    entry->next = LIST_POISON1;
    entry->prev = LIST_POISON2;
}

[[maybe_unused]] static void list_del_init(list_head *entry)
{
    __list_del(entry->prev, entry->next);
    INIT_LIST_HEAD(entry);
}

[[maybe_unused]] static void list_move(list_head *entry, list_head *head)
{
    __list_del(entry->prev, entry->next);
    list_add(entry, head);
}

[[maybe_unused]] static void list_move_tail(list_head *entry, list_head *head)
{
    __list_del(entry->prev, entry->next);
    list_add_tail(entry, head);
}

[[maybe_unused]] static bool list_empty(const list_head *head)
{
    return head->next == head;
}

// container_of for list members: list_entry<&fuse_req::list>(entry). The structs are not standard layout for the
// compiler's taste, but their layout is fixed.
template <auto Member> struct list_member;
template <typename Struct, list_head Struct::*Member> struct list_member<Member> {
    [[gnu::always_inline]] static Struct *container(const list_head *entry)
    {
        auto probe = reinterpret_cast<const Struct *>(std::uintptr_t{0x10000});
        auto offset = reinterpret_cast<std::uintptr_t>(&(probe->*Member)) - std::uintptr_t{0x10000};
        return reinterpret_cast<Struct *>(reinterpret_cast<std::uintptr_t>(entry) - offset);
    }
};

template <auto Member> [[gnu::always_inline]] inline auto list_entry(const list_head *entry)
{
    return list_member<Member>::container(entry);
}

} // namespace kernel
