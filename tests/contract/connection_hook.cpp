#include "tests/contract/connection_hook.hpp"

#include <stdexcept>

namespace {

struct hook_state {
    std::string script;
    sqlite3* last = nullptr;
    std::size_t count = 0;
};

hook_state& state()
{
    static hook_state only;
    return only;
}

extern "C" int on_open(sqlite3* opened, char** /*reason*/, const sqlite3_api_routines* /*unused*/)
{
    state().last = opened;
    ++state().count;
    return sqlite3_exec(opened, state().script.c_str(), nullptr, nullptr, nullptr);
}

/// The function's type in SQLite's interface.
void (*entry() noexcept)()
{
    return reinterpret_cast<void (*)()>(&on_open);  // NOLINT: the documented way.
}

}  // namespace

connection_hook::connection_hook(const std::string& script)
{
    state() = {.script = script};
    sqlite3_auto_extension(entry());
}

connection_hook::~connection_hook()
{
    sqlite3_cancel_auto_extension(entry());
}

std::vector<std::string> connection_hook::ask(const std::string& script)
{
    std::vector<std::string> rows;
    const auto collect = [](void* all, int, char** values, char**) {
        static_cast<std::vector<std::string>*>(all)->emplace_back(values[0] ? values[0] : "");
        return 0;
    };
    if (sqlite3_exec(state().last, script.c_str(), collect, &rows, nullptr) != SQLITE_OK)
        throw std::runtime_error{sqlite3_errmsg(state().last)};
    return rows;
}

std::size_t connection_hook::count() const
{
    return state().count;
}
