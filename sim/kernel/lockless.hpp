// MODELLED: fields that are meant to be read without their lock, and function pointers whose calls are events.
#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>

#include "sim/place.hpp"

namespace kernel {

using sim::place;

// Who may write a lockless field once others can reach it. Where all writers hold the lock, a reader that holds it
// too needs no point: nobody can write meanwhile. The watcher of races holds the writers to it: it reports two of them, or
// one and a reader under a spinlock, that nothing orders.
enum class writers : bool { any, locked };

// The out-of-line halves: point, then access, then event. `bytes` is 1, 2, 4 or 8. A conversion cannot take a place,
// so a load knows its caller by the return address. Events show of a pointer only whether it is null.
std::uint64_t lockless_load(const void *field, unsigned bytes, writers who, bool is_pointer);
void lockless_store(void *field, unsigned bytes, std::uint64_t value, writers who, bool is_pointer, const place &where);

// A value on its way into a lockless field, with the place of the assignment.
template <typename T> struct lockless_value {
    [[gnu::always_inline]] lockless_value(std::convertible_to<T> auto v, place p = place::here())
        : value(static_cast<T>(v)), where(p)
    {
    }
    T value;
    place where;
};

// A word of its own that is accessed without a lock on purpose; the reason stands beside each declaration.
template <typename T, writers Who = writers::any> class lockless {
    static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= 8);

public:
    [[gnu::always_inline]] operator T() const
    {
        return from_bits(lockless_load(&word, sizeof(T), Who, std::is_pointer_v<T>));
    }
    [[gnu::always_inline]] lockless &operator=(lockless_value<T> v)
    {
        lockless_store(&word, sizeof(T), to_bits(v.value), Who, std::is_pointer_v<T>, v.where);
        return *this;
    }
    // A store without the lock that other writers hold; its reason stands beside it.
    [[gnu::always_inline]] void write_once(lockless_value<T> v)
    {
        lockless_store(&word, sizeof(T), to_bits(v.value), writers::any, std::is_pointer_v<T>, v.where);
    }
    [[gnu::always_inline]] T operator->() const
        requires std::is_pointer_v<T>
    {
        return operator T();
    }
    lockless &operator=(const lockless &) = delete;
    lockless() = default;

    // For checkers alone: the value, with neither point nor event.
    T peek() const { return word; }

private:
    [[gnu::always_inline]] static T from_bits(std::uint64_t bits)
    {
        if constexpr (std::is_pointer_v<T>)
            return reinterpret_cast<T>(bits);
        else
            return static_cast<T>(bits);
    }
    [[gnu::always_inline]] static std::uint64_t to_bits(T value)
    {
        if constexpr (std::is_pointer_v<T>)
            return reinterpret_cast<std::uint64_t>(value);
        else
            return static_cast<std::uint64_t>(value);
    }
    T word;
};

// Reports the call of a callback as an event; a null or poisoned pointer is an oops at the caller.
void callback_event(const void *argument, const void *target, const place &where);

template <typename Signature> class callback;

// A function pointer in a kernel structure. It is called as one; the call is an event on its last argument, which is
// how checkers learn that a request's end was called.
template <typename Result, typename First, typename Last> class callback<Result(First, Last)> {
public:
    using pointer = Result (*)(First, Last);

    callback() = default;
    [[gnu::always_inline]] constexpr callback(pointer f) : target(f) {}
    [[gnu::always_inline]] constexpr callback(std::nullptr_t) : target(nullptr) {}
    [[gnu::always_inline]] explicit operator bool() const { return target != nullptr; }
    [[gnu::always_inline]] Result operator()(First first, Last last, place where = place::here()) const
    {
        callback_event(last, reinterpret_cast<const void *>(target), where);
        return target(first, last);
    }
    pointer peek() const { return target; }

private:
    pointer target;
};

} // namespace kernel
