#include "adapters/http/codec/ndjson_lines.hpp"

#include "adapters/wire/text_encoding.hpp"

#include <utility>

namespace botapi::http {

std::vector<ndjson_line> ndjson_lines::feed(std::string_view part)
{
    std::vector<ndjson_line> lines;
    for (;;) {
        const auto end = part.find('\n');
        extend(part.substr(0, end));
        if (end == std::string_view::npos)
            return lines;
        end_line(lines);
        part.remove_prefix(end + 1);
    }
}

std::vector<ndjson_line> ndjson_lines::finish()
{
    std::vector<ndjson_line> lines;
    end_line(lines);
    return lines;
}

void ndjson_lines::extend(std::string_view piece)
{
    // The line break may have a CR, and the first line a byte order mark: `end_line` removes both.
    const auto mark_size = number_ == 1 ? wire::byte_order_mark.size() : 0;
    if (too_long_ || line_.size() + piece.size() > size_max_ + 1 + mark_size) {
        too_long_ = true;
        line_.clear();
        return;
    }
    line_ += piece;
}

void ndjson_lines::end_line(std::vector<ndjson_line>& lines)
{
    if (line_.ends_with('\r'))
        line_.pop_back();
    if (number_ == 1 && line_.starts_with(wire::byte_order_mark))
        line_.erase(0, wire::byte_order_mark.size());
    if (too_long_ || line_.size() > size_max_) {
        lines.push_back({number_, std::nullopt});
    } else if (line_.find_first_not_of(" \t\r") != std::string::npos) {
        lines.push_back({number_, std::move(line_)});
    }
    line_.clear();
    too_long_ = false;
    ++number_;
}

}  // namespace botapi::http
