// MODELLED: kernel code that shares memory, compiled and instrumented as a core is; its places read core/planted/.
#pragma once

#include "sim/kernel/lockless.hpp"
#include "sim/kernel/string.hpp"

namespace kernel {

struct several_words {
    long words[5];
};

struct shared_fields {
    int plain;
    u16 left, right;
    unsigned first : 1;
    unsigned second : 1;
    lockless<int> declared;
    lockless<int, writers::locked> guarded;
    char text[24];
    several_words from, to;
};

void write_plain(shared_fields *all);
int read_plain(const shared_fields *all);
void write_left(shared_fields *all);
void write_right(shared_fields *all);
void set_first(shared_fields *all);
void set_second(shared_fields *all);
void write_declared(shared_fields *all);
int read_declared(const shared_fields *all);
void clear_declared(shared_fields *all);
void fill_text(shared_fields *all);
char last_of_text(const shared_fields *all);
void write_text(shared_fields *all, unsigned at);
void read_text(const shared_fields *all);
void copy_words(shared_fields *all);
long last_word_of_copy(const shared_fields *all);
void write_guarded(shared_fields *all);
int read_guarded(const shared_fields *all);
void open_guarded(shared_fields *all);
void count_up(shared_fields *all);
void write_number(int *to);
// Lends a local variable to whoever reads *lent, calls meanwhile, and writes to it.
void lend_local(int **lent, void (*meanwhile)());

} // namespace kernel
