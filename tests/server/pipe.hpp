#pragma once

#include <array>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

/// A pipe whose reading end never blocks.
class pipe_pair {
public:
    pipe_pair()
    {
        if (::pipe(ends_.data()) != 0 || ::fcntl(ends_[0], F_SETFL, O_NONBLOCK) != 0)
            throw std::runtime_error{"no pipe"};
    }
    ~pipe_pair()
    {
        ::close(ends_[0]);
        ::close(ends_[1]);
    }

    pipe_pair(const pipe_pair&) = delete;
    pipe_pair& operator=(const pipe_pair&) = delete;

    [[nodiscard]] int writing_end() const noexcept { return ends_[1]; }

    /// The current content of the pipe.
    [[nodiscard]] std::string read() const
    {
        std::string all;
        std::array<char, 65'536> part{};
        for (;;) {
            const auto size = ::read(ends_[0], part.data(), part.size());
            if (size <= 0)
                return all;
            all.append(part.data(), static_cast<std::size_t>(size));
        }
    }

private:
    std::array<int, 2> ends_{};
};

/// The lines of `text`, which ends with a line feed.
inline std::vector<std::string> lines_of(std::string_view text)
{
    std::vector<std::string> lines;
    for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    if (!text.empty())
        throw std::runtime_error{"a line has no end"};
    return lines;
}
