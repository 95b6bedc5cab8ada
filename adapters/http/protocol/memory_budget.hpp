#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace botapi::http {

/// Limits the memory that the server holds for unfinished bodies and messages, and for reports that
/// clients do not read: in total and for each client.
///
/// Thread safety: any number of threads at once.
class memory_budget {
public:
    /// In bytes.
    memory_budget(std::size_t max, std::size_t each_max) noexcept : max_{max}, each_max_{each_max}
    {
    }

    /// The part of the budget that one holder uses. The destructor gives it back.
    ///
    /// Thread safety: none.
    class share {
    public:
        /// `client` as `request::network` names it. Keeps a reference to the budget.
        share(memory_budget& budget, std::string_view client) : budget_{budget}, client_{client} {}
        ~share() { resize(0); }

        share(const share&) = delete;
        share& operator=(const share&) = delete;

        /// Holds `size` bytes from now on. False, and nothing has changed, if that is more than
        /// before and one of the limits forbids it.
        bool resize(std::size_t size);

    private:
        memory_budget& budget_;
        std::string client_;
        std::size_t size_ = 0;
    };

private:
    struct text_hash : std::hash<std::string_view> {
        using is_transparent = void;
    };

    bool change(const std::string& client, std::size_t before, std::size_t after);

    const std::size_t max_;
    const std::size_t each_max_;
    std::mutex mutex_;
    std::size_t size_ = 0;
    std::unordered_map<std::string, std::size_t, text_hash, std::equal_to<>> by_client_{};
};

}  // namespace botapi::http
