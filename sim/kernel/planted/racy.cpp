// Accesses to shared memory, each in a function of its own.
#include "sim/kernel/planted/racy.hpp"

namespace kernel {

void write_plain(shared_fields *all)
{
    all->plain = 1;
}

int read_plain(const shared_fields *all)
{
    return all->plain;
}

void write_left(shared_fields *all)
{
    all->left = 1;
}

void write_right(shared_fields *all)
{
    all->right = 1;
}

void set_first(shared_fields *all)
{
    all->first = 1;
}

void set_second(shared_fields *all)
{
    all->second = 1;
}

void write_declared(shared_fields *all)
{
    all->declared = 1;
}

int read_declared(const shared_fields *all)
{
    return all->declared;
}

void clear_declared(shared_fields *all)
{
    memset(&all->declared, 0, sizeof all->declared);
}

void fill_text(shared_fields *all)
{
    memset(all->text, 'x', sizeof all->text);
}

char last_of_text(const shared_fields *all)
{
    return all->text[sizeof all->text - 1];
}

void copy_words(shared_fields *all)
{
    all->to = all->from;
}

long last_word_of_copy(const shared_fields *all)
{
    return all->to.words[4];
}

void count_up(shared_fields *all)
{
    ++all->plain;
}

void write_number(int *to)
{
    *to = 1;
}

void lend_local(int **lent, void (*meanwhile)())
{
    int local = 0;
    *lent = &local;
    meanwhile();
    write_number(&local);
}

void write_text(shared_fields *all, unsigned at)
{
    all->text[at] = 'y';
}

void read_text(const shared_fields *all)
{
    char copy[sizeof all->text];
    memcpy(copy, all->text, sizeof copy);
}

void write_guarded(shared_fields *all)
{
    all->guarded = 1;
}

int read_guarded(const shared_fields *all)
{
    return all->guarded;
}

void open_guarded(shared_fields *all)
{
    all->guarded.write_once(1);
}

} // namespace kernel
