#include "adapters/http/access/guarded_source.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace botapi::http {

boost::asio::awaitable<std::optional<body_part>> guarded_source::next()
{
    // Checks before, because making the part may have effects, and after, because it may take long.
    if (!may_go_on())
        co_return std::nullopt;
    auto part = co_await source_->next();
    if (!may_go_on())
        co_return std::nullopt;
    co_return part;
}

bool guarded_source::may_go_on() const
{
    const bool is_valid = keys_.still_admits(reader_.get());
    if (!is_valid && end_ == revoked_answer::is_cut_off)
        throw boost::system::system_error{boost::asio::error::access_denied};
    return is_valid;
}

}  // namespace botapi::http
