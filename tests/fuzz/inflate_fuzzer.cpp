#include "adapters/http/codec/compressor.hpp"
#include "adapters/http/connection/inflated_body.hpp"
#include "adapters/http/protocol/body_failure.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/http/run.hpp"

#include <algorithm>
#include <optional>

// A compressed body from a client, however it is cut into parts.

namespace botapi::fuzz {

namespace {

using namespace http;

constexpr std::uint64_t size_max = 4'096;

/// A body whose parts have `step` bytes.
class cut_body final : public body_source {
public:
    cut_body(std::string_view rest, std::size_t step) : rest_{rest}, step_{step} {}

    boost::asio::awaitable<std::optional<std::string>> next() override
    {
        if (rest_.empty())
            co_return std::nullopt;
        const std::string part{rest_.substr(0, step_)};
        rest_.remove_prefix(part.size());
        co_return part;
    }

    [[nodiscard]] bool has_more_now() const override { return false; }
    [[nodiscard]] std::optional<std::uint64_t> size() const override { return std::nullopt; }

private:
    std::string_view rest_;
    std::size_t step_;
};

/// All of a body; nothing if it is refused.
std::optional<std::string> inflate_all(
    std::string_view coded,
    content_coding coding,
    std::size_t step
)
{
    boost::asio::io_context loop;
    memory_budget held{100'000'000, 100'000'000};
    cut_body arriving{coded, step};
    inflated_body body{arriving, coding, size_max, held, "fuzzer"};
    std::string whole;
    auto read = [&]() -> boost::asio::awaitable<bool> {
        while (auto part = co_await body.next()) {
            require(!part->empty(), "no part is empty");
            require(part->size() <= inflated_body::part_size_max, "a part is bounded");
            whole += *part;
        }
        co_return !body.has_more_now();
    };
    try {
        require(http::testing::run(loop, read()), "nothing comes after the end");
    } catch (const body_failure&) {
        return std::nullopt;
    }
    const auto most = std::max<std::uint64_t>(size_max, inflated_body::ratio_max * coded.size());
    require(whole.size() <= most, "no body grows beyond its limit");
    return whole;
}

}  // namespace

void try_input(std::string_view input)
{
    if (input.size() < 2)
        return;
    const auto coding = input[0] % 2 == 0 ? content_coding::gzip : content_coding::zstd;
    const std::size_t step = 1 + static_cast<unsigned char>(input[1]) % 64;
    const auto body = input.substr(2);

    const auto at_once = inflate_all(body, coding, std::max<std::size_t>(body.size(), 1));
    const auto in_steps = inflate_all(body, coding, step);
    // How much a body may grow depends on how much of it has arrived.
    if (at_once && in_steps)
        require(at_once == in_steps, "parts may be cut anywhere");

    const auto coded = compressed(coding, compressor::effort::least, body);
    require(inflate_all(coded, coding, step) == body, "what was compressed comes back");
}

}  // namespace botapi::fuzz
